"""Reporting, rectifying, closing; what is written and what is not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.defects.actions import (
    ReportOutcome,
    Verdict,
    close_defect,
    rectify_defect,
    reopen_defect,
    report_defect,
)
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.defects.queries import defects_of, open_counts, open_defects
from hangarlink.maintenance.defects.rules import MatchedBy
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor, ActorKind

REPORTED = datetime(2026, 6, 3, 9, 40, tzinfo=UTC)


def report(aircraft: Aircraft, acting_user: Actor, **changed: Any) -> ReportOutcome:
    told = {
        "description": "Nose wheel shimmy",
        "reported_at": REPORTED,
        "reported_by": "A. Jensen",
        "external_id": "FL-1",
        "source": "api:a",
        **changed,
    }
    return report_defect(aircraft, **told, acting_user=acting_user)


def test_a_report_becomes_an_open_defect(aircraft: Aircraft, controller: Actor) -> None:
    outcome = report(aircraft, controller, due_date=date(2026, 6, 10), ata="32-50")
    defect = Defect.objects.get()
    assert (outcome.verdict, outcome.matched_by) == (Verdict.CREATED, None)
    assert (defect.number, defect.status, defect.reported_by) == (1, "open", "A. Jensen")
    assert (defect.due_date, defect.ata, defect.source) == (date(2026, 6, 10), "32-50", "api:a")


def test_numbers_count_up(aircraft: Aircraft, controller: Actor) -> None:
    numbers = [report(aircraft, controller, external_id=name).defect.number for name in ("a", "b", "c")]
    assert numbers == [1, 2, 3]


def test_the_same_report_again_changes_nothing(aircraft: Aircraft, controller: Actor) -> None:
    first = report(aircraft, controller)
    written = AuditEntry.objects.count(), OutboxEvent.objects.count()
    again = report(aircraft, controller, description="Something else entirely", reported_by="B. Olsen")
    assert (again.verdict, again.matched_by, again.defect.id) == (Verdict.KNOWN, MatchedBy.EXTERNAL_ID, first.defect.id)
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == written
    assert Defect.objects.get().description == "Nose wheel shimmy"


def test_a_match_fills_in_what_was_empty_and_overwrites_nothing(aircraft: Aircraft, controller: Actor) -> None:
    report(aircraft, controller, reported_by="")
    again = report(aircraft, controller, reported_by="A. Jensen", due_date=date(2026, 6, 10))
    once_more = report(aircraft, controller, reported_by="C. Berg", due_date=date(2026, 7, 1), ata="32")
    assert (again.verdict, once_more.verdict) == (Verdict.COMPLETED, Verdict.COMPLETED)
    defect = Defect.objects.get()
    assert (defect.reported_by, defect.due_date, defect.ata) == ("A. Jensen", date(2026, 6, 10), "32")


def test_another_systems_name_is_not_written_on_our_defect(aircraft: Aircraft, controller: Actor) -> None:
    report(aircraft, controller, source="manual", external_id="", reported_by="x")
    again = report(aircraft, controller, reported_by="y")
    assert (again.verdict, again.matched_by) == (Verdict.KNOWN, MatchedBy.DESCRIPTION)
    assert Defect.objects.get().external_id == ""


def test_once_rectified_nothing_is_filled_in(aircraft: Aircraft, controller: Actor) -> None:
    made = report(aircraft, controller)
    rectify_defect(made.defect, rectification="Shimmy damper replaced", acting_user=controller)
    again = report(aircraft, controller, due_date=date(2026, 6, 10))
    assert again.verdict is Verdict.KNOWN
    assert Defect.objects.get().due_date is None


def test_a_persons_report_is_never_matched(aircraft: Aircraft, controller: Actor) -> None:
    report(aircraft, controller, source="manual", external_id="")
    report(aircraft, controller, source="manual", external_id="")
    assert Defect.objects.count() == 2


def test_the_life_of_a_defect(aircraft: Aircraft, controller: Actor) -> None:
    defect = report(aircraft, controller).defect
    rectify_defect(defect, rectification="Damper serviced", acting_user=controller)
    reopen_defect(defect, reason="Came back on the next flight", acting_user=controller)
    rectify_defect(defect, rectification="Damper replaced", acting_user=controller)
    closed = close_defect(defect, acting_user=controller)
    assert (closed.status, closed.rectification) == ("closed", "Damper replaced")
    assert closed.closed_at is not None
    audited = list(AuditEntry.objects.filter(object_id=defect.id).order_by("id").values_list("action", flat=True))
    assert audited == ["reported", "rectify", "reopen", "rectify", "close"]
    # What the first repair was is not lost.
    assert AuditEntry.objects.get(action="reopen").old["rectification"] == "Damper serviced"  # type: ignore[index]
    with pytest.raises(RuleBroken, match="nothing more"):
        reopen_defect(defect, reason="too late", acting_user=controller)


def test_events_hold_ids_only(aircraft: Aircraft, controller: Actor) -> None:
    defect = report(aircraft, controller).defect
    rectify_defect(defect, rectification="Damper replaced by J. Holm", acting_user=controller)
    events = OutboxEvent.objects.filter(type__startswith="defect.").order_by("id")
    assert [event.type for event in events] == ["defect.reported", "defect.rectified"]
    for event in events:
        assert event.data == {"defect_id": str(defect.id), "aircraft_id": str(aircraft.id)}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"description": " "}, "description"),
        ({"reported_at": datetime.now(UTC) + timedelta(days=1)}, "reported_at"),
        ({"ata": "nose"}, "ata"),
        ({"external_id": "x" * 121}, "external_id"),
        ({"reported_by": "x" * 201}, "reported_by"),
    ],
)
def test_bad_reports_are_refused_with_the_field(
    aircraft: Aircraft, controller: Actor, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        report(aircraft, controller, **changed)
    assert refused.value.field == field
    assert not Defect.objects.exists()


def test_each_verb_has_its_permission(aircraft: Aircraft, controller: Actor) -> None:
    defect = report(aircraft, controller).defect
    pilot = Actor(ActorKind.PERSON, None, "Pilot", frozenset({"defects.report", "defects.view"}))
    report(aircraft, pilot, external_id="FL-2", description="Flat tyre")
    with pytest.raises(NotPermitted):
        rectify_defect(defect, rectification="Done", acting_user=pilot)
    with pytest.raises(NotPermitted):
        report(aircraft, Actor(ActorKind.PERSON, None, "Nobody", frozenset()))


def test_lists_are_one_statement(aircraft: Aircraft, controller: Actor) -> None:
    for number in range(5):
        report(aircraft, controller, external_id=str(number), due_date=date(2026, 6, 10 + number))
    with CaptureQueriesContext(connection) as seen:
        rows = list(open_defects())
        assert [row.aircraft.registration for row in rows] == ["OY-SKA"] * 5
        assert len(defects_of(aircraft)) == 5
        assert open_counts([aircraft.id]) == {aircraft.id: 5}
    assert len(seen) == 3
    assert [row.due_date.day for row in rows if row.due_date] == [10, 11, 12, 13, 14]
