"""What a connector says about itself before anybody connects it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hangarlink.integration.contract.auth import Auth, AuthKind, Field, SignedInbound, Transport
from hangarlink.integration.contract.records import Dataset

# A connector names the version it was written for; one that is newer than this is not loaded.
VERSION = 2
OLDEST = 1
KEY = re.compile(r"[a-z][a-z0-9_]{1,19}")


class Category(StrEnum):
    """Where it stands in the directory. Source: requirements/3, "Integration categories"; the first is ours."""

    FLIGHT_OPERATIONS = "Flight operations"
    FLIGHT_PLANNING = "Flight planning"
    ACCOUNTING = "Accounting"
    MAINTENANCE = "Maintenance"
    FUEL = "Fuel"
    PAYMENTS = "Payments"
    COMMUNICATIONS = "Communications"
    CRM = "CRM"
    CHARTER = "Charter"
    SAFETY = "Safety"


class Area(StrEnum):
    """Where a connection is set up, and so which role may do it. Source: requirements/3, "settings locations"."""

    OPS = "ops"
    SAFETY = "safety"
    BILLING = "billing"


class Directions(StrEnum):
    PULL = "pull"
    PUSH = "push"
    BOTH = "both"


class Frequency(StrEnum):
    """How often a flow runs by itself. Source: requirements/3, "Scheduled sync". REAL_TIME: when something happens."""

    REAL_TIME = "real_time"
    HOURLY = "hourly"
    SIX_HOURLY = "six_hourly"
    DAILY = "daily"
    MANUAL = "manual"


# Real time needs somebody who tells us: a connector that has it says so.
POLLED = (Frequency.HOURLY, Frequency.SIX_HOURLY, Frequency.DAILY, Frequency.MANUAL)


class Tier(StrEnum):
    """How far a connector has been proven; docs/integrator/connector-contract.md has the checklist of each."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"


class Per(StrEnum):
    """Whom a partner's limit counts against, and so who shares one count here.

    KEY      everybody who uses the same credentials, and USER, where several keys count as one user's
    ACCOUNT  the partner's account (realm, company, workspace) of the connection
    APP      our app at the partner, over all accounts of this installation
    """

    KEY = "key"
    USER = "user"
    ACCOUNT = "account"
    APP = "app"


@dataclass(frozen=True)
class Rate:
    """At most so many calls in so many seconds."""

    calls: int
    seconds: float
    per: Per = Per.KEY

    def __post_init__(self) -> None:
        if self.calls < 1 or self.seconds <= 0:
            raise ValueError(f"A rate of {self.calls} calls in {self.seconds} s lets nothing pass.")


@dataclass(frozen=True)
class Limits:
    """What is known about the partner's limits.

    per         whom they count against: "user", "key", "account"
    page_size   records to ask for at a time, at most
    rates       calls that the partner allows; the engine keeps within them, over all workers and connections
    max_bytes   the largest answer that is read
    deadline    seconds for one call, from look-up to the last byte
    """

    per: str = "key"
    page_size: int = 100
    rates: tuple[Rate, ...] = ()
    max_bytes: int = 10 * 2**20
    deadline: float = 30.0


@dataclass(frozen=True)
class Manifest:
    """Identity, credentials and reach of a connector.

    key          short and for ever: it becomes part of where a flight came from
    auth         how it is authenticated; `other_auth` are alternatives that a connection may choose instead
    base_url     "" for a connector that never speaks HTTP, and where only an operator knows it (then it is editable)
    other_urls   further endpoints of the partner by name, such as its own sandbox; OAuth works there as at `base_url`
    datasets     what can move, and in which direction; nothing else ever does
    frequencies  how often its flows may run by themselves; the first is proposed
    options      what else the wizard asks for; the connector finds the answers in `self.options`
    inbound      the partner sends us webhooks, signed like this
    setup        what the person must do at the partner first: paragraphs of plain text
    about        what it does, in a sentence, for the directory
    docs         where it is described: a path below docs/, without ".md"
    contract     the version of the contract that it was written for
    """

    key: str
    name: str
    category: Category
    area: Area
    auth: Auth
    base_url: str
    datasets: Mapping[Dataset, Directions]
    base_url_editable: bool = False
    limits: Limits = field(default_factory=Limits)
    tier: Tier = Tier.BRONZE
    about: str = ""
    other_auth: tuple[Auth, ...] = ()
    other_urls: Mapping[str, str] = field(default_factory=dict)
    frequencies: tuple[Frequency, ...] = POLLED
    options: tuple[Field, ...] = ()
    inbound: SignedInbound | None = None
    setup: str = ""
    docs: str = ""
    contract: int = VERSION

    def __post_init__(self) -> None:
        object.__setattr__(self, "category", Category(self.category))
        if not KEY.fullmatch(self.key):
            raise ValueError(f"key {self.key!r}: use 2 to 20 lower-case letters, digits and underscores.")
        if not self.datasets:
            raise ValueError(f"{self.key}: a connector that carries no dataset is none.")
        self._check_auth()
        self._check_urls()
        self._check_fields()

    @property
    def auths(self) -> tuple[Auth, ...]:
        """Every way to authenticate, the proposed one first."""
        return (self.auth, *self.other_auth)

    def auth_of(self, kind: str) -> Auth:
        """The declaration of a kind; "" gives the proposed one. Raises LookupError for one that is not offered."""
        for one in self.auths:
            if kind in {"", one.kind}:
                return one
        raise LookupError(f"{self.name} cannot be authenticated by {kind}.")

    def _check_auth(self) -> None:
        kinds = [one.kind for one in self.auths]
        if len(set(kinds)) != len(kinds):
            raise ValueError(f"{self.key}: each kind of authentication can be offered once.")
        if self.inbound is not None and AuthKind.SIGNED_INBOUND in kinds:
            raise ValueError(f"{self.key}: `inbound` stands beside another kind; alone it is the `auth`.")
        if not self.frequencies:
            raise ValueError(f"{self.key}: name at least one frequency; {Frequency.MANUAL.value} is one.")

    def _check_urls(self) -> None:
        urls = [self.base_url, *self.other_urls.values()]
        speaks_http = any(one.transport is Transport.HTTP for one in self.auths)
        if not any(urls) and (not speaks_http or self.base_url_editable):
            return
        if not all(url.startswith(("https://", "http://")) for url in urls):
            raise ValueError(f"{self.key}: base_url must start with https:// or http://")

    def _check_fields(self) -> None:
        inbound = self.inbound.fields if self.inbound else ()
        for auth in self.auths:
            names = [one.name for one in (*auth.fields, *inbound, *self.options)]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{self.key}: two fields are named {twice[0]}.")
        if secret := [one.name for one in self.options if one.is_secret]:
            raise ValueError(f"{self.key}: option {secret[0]} is secret; a connector never gets a secret.")
