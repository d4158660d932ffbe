"""Pages that say no, each with what happened and what to do next."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from hangarlink.platform.people.permissions import PERMISSIONS
from hangarlink.platform.tenancy.models import Feature

API = "/api/"


def say(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """One plain page: title, a sentence, a way on."""
    return render(request, "web/error.html", {"title": title, "text": text, "status": status}, status=status)


def not_permitted(request: HttpRequest, permission: str, text: str = "") -> HttpResponse:
    """403: names the permission, so that an administrator knows what to grant; or says what the action said."""
    does = PERMISSIONS.get(permission, "")
    words = f"{permission} ({does[:1].lower()}{does[1:]})"
    text = text or f"This needs the permission {words}. Ask an administrator of this account for it."
    return say(request, 403, "You may not do this", text)


def switched_off(request: HttpRequest, feature: Feature) -> HttpResponse:
    """404: the account does not have this feature."""
    text = "This feature is not part of this account. An administrator can have it switched on."
    return say(request, 404, f"{feature.label} is switched off", text)


def missing(request: HttpRequest, text: str) -> HttpResponse:
    """404: something that a page looked for."""
    return say(request, 404, "Not found", text)


def refused(request: HttpRequest, text: str) -> HttpResponse:
    """422: an action said no, and there was no form to say it in. Nothing was changed."""
    return say(request, 422, "This was refused", text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """404: no such address."""
    if request.path.startswith(API):
        return api_error(404, "not_found", f"There is nothing at {request.path}.")
    return say(request, 404, "No such page", "The address may be mistyped, or what it showed was removed.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """400: too large or malformed."""
    text = "It is malformed or too large. Go back and try again."
    return say(request, 400, "This request cannot be read", text)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403: the form's token is missing or old."""
    text = "The page was open for too long, or cookies are blocked. Go back, reload the page and send it again."
    return say(request, 403, "This form is out of date", text)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: ours. Rendered without the database, which may be what failed."""
    if request.path.startswith(API):
        return api_error(500, "server_error", "Something failed here. Nothing was changed. Try again later.")
    return render(None, "web/failed.html", status=500)


def api_error(status: int, error: str, description: str) -> JsonResponse:
    """The API's error body, for what fails before the API sees it."""
    return JsonResponse({"error": error, "error_description": description}, status=status)
