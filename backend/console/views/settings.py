"""The configuration in force, subject by subject; it is changed in the files, not here."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from backend.config import ConfigError, hall, load
from backend.console.language import language_of
from backend.console.pages import not_found, show, staff_page
from backend.console.settings_sheet import SUBJECTS, changed_files, settings_sheet

ALL = "all"


@staff_page("view_settings")
@require_GET
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show what the server runs with, and whether its files say something else by now.

    ``about`` names a subject; without it a phone shows the list, a desk the first subject too.
    """
    about = request.GET.get("about", "")
    if about not in ("", ALL, *(subject.code for subject in SUBJECTS)):
        return not_found(request)
    directory = Path(settings.CONFIG_DIR)
    on_disk, fault = None, ""
    try:
        on_disk = load(directory)
    except ConfigError as error:
        fault = str(error)
    sheets = settings_sheet(hall(), on_disk, language_of(request))
    chosen = about or SUBJECTS[0].code
    context = {
        "subjects": sheets,
        "shown": [sheet for sheet in sheets if chosen in (ALL, sheet.code)],
        "about": about,
        "chosen": chosen,
        "changed": changed_files(hall(), on_disk) if on_disk is not None else [],
        "directory": directory,
        "fault": fault,
    }
    return show(request, "console/settings.html", context, page="settings")
