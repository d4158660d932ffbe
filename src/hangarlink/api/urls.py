"""Paths of the API, from the root: /api/v1/... and /oauth/token."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from hangarlink.api import documentation, openapi
from hangarlink.api.errors import not_found
from hangarlink.api.token import token
from hangarlink.api.v1 import api


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Catches every other path under /api/ and /oauth/: the answer is JSON, and no slash is appended."""
    text = f"There is nothing at {request.path[:200]}. The paths are listed at /api/v1/docs."
    return not_found(text).response()


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]

urlpatterns: list[URLPattern | URLResolver] = [
    path("oauth/token", token, name="oauth-token"),
    path("api/v1/openapi.json", openapi.document, name="api-openapi"),
    path("api/v1/docs", documentation.page, name="api-docs"),
    path("api/v1/", api.urls),
    re_path("^(?:api|oauth)/", nothing_here),
]
