"""Whatever goes wrong around the API, its clients get JSON."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from hangarlink.api.errors import error_response

PATHS = ("/api/", "/oauth/")
_WORDS = {
    400: ("invalid_request", "The request could not be read. Check the host name and the headers."),
    404: ("not_found", "There is nothing at this path. The paths are listed at /api/v1/docs."),
    405: ("method_not_allowed", "This path does not take this method. See the Allow header and /api/v1/docs."),
    413: ("payload_too_large", "The request is too large."),
}
_OTHER = ("server_error", "Something went wrong on our side. Nothing was changed; it is logged. Try again later.")


class JsonErrorsMiddleware:
    """Turns error pages under /api/ and /oauth/ into the API's error body, and keeps answers out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PATHS):
            return self.get_response(request)
        # No text in a database holds a NUL, so no record is called that.
        bad = "\x00" in request.path_info
        response = error_response(404, *_WORDS[404]) if bad else self.get_response(request)
        if response.status_code >= 400 and response.headers.get("Content-Type") != "application/json":
            code, text = _WORDS.get(response.status_code, _OTHER if response.status_code >= 500 else _WORDS[400])
            kept = {"Allow": response.headers["Allow"]} if "Allow" in response.headers else {}
            response = error_response(response.status_code, code, text, kept)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
