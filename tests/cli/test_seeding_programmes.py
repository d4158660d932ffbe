"""The demo's maintenance programme: in force on its PC-12, with a revision in review that moves a due date."""

from datetime import UTC, datetime, timedelta

from hangarlink.cli.seeding.programmes import CODE, REGISTRATION, seed_programmes
from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.maintenance.amp.models import Programme, Revision
from hangarlink.maintenance.amp.report import report_of
from hangarlink.maintenance.programme.queries import Narrow, due_list
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.people.permissions import Actor


def test_the_demo_shows_a_programme_with_a_review_waiting(acting_user: Actor) -> None:
    at = datetime.now(UTC) - timedelta(days=6)
    model = add_aircraft_model(name="Pilatus PC-12/47E", acting_user=acting_user)
    aircraft = add_aircraft(
        registration=REGISTRATION, serial_number="1712", aircraft_model=model, acting_user=acting_user
    )
    counter = add_counter(aircraft, kind="airborne", acting_user=acting_user)
    set_opening(counter, total=4_812 * 3600, at=at, acting_user=acting_user)
    seed_programmes({REGISTRATION: aircraft}, at, acting_user)
    rows = due_list(Narrow(aircraft_id=aircraft.pk)).rows
    assert {row.reference: row.state for row in rows} == {
        f"{CODE} 600FH": State.OK, f"{CODE} BATTERY": State.OK, f"{CODE} OXYGEN-POST": State.OK,
    }  # fmt: skip
    waiting = Revision.objects.get(stage="in_review")
    assert report_of(waiting, acting_user=acting_user).lines
    assert {one.code for one in Programme.objects.filter(is_example=True)} == {CODE, "EX-MIP"}
