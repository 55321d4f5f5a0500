"""The server as an ASGI application: Django behind a limit on what a body may hold."""

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from backend.body_limit import BodyLimit
from backend.lifespan import Lifespan

application = Lifespan(BodyLimit(get_asgi_application(), max_bytes=6_000_000))

# Load every page now: whoever comes first should not wait for it.
_ = get_resolver().url_patterns
