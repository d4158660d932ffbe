"""The demo's King Air: engines with their disks, traced and untraced, and a spare."""

from datetime import timedelta

from django.utils import timezone

from hangarlink.cli.seeding.components import REGISTRATION, seed_components
from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.components.queries import life_of, tree_of_aircraft
from hangarlink.maintenance.components.rules.history import Break
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account


def test_the_king_air_has_engines_that_are_known_and_propellers_that_are_not(acting: Account) -> None:
    at = timezone.now() - timedelta(days=6)
    model = add_aircraft_model(name="King Air B200", acting_user=SYSTEM)
    aircraft = add_aircraft(registration=REGISTRATION, aircraft_model=model, acting_user=SYSTEM)
    for kind in ("block", "airborne", "landings"):
        set_opening(add_counter(aircraft, kind=kind, acting_user=SYSTEM), total=9_000, at=at, acting_user=SYSTEM)
    seed_components({REGISTRATION: aircraft}, at, SYSTEM)
    nodes = [inner for node in tree_of_aircraft(aircraft) for inner in node.flat()]
    assert [node.name for node in nodes if node.depth == 0] == ["Engine 1", "Engine 2", "Propeller 1", "Propeller 2"]
    assert not any(node.is_missing for node in nodes)
    traced = life_of(Component.objects.get(name="Engine PCE-PJ0421"))
    assert traced.breaks == ()
    assert (traced.bounds[0].limiter.left, traced.counters[0].since_overhaul) == (20_000 - 5_480, 1_343 * 3600)
    gap = life_of(Component.objects.get(name="Engine PCE-PJ0437"))
    assert [one.kind for one in gap.breaks] == [Break.GAP]
    assert life_of(Component.objects.get(name="Propeller 1")).counters[0].total is None
    assert life_of(Component.objects.get(name="Engine PCE-PJ0188")).aircraft is None
