"""What the OAuth library must know about our applications: who they are, which scopes they have, how tokens look."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from hangarlink.platform.applications import credentials
from hangarlink.platform.applications.models import Application
from hangarlink.platform.applications.scopes import LABELS


class ApplicationScopes(BaseScopes):  # type: ignore[misc]
    """An application may ask for the scopes it was granted, and gets all of them when it names none."""

    def get_all_scopes(self) -> dict[str, str]:
        return {scope.value: label for scope, label in LABELS.items()}

    def get_available_scopes(self, application: Application | None = None, **_: Any) -> Iterable[str]:
        return application.scopes if application is not None else []

    def get_default_scopes(self, application: Application | None = None, **_: Any) -> Iterable[str]:
        return self.get_available_scopes(application)


class Validator(OAuth2Validator):  # type: ignore[misc]
    """Client authentication by RFC 6749, section 2.3.1, in constant time, and with a secret that is being rotated."""

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        client_id, secret = credentials_of(request)
        # Within acting_in: a client of another account does not exist.
        application = None
        if client_id and "\x00" not in client_id:
            application = Application.objects.filter(client_id=client_id, revoked_at=None).first()
        if not credentials.matches(secret, *_good_secrets(application)) or application is None:
            return False
        request.client = application
        return True


def _good_secrets(application: Application | None) -> tuple[str, str]:
    """Always two, so that looking costs the same; "" matches nothing."""
    if application is None:
        return "", ""
    until = application.previous_secret_until
    overlapping = until is not None and until > timezone.now()
    return application.client_secret, application.previous_secret if overlapping else ""


def credentials_of(request: Request) -> tuple[str, str]:
    """Client id and secret from HTTP Basic or from the body; ("", "") when there are none. Both at once is an error."""
    in_body = (request.client_id or "", request.client_secret or "")
    header = request.headers.get("Authorization") or ""
    if not header:
        return in_body
    if in_body[1]:
        raise InvalidRequestError("Send the client secret once: in the Authorization header or in the body.")
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    client_id = unquote_plus(client_id)
    if in_body[0] not in ("", client_id):
        raise InvalidRequestError("The client_id of the body is not the one of the Authorization header.")
    return client_id, unquote_plus(secret)
