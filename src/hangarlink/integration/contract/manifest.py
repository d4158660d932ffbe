"""What a connector says about itself before anybody connects it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hangarlink.integration.contract.records import Dataset

KEY = re.compile(r"[a-z][a-z0-9_]{1,19}")


class Area(StrEnum):
    """Where a connection is set up, and so which role may do it. Source: requirements/3, "settings locations"."""

    OPS = "ops"
    SAFETY = "safety"
    BILLING = "billing"


class Directions(StrEnum):
    PULL = "pull"
    PUSH = "push"
    BOTH = "both"


class Tier(StrEnum):
    """How far a connector has been proven; docs/integrator/connector-contract.md has the checklist of each."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"


@dataclass(frozen=True)
class ApiKey:
    """One secret in one header: `Authorization: Bearer <key>`. It cannot be refreshed: a refused key needs a person."""

    header: str = "Authorization"
    scheme: str = "Bearer"
    label: str = "API key"
    help: str = ""

    def headers(self, secret: str) -> dict[str, str]:
        return {self.header: f"{self.scheme} {secret}".strip()}


@dataclass(frozen=True)
class Limits:
    """What is known about the partner's limits.

    per         whom they count against: "user", "key", "account"
    page_size   records to ask for at a time, at most
    """

    per: str = "key"
    page_size: int = 100


@dataclass(frozen=True)
class Manifest:
    """Identity, credentials and reach of a connector.

    key       short and for ever: it becomes part of where a flight came from
    datasets  what can move, and in which direction; nothing else ever does
    """

    key: str
    name: str
    category: str
    area: Area
    auth: ApiKey
    base_url: str
    datasets: Mapping[Dataset, Directions]
    base_url_editable: bool = False
    limits: Limits = field(default_factory=Limits)
    tier: Tier = Tier.BRONZE
    about: str = ""

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise ValueError(f"key {self.key!r}: use 2 to 20 lower-case letters, digits and underscores.")
        if not self.datasets:
            raise ValueError(f"{self.key}: a connector that carries no dataset is none.")
        if not self.base_url.startswith(("https://", "http://")):
            raise ValueError(f"{self.key}: base_url must start with https:// or http://")
