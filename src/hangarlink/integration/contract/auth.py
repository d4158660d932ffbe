"""How a partner wants to be authenticated: one small declaration per kind, and the fields that each of them asks for.

A kind says which `fields` a person enters. Those marked `is_secret` go to the vault under their name; the others are
kept with the connection. From that the wizard draws its form and the engine makes a line; a connector sees no secret.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias


class FieldKind(StrEnum):
    """How a field is entered and checked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    DAY = "day"


@dataclass(frozen=True)
class Field:
    """One input of the set-up: of an auth kind, or an option of the connector.

    name       what the value is stored under, here and for ever
    is_secret  goes to the vault, is never shown again, and a connector never gets it
    choices    (value, label) for CHOICE
    pattern    a regular expression that the whole value must match, "" for any; `help` says it in words
    """

    name: str
    label: str
    is_secret: bool = False
    help: str = ""
    is_required: bool = True
    default: str = ""
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    pattern: str = ""


class AuthKind(StrEnum):
    """The kinds by name, as a connection stores which of them it uses."""

    API_KEY = "api_key"
    USER_PASSWORD = "user_password"  # noqa: S105 - the kind's name
    OAUTH_CODE = "oauth_code"
    CLIENT_CREDENTIALS = "client_credentials"
    SMTP = "smtp"
    SFTP = "sftp"
    FOLDER = "folder"
    SIGNED_INBOUND = "signed_inbound"


class Transport(StrEnum):
    """What the engine dials for a kind, and so what a connector of it may use: `http`, `mailer` or `files`."""

    HTTP = "http"
    MAIL = "mail"
    FILES = "files"
    NONE = "none"


@dataclass(frozen=True)
class KeyHeader:
    """A further secret in a header of its own, for partners that want two."""

    name: str
    header: str
    label: str
    scheme: str = ""
    help: str = ""


@dataclass(frozen=True)
class ApiKey:
    """One secret in one header: `Authorization: Bearer <key>`. It cannot be refreshed: a refused key needs a person.

    param  send it as this query parameter instead of a header, for partners that know no other way
    also   further secrets, each in a header of its own
    """

    kind: ClassVar[AuthKind] = AuthKind.API_KEY
    transport: ClassVar[Transport] = Transport.HTTP

    header: str = "Authorization"
    scheme: str = "Bearer"
    label: str = "API key"
    help: str = ""
    param: str = ""
    also: tuple[KeyHeader, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("api_key", self.label, is_secret=True, help=self.help),
            *(Field(one.name, one.label, is_secret=True, help=one.help) for one in self.also),
        )

    def headers(self, values: Mapping[str, str]) -> dict[str, str]:
        own = {} if self.param else {self.header: f"{self.scheme} {values['api_key']}".strip()}
        return {**own, **{one.header: f"{one.scheme} {values[one.name]}".strip() for one in self.also}}

    def params(self, values: Mapping[str, str]) -> dict[str, str]:
        return {self.param: values["api_key"]} if self.param else {}


@dataclass(frozen=True)
class UserPassword:
    """HTTP Basic. Source: RFC 7617."""

    kind: ClassVar[AuthKind] = AuthKind.USER_PASSWORD
    transport: ClassVar[Transport] = Transport.HTTP

    user_label: str = "User name"
    password_label: str = "Password"  # noqa: S105 - a label
    help: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("username", self.user_label, pattern=r"[^:\x00-\x1f\x7f]+", help=self.help),
            Field("password", self.password_label, is_secret=True),
        )

    def headers(self, values: Mapping[str, str]) -> dict[str, str]:
        pair = f"{values['username']}:{values['password']}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}

    def params(self, values: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002 - every kind of HTTP has it
        return {}


class ClientAuth(StrEnum):
    """How our app shows who it is at the token endpoint. Source: RFC 6749, 2.3.1."""

    BASIC = "basic"
    BODY = "body"


@dataclass(frozen=True)
class OAuthCode:
    """OAuth 2.0 authorisation code with PKCE (S256) and refresh tokens. Source: RFC 6749, RFC 7636, RFC 9700.

    authorize_url, token_url, revoke_url  the partner's own. A connection with another endpoint than the manifest names
                      (a sandbox, an on-site server) finds them there, under the same paths: see `at`
    identity_params   what the callback brings besides the code and must be kept: QuickBooks' `realmId`
    identity_claims   what the token answer brings and must be kept: {"team_id": "team.id"}; both become options
    app_help          where an operator registers the app whose id and secret are used
    default_lifetime  seconds an access token lives where the partner does not say; None: until it is refused
    token_headers     sent with every call of the token endpoint
    revokes_with_json the token is sent as JSON, not as a form
    revokes_itself    the access token signs the call that ends it, and nothing else is sent (Slack's auth.revoke)
    """

    kind: ClassVar[AuthKind] = AuthKind.OAUTH_CODE
    transport: ClassVar[Transport] = Transport.HTTP

    authorize_url: str
    token_url: str
    revoke_url: str = ""
    scopes: tuple[str, ...] = ()
    scope_separator: str = " "
    pkce: bool = True
    client_auth: ClientAuth = ClientAuth.BASIC
    authorize_params: tuple[tuple[str, str], ...] = ()
    identity_params: tuple[str, ...] = ()
    identity_claims: tuple[tuple[str, str], ...] = ()
    token_headers: tuple[tuple[str, str], ...] = ()
    revokes_with_json: bool = False
    revokes_itself: bool = False
    default_lifetime: int | None = None
    app_help: str = ""

    # What a person enters: the app, once per account. The tokens come by themselves and are stored beside nothing else.
    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("client_id", "Client ID", help=self.app_help),
            Field("client_secret", "Client secret", is_secret=True),
        )

    def headers(self, values: Mapping[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {values['access_token']}"}

    def params(self, values: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002 - every kind of HTTP has it
        return {}


@dataclass(frozen=True)
class ClientCredentials:
    """OAuth 2.0 client credentials: the connection's own id and secret buy a token that lives for a while.

    token_url  absolute, or a path below the connection's base URL
    """

    kind: ClassVar[AuthKind] = AuthKind.CLIENT_CREDENTIALS
    transport: ClassVar[Transport] = Transport.HTTP

    token_url: str
    scopes: tuple[str, ...] = ()
    scope_separator: str = " "
    client_auth: ClientAuth = ClientAuth.BASIC
    token_params: tuple[tuple[str, str], ...] = ()
    token_headers: tuple[tuple[str, str], ...] = ()
    default_lifetime: int | None = 3600
    help: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("client_id", "Client ID", help=self.help),
            Field("client_secret", "Client secret", is_secret=True),
        )

    def headers(self, values: Mapping[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {values['access_token']}"}

    def params(self, values: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002 - every kind of HTTP has it
        return {}


_HOST = r"[A-Za-z0-9.\-:\[\]]+"


@dataclass(frozen=True)
class Smtp:
    """Mail submission, encrypted, with the server's certificate checked. Source: RFC 6409, RFC 8314."""

    kind: ClassVar[AuthKind] = AuthKind.SMTP
    transport: ClassVar[Transport] = Transport.MAIL

    help: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("host", "Mail server", pattern=_HOST, help=self.help),
            Field("port", "Port", default="587", kind=FieldKind.NUMBER, help="587 with STARTTLS, 465 with TLS."),
            Field(
                "security",
                "Encryption",
                default="starttls",
                kind=FieldKind.CHOICE,
                choices=(("starttls", "STARTTLS"), ("tls", "TLS from the start"), ("none", "None, on-site relay only")),
                help="None sends without a password, and only to servers that this installation's operator opened.",
            ),
            Field("username", "User name", is_required=False, help="Empty for a relay that asks for none."),
            Field("password", "Password", is_secret=True, is_required=False),
            Field("sender", "From address", help="Mail is sent under this address: Maintenance <mx@example.com>."),
        )


@dataclass(frozen=True)
class Sftp:
    """Files on an SFTP server, whose host key is pinned."""

    kind: ClassVar[AuthKind] = AuthKind.SFTP
    transport: ClassVar[Transport] = Transport.FILES

    help: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("host", "SFTP server", pattern=_HOST, help=self.help),
            Field("port", "Port", default="22", kind=FieldKind.NUMBER),
            Field(
                "host_key",
                "Host key",
                is_required=False,
                pattern=r"SHA256:[A-Za-z0-9+/]{43}=?",
                help="SHA256:... as your partner tells it. Left empty, the first try shows which key the server has.",
            ),
            Field("username", "User name"),
            Field("password", "Password", is_secret=True, is_required=False, help="Or a private key, below."),
            Field(
                "private_key",
                "Private key",
                is_secret=True,
                is_required=False,
                kind=FieldKind.LONG_TEXT,
                help="In OpenSSH or PEM form, without a passphrase: it is encrypted here.",
            ),
            Field("folder", "Folder", default=".", help="Where the files are, below the user's own folder or from /."),
        )


@dataclass(frozen=True)
class Folder:
    """A folder of this server, below the one that the operator of the installation set aside for it."""

    kind: ClassVar[AuthKind] = AuthKind.FOLDER
    transport: ClassVar[Transport] = Transport.FILES

    help: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                "folder",
                "Folder",
                pattern=r"[A-Za-z0-9_][A-Za-z0-9_ .\-]{0,59}(/[A-Za-z0-9_][A-Za-z0-9_ .\-]{0,59}){0,4}",
                help=self.help or "Its name below the folder that the operator set aside: camp/outbox.",
            ),
        )


class Verification(StrEnum):
    """How a partner signs what it sends; `integration.inbound` verifies each of them."""

    STANDARD_WEBHOOKS = "standard_webhooks"
    HMAC_SHA256_BASE64 = "hmac_sha256_base64"
    HMAC_SHA256_HEX = "hmac_sha256_hex"
    TIMESTAMPED_HEX = "timestamped_hex"
    SLACK = "slack"
    STRIPE = "stripe"
    BASIC = "basic"
    BEARER = "bearer"


@dataclass(frozen=True)
class SignedInbound:
    """What a partner sends us is signed with a secret that both know. Alone, or as `Manifest.inbound` beside another.

    header     where the signature is: `intuit-signature`; empty where the family names its own
    prefix     what stands before the signature in that header: `sha256=`
    timestamp_header  where the time that is signed along stands, "" when none is
    tolerance  seconds a signed time may differ from ours
    """

    kind: ClassVar[AuthKind] = AuthKind.SIGNED_INBOUND
    transport: ClassVar[Transport] = Transport.NONE

    family: Verification = Verification.STANDARD_WEBHOOKS
    header: str = ""
    prefix: str = ""
    timestamp_header: str = ""
    tolerance: int = 300
    label: str = "Webhook secret"
    help: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        return (Field("webhook_secret", self.label, is_secret=True, help=self.help, is_required=False),)


HttpAuth: TypeAlias = ApiKey | UserPassword | OAuthCode | ClientCredentials
Auth: TypeAlias = HttpAuth | Smtp | Sftp | Folder | SignedInbound
