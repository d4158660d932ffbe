"""Every URL of the product."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("healthz", healthz)]
