"""Every URL of the product."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz),
    path("", include("hangarlink.api.urls")),
    path("", include("hangarlink.web.urls")),
]

handler400 = "hangarlink.web.errors.bad_request"
handler404 = "hangarlink.web.errors.not_found"
handler500 = "hangarlink.web.errors.server_error"
