"""Another account sees none of it, and cannot refer to it."""

import pytest
from django.db import IntegrityError, connection, transaction

from hangarlink.maintenance.components.actions import install, state_total
from hangarlink.maintenance.components.clocks import frames, totals_at
from hangarlink.maintenance.components.lives import bounds, lives
from hangarlink.maintenance.components.models import Component, Placement
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.maintenance.components.conftest import NOW, Workshop, make_workshop, moment


@pytest.fixture
def theirs(account: Account, at_noon: None) -> tuple[Workshop, Component]:
    """An engine in the first account."""
    with acting_in(account):
        workshop = make_workshop(SYSTEM)
        engine = workshop.component()
        workshop.stated(engine, 10.0, "2025-02-01")
        workshop.counters[engine, "airborne"] = workshop.counter(engine)
        return workshop, engine


def test_nothing_is_seen_from_another_account(theirs: tuple[Workshop, Component], other_account: Account) -> None:
    shop, engine = theirs
    counter = shop.counters[engine, "airborne"]
    with acting_in(other_account):
        assert not Component.objects.exists()
        assert totals_at([(counter.id, NOW)]) == {(counter.id, NOW): None}
        assert frames([engine.id]) == {}
        assert lives([engine.id]) == {}
        assert bounds(engine.id) == []
        with pytest.raises(Missing):
            install(engine, on=shop.first, position="A", at=moment("2025-02-01"), acting_user=SYSTEM)
        with pytest.raises(Missing):
            state_total(counter, total=5, at=moment("2025-03-01"), acting_user=SYSTEM)


def test_my_engine_does_not_go_on_their_aircraft(theirs: tuple[Workshop, Component], other_account: Account) -> None:
    shop, _ = theirs
    with acting_in(other_account):
        mine = make_workshop(SYSTEM).component()
        with pytest.raises(Missing):
            install(mine, on=shop.first, position="A", at=moment("2025-02-01"), acting_user=SYSTEM)


def test_the_database_refuses_their_component_as_a_place(
    theirs: tuple[Workshop, Component], other_account: Account
) -> None:
    _, engine = theirs
    with acting_in(other_account):
        mine = make_workshop(SYSTEM).component()
        here = Placement.objects.get(component=mine)
        with pytest.raises(IntegrityError, match="same_account"), transaction.atomic():
            Placement.objects.filter(pk=here.pk).update(until=moment("2025-06-01"))
            Placement.objects.create(
                account=other_account, component=mine, place="component", parent_id=engine.id, position="A",
                since=moment("2025-06-01"),
            )  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
