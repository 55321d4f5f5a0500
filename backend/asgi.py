"""The server as an ASGI application: Django behind a limit on what a body may hold."""

import django
from django.urls import get_resolver

from backend.body_limit import BodyLimit
from backend.handler import OneHopHandler
from backend.lifespan import Lifespan

django.setup(set_prefix=False)
application = Lifespan(BodyLimit(OneHopHandler(), max_bytes=6_000_000))

# Load every page now: whoever comes first should not wait for it.
_ = get_resolver().url_patterns
