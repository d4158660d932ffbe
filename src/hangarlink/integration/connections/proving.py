"""Showing that credentials work, and whose account they open, before anything is saved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from hangarlink.integration.connections.catalogue import connector_of, manifest_of
from hangarlink.integration.connections.dialling import Subscriber, dialled
from hangarlink.integration.connections.keys import Keys, Stored
from hangarlink.integration.connections.oauth.tokens import bought_keys
from hangarlink.integration.connections.pace import Pace
from hangarlink.integration.connections.repeating import PutOff
from hangarlink.integration.contract import (
    Auth,
    AuthFailed,
    ClientCredentials,
    Field,
    FieldKind,
    Identity,
    Manifest,
    NotReady,
    OAuthCode,
    PartnerError,
    Transport,
    UserPassword,
)
from hangarlink.platform.errors import Refused, RuleBroken
from hangarlink.platform.outbound import check_url
from hangarlink.platform.outbound.sockets import is_opened, read_host
from hangarlink.platform.vault import Secret

# A person waits for the answer: less time than a run has, and no long waits.
DEADLINE = 10.0
LONGEST_WAIT = 1.0
LONGEST_SECRET = 4096
LONGEST_VALUE = 2000
WEB_PORTS = frozenset({80, 443})
LONGEST_TEXT = 64 * 1024


class Unproven(Refused):
    """The credentials could not be shown to work.

    code   as in the contract's errors: auth_failed, not_ready, unreachable, rate_limited, ...
    field  the input to look at: secret, base_url, or "" when it is the partner's turn
    """

    def __init__(self, message: str, *, field: str, code: str) -> None:
        super().__init__(message, field=field)
        self.code = code


@dataclass(frozen=True)
class Impatient:
    """Tries again at once or not at all."""

    def sleep(self, seconds: float) -> None:
        if seconds > LONGEST_WAIT:
            raise Unproven(
                "The partner does not answer properly just now. Try again in a minute.", field="", code="busy"
            )


@dataclass(frozen=True)
class Credentials:
    """What somebody entered for a connection: the auth kind's fields, split into what is secret and what is not.

    A single `secret` is what an API key needs; `secret` is also the name under which errors about it are raised.
    """

    secrets: Mapping[str, Secret]
    access: Mapping[str, str]
    kind: str = ""

    @classmethod
    def of_key(cls, secret: Secret) -> "Credentials":
        return cls({"api_key": secret}, {})


def prove(
    connector: str,
    *,
    base_url: str,
    secret: Secret | None = None,
    credentials: Credentials | None = None,
    options: Mapping[str, Any] | None = None,
    pace: Pace | None = None,
) -> Identity:
    """Call the partner and see whose account these credentials open. Writes nothing; keep it out of write transactions.

    secret  short for the credentials of an API key
    Raises UrlRefused (field base_url), RuleBroken (field: the input's name; "secret" for an API key), Unproven.
    """
    manifest = manifest_of(connector)
    given = credentials or Credentials.of_key(secret or Secret(""))
    auth = manifest.auth_of(given.kind)
    if isinstance(auth, OAuthCode):
        raise RuleBroken(f"{manifest.name} is authorised at its own page; nothing is entered here.")
    check_endpoint(manifest, base_url, auth)
    check_credentials(manifest, auth, given)
    try:
        keys = _keys(manifest, auth, base_url, given)
    except PartnerError as error:
        raise _unproven(error, auth) from None
    return prove_with(manifest, auth, keys, base_url=base_url, access=given.access, options=options, pace=pace)


def prove_with(
    manifest: Manifest,
    auth: Auth,
    keys: Keys,
    *,
    base_url: str,
    access: Mapping[str, Any],
    options: Mapping[str, Any] | None = None,
    pace: Pace | None = None,
) -> Identity:
    """The same with keys that are at hand: tokens that were bought a moment ago, or those of a saved connection."""
    line = dialled(
        manifest,
        auth,
        base_url=base_url,
        keys=keys,
        access=access,
        who=Subscriber("\n".join(sorted(keys.texts())), base_url),
        pace=pace or Impatient(),
        deadline=DEADLINE,
        is_patient=False,
    )
    with line:
        try:
            return connector_of(manifest.key)(line, options=dict(options or {})).prove()
        except PartnerError as error:
            raise _unproven(error, auth) from None


def _unproven(error: PartnerError, auth: Auth) -> Unproven:
    message = str(error)
    if isinstance(error, AuthFailed | NotReady):
        field = "secret" if auth.transport is Transport.HTTP else ("host_key" if "host key" in message else "")
        return Unproven(message, field=field, code=error.code)
    if isinstance(error, PutOff):
        return Unproven(f"{message} Try again in {error.seconds:.0f} seconds.", field="", code="rate_limited")
    return Unproven(message, field="base_url" if auth.transport is Transport.HTTP else "host", code=error.code)


def _keys(manifest: Manifest, auth: Auth, base_url: str, given: Credentials) -> Keys:
    if isinstance(auth, ClientCredentials):
        return bought_keys(
            manifest, auth, base_url=base_url, secrets=given.secrets, access=given.access, now=timezone.now()
        )
    return Stored(given.secrets, given.access)


def check_endpoint(manifest: Manifest, base_url: str, auth: Auth | None = None) -> None:
    """Raise UrlRefused or RuleBroken (field base_url) unless this endpoint may be used."""
    if auth is not None and auth.transport is not Transport.HTTP:
        if base_url:
            raise RuleBroken("There is no endpoint to enter for this.", field="base_url")
        return
    named = {manifest.base_url, *manifest.other_urls.values()}
    if not manifest.base_url_editable and base_url not in named:
        raise RuleBroken(f"The endpoint of {manifest.name} is {manifest.base_url} and stays so.", field="base_url")
    check_url(base_url, field="base_url")
    if isinstance(auth, UserPassword | OAuthCode | ClientCredentials):
        _check_encrypted(base_url)


def _check_encrypted(base_url: str) -> None:
    """Passwords and tokens travel unencrypted on the operator's own site only. (An API key may: requirements/2 allows
    http endpoints.)"""
    parts = urlsplit(base_url)
    if parts.scheme == "https":
        return
    target = read_host(parts.hostname or "", parts.port or 443, scheme="http", ports=WEB_PORTS, field="base_url")
    if not is_opened(target, seconds=DEADLINE):
        raise RuleBroken("Use https:// here: a password or a token would be sent unencrypted.", field="base_url")


def check_credentials(manifest: Manifest, auth: Auth, given: Credentials) -> None:
    """Raise RuleBroken unless every field of the kind was entered in a form that can be sent."""
    known = {one.name for one in auth.fields} | {one.name for one in _inbound(manifest)}
    if strange := sorted((set(given.secrets) | set(given.access)) - known):
        raise RuleBroken(f"{manifest.name} does not ask for {strange[0]}.", field=strange[0])
    for one in (*auth.fields, *_inbound(manifest)):
        field = "secret" if one.name == "api_key" else one.name
        if one.is_secret:
            _check_secret(manifest, one, given.secrets.get(one.name, Secret("")), field)
        else:
            check_value(one, given.access.get(one.name, ""))


def check_value(one: Field, value: str) -> None:
    """Raise RuleBroken (field: its name) unless a value that is no secret is what the field wants."""
    if not value:
        if one.is_required:
            raise RuleBroken(f"Enter {one.label}.", field=one.name)
        return
    is_long = one.kind is FieldKind.LONG_TEXT
    plain = "".join(value.split()) if is_long else value
    if len(value) > (LONGEST_TEXT if is_long else LONGEST_VALUE) or not plain.isprintable():
        raise RuleBroken(f"{one.label} is too long or holds characters that cannot be used.", field=one.name)
    if one.kind is FieldKind.NUMBER and not value.isdecimal():
        raise RuleBroken(f"{one.label} must be a whole number, not {value[:40]!r}.", field=one.name)
    if one.kind is FieldKind.CHOICE and value not in {choice for choice, _ in one.choices}:
        raise RuleBroken(f"{one.label}: choose one of {', '.join(label for _, label in one.choices)}.", field=one.name)
    if one.pattern and not re.fullmatch(one.pattern, value):
        raise RuleBroken(f"{one.label} is not of the form that is needed. {one.help}".strip(), field=one.name)


def _inbound(manifest: Manifest) -> tuple[Field, ...]:
    return manifest.inbound.fields if manifest.inbound else ()


def _check_secret(manifest: Manifest, one: Field, secret: Secret, field: str) -> None:
    """What would not survive as a header is refused here, before a library puts it into an error message."""
    text = secret.reveal()
    if not text:
        if one.is_required:
            raise RuleBroken(f"Enter the {one.label} of {manifest.name}.", field=field)
        return
    if one.kind is FieldKind.LONG_TEXT:
        usable = len(text) <= 4 * LONGEST_SECRET and all(
            " " <= character <= "~" or character in "\r\n" for character in text
        )
    elif one.name == "password":
        usable = len(text) <= LONGEST_SECRET and text.isprintable()
    else:
        usable = len(text) <= LONGEST_SECRET and all("!" <= character <= "~" for character in text)
    if not usable:
        raise RuleBroken(f"The {one.label} holds a blank or a character that no key has.", field=field)
