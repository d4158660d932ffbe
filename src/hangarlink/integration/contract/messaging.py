"""For connectors that carry messages: where a message can go, if the partner can list it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Destination:
    """A place of the partner's that takes messages.

    key     what goes into `Message.channel`: the partner's own stable name of it
    name    for people
    hint    what stands in the way just now, in a sentence; "" when a message would arrive
    """

    key: str
    name: str
    hint: str = ""


@runtime_checkable
class ListsDestinations(Protocol):
    """A connector whose partner has a list of places to choose from. Without it a person types an address."""

    def destinations(self) -> Iterator[Destination]:
        """Every place, in the partner's order. Raises PartnerError."""
        ...
