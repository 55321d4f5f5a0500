"""Styles and scripts of the staff pages, whole and without a thread held.

A middleware that works synchronously would hold a thread for as long as a page's live stream
is open; this view does not stand in the way of anything else.
"""

import mimetypes
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def static_file(request: HttpRequest, path: str) -> HttpResponse:
    """Answer with a file that an application ships under static/."""
    try:
        found = finders.find(path)
    except (SuspiciousFileOperation, ValueError):
        found = None
    if not isinstance(found, str) or not Path(found).is_file():
        return HttpResponse("not found", status=404, content_type="text/plain")
    kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
    response = HttpResponse(Path(found).read_bytes(), content_type=kind)
    response["Cache-Control"] = "no-cache"
    return response
