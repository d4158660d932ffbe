"""Why does this aircraft not sync, why is its status what it is, and why is this defect here twice?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.diagnose import (
    Check,
    Report,
    Result,
    diagnose_aircraft,
    diagnose_application,
    diagnose_defect,
    diagnose_member,
    diagnose_status,
)
from hangarlink.integration.synclog.actions import log_call
from hangarlink.integration.synclog.vocabulary import Direction, Flow, Verdict
from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.platform.applications.actions import create_application
from hangarlink.platform.errors import NotPermitted
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM, Actor, ActorKind
from hangarlink.platform.tenancy.models import Account, new_id
from tests.conftest import make_member
from tests.integration.conftest import Hub, add_ours


def check(report: Report, words: str) -> Check:
    return next(one for one in report.checks if words in one.question)


def ours(registration: str = "OY-SKA") -> Aircraft:
    return Aircraft.objects.get(registration=registration)


def test_an_aircraft_that_syncs(hub: Hub) -> None:
    hub.fly()
    hub.sync(Flow.AIRCRAFT)
    hub.sync()
    report = diagnose_aircraft(ours().pk, acting_user=hub.acting_user)
    assert [one.question for one in report.failed] == []


def test_a_name_that_is_written_differently_is_the_first_suspect(hub: Hub) -> None:
    add_ours(hub.acting_user, "OYSKB")
    hub.fly("OY-SKB")
    hub.sync(Flow.AIRCRAFT)
    hub.sync()
    found = check(diagnose_aircraft(ours("OYSKB").pk, acting_user=hub.acting_user), "linked to an aircraft")
    assert found.result is Result.FAILED
    assert "OY-SKB" in found.evidence
    assert "the same way" in found.mend


def test_flights_that_were_refused_are_counted_with_their_reason(hub: Hub) -> None:
    hub.fly()
    hub.sync(Flow.AIRCRAFT)
    hub.sync()
    hub.serving.faults.add("wrong_types", key="durationSeconds", value=-60, operation="Flights")
    hub.fly(hours_ago=1)
    hub.sync()
    report = diagnose_aircraft(ours().pk, acting_user=hub.acting_user)
    assert any("below zero" in one.evidence for one in report.failed)


def test_an_account_without_any_source_is_told_so(acting: Account, acting_user: Actor) -> None:
    aircraft = add_ours(acting_user, "OY-SKA", kinds=())
    report = diagnose_aircraft(aircraft.pk, acting_user=acting_user)
    assert report.failed[0].question == "Does anything bring usage in?"
    assert "no counter" in check(report, "flight logs configured").evidence


def test_a_status_is_explained_by_what_makes_it(acting: Account, acting_user: Actor) -> None:
    aircraft = add_ours(acting_user, "OY-SKA")
    report = diagnose_status(aircraft.pk, acting_user=acting_user)
    assert report.question == "Why is its status unknown?"
    assert "unknown, not fine" in check(report, "active requirements").evidence


def test_who_may_not_see_the_programme_gets_no_status(acting: Account, acting_user: Actor) -> None:
    aircraft = add_ours(acting_user, "OY-SKA")
    with pytest.raises(NotPermitted):
        diagnose_status(aircraft.pk, acting_user=Actor(ActorKind.PERSON, new_id(), "x", frozenset({"fleet.view"})))


def test_a_defect_that_is_here_twice(acting: Account, acting_user: Actor) -> None:
    first, second = add_ours(acting_user, "OY-SKA"), add_ours(acting_user, "OY-SKB")
    now = timezone.now()
    told = [
        report_defect(one, description="Left brake drags", reported_at=now - age, acting_user=acting_user).defect
        for one, age in ((first, timedelta(days=2)), (second, timedelta(days=1)))
    ]
    report = diagnose_defect(told[1].pk, acting_user=acting_user)
    found = check(report, "here twice")
    assert found.result is Result.FAILED
    assert f"{told[0].number} on OY-SKA" in found.evidence


def test_a_program_whose_calls_are_refused(acting: Account, acting_user: Actor) -> None:
    issued = create_application(name="Dispatch", scopes=["aircraft_read"], acting_user=acting_user)
    application = issued.application
    program = Actor(ActorKind.APPLICATION, application.pk, application.name, frozenset())
    log_call(
        flow=Flow.HOURS_CYCLES, direction=Direction.IN, acting_user=program, verdict=Verdict.REJECTED,
        summary="This needs the scope hours_cycles_write.", code="insufficient_scope", technical="POST /x",
    )  # fmt: skip
    report = diagnose_application(application.pk, acting_user=acting_user)
    found = check(report, "insufficient_scope")
    assert found.result is Result.FAILED
    assert "hours_cycles_write" in found.evidence
    assert "new token" in found.mend
    assert check(report, "used a valid token").result is Result.FAILED


def test_a_person_who_does_not_see_a_menu_item(acting: Account, admin: Membership) -> None:
    reader = make_member(acting, email="reader@example.com", role="Read only")
    report = diagnose_member(reader.pk, acting_user=SYSTEM)
    found = check(report, "Aircraft Model Sync")
    assert found.evidence == "Lacks integrations.manage_sync, fleet.edit."
    assert not [one for one in diagnose_member(admin.pk, acting_user=SYSTEM).failed if one.step == "rights"]
