"""Where everything lies: the kiosks' API, the payment simulator's page, and the staff pages."""

from django.urls import include, path

from backend.api.endpoints import api
from backend.payments.pages import pay_page
from backend.static_files import static_file

handler400 = "backend.console.refused.unreadable"
urlpatterns = [
    path("api/kiosk/v1/", api.urls),
    path("pay/<str:token>", pay_page, name="pay"),
    path("static/<path:path>", static_file),
    path("", include("backend.console.urls")),
]
