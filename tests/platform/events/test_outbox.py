"""An event exists if, and only if, its transaction commits; it cannot hold personal data by accident."""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from django.db import transaction

from hangarlink.platform.events.actions import announce
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.events.registry import Event, event
from hangarlink.platform.tenancy.models import Account


class Shade(StrEnum):
    RED = "red"


@event("test.painted", version=2)
class Painted(Event):
    thing_id: UUID
    shade: Shade
    at: datetime
    weights: tuple[int, ...] = ()


FACT = Painted(UUID(int=7), Shade.RED, datetime(2026, 3, 14, 9, 12, tzinfo=UTC), (1, 2))


def test_the_payload_is_plain_json(acting: Account) -> None:
    announce(FACT)
    row = OutboxEvent.objects.get()
    assert (row.type, row.version) == ("test.painted", 2)
    assert row.data == {
        "thing_id": "00000000-0000-0000-0000-000000000007",
        "shade": "red",
        "at": "2026-03-14T09:12:00Z",
        "weights": [1, 2],
    }


def test_a_rolled_back_event_never_existed(acting: Account) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(FACT)
        _ = 1 / 0
    assert not OutboxEvent.objects.exists()


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        event("test.painted")(Painted)


def test_only_plain_values_stand_in_an_event() -> None:
    with pytest.raises(TypeError, match="may not stand in an event"):
        Painted({"name": "Kim"}, Shade.RED, datetime.now(UTC)).payload()  # type: ignore[arg-type]


def test_the_catalogue_is_whole_in_every_process() -> None:
    """A command or worker imports little; a rule or an endpoint made there must know every event all the same."""
    import subprocess
    import sys

    from hangarlink.platform.events.registry import CATALOGUE

    program = (
        "import django; django.setup(); from hangarlink.platform.events.registry import CATALOGUE; "
        "print(' '.join(CATALOGUE))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    ours = {name for name, event in CATALOGUE.items() if event.__module__.startswith("hangarlink.")}
    assert set(said.split()) == ours
