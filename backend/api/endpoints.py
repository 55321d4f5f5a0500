"""The API's paths."""

from ninja import NinjaAPI

api = NinjaAPI(title="Hall server", version="1", docs_url=None, openapi_url=None)
