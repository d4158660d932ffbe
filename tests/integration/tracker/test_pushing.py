"""Totals and flights out, over real sockets and into real folders: once, exact, never lower."""

from typing import Any

import pytest

from hangarlink.connectors.tracker.profile import ready_profile
from hangarlink.fleet.actions import change_aircraft, set_opening
from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.models import Link
from hangarlink.integration.datasets.actions import link_to
from hangarlink.integration.sync.actions import overrule_objection
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.integration.synclog.vocabulary import Direction, Flow, State
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.sandbox.tracker.shop import hours_of
from tests.integration.tracker.conftest import HOUR, Connect, Tracking, add_tracked

KEYS = ("camp", "traxxall", "veryon", "cmp", "tracker")
Fleet = dict[str, Aircraft]


def shop_hours(tracking: Tracking) -> dict[str, str]:
    return {tail.tail: hours_of(tail.seconds) for tail in tracking.shop.tails.values()}


def deliver(tracking: Tracking) -> None:
    """A partner behind a folder takes in what lies there."""
    if tracking.drop:
        assert [entry for entry in tracking.drop.take_in() if entry.get("refused")] == []


@pytest.mark.parametrize("folder", [False, True], ids=["https", "folder"])
@pytest.mark.parametrize("key", KEYS)
def test_totals_and_flights_arrive_once(connect: Connect, fleet: Fleet, key: str, folder: bool) -> None:
    tracking = connect(key, folder=folder)
    tracking.fly("OY-HLD", 1.2)
    plan = tracking.send(dry_run=True)
    assert (plan.state, plan.created) == (State.SUCCEEDED, 4), plan.summary
    assert not tracking.shop.flights
    assert shop_hours(tracking)["OY-HLD"] == "4812.30", "a plan sends nothing"
    run = tracking.send(skip_plan=False)
    deliver(tracking)
    assert (run.state, run.created, run.rejected) == (State.SUCCEEDED, 4, 0), run.technical
    assert shop_hours(tracking) == {"OY-HLD": "4814.20", "OY-HLE": "1208.00", "OY-HLA": "9105.00"}
    assert tracking.shop.tails["OY-HLD"].landings == 3902
    (flight,) = tracking.shop.flights.values()
    assert (flight.tail, flight.seconds, flight.landings) == ("OY-HLD", 4320, 1)
    again = tracking.send()
    assert (again.created, again.updated, again.read) == (0, 0, 0)
    tracking.fly("OY-HLD", 0.5, hours_ago=0.5)
    third = tracking.send()
    deliver(tracking)
    assert (third.created, third.updated) == (1, 1)
    assert shop_hours(tracking)["OY-HLD"] == "4814.70"


def test_a_lost_answer_doubles_nothing(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("traxxall")
    tracking.fly("OY-HLD", 1.2)
    tracking.app.faults.add("lost_response", times=2)
    run = tracking.send()
    assert run.state == State.SUCCEEDED
    assert len(tracking.shop.flights) == 1
    sent = [entry for entry in tracking.app.journal.entries("totals") if entry.get("accepted")]
    assert sum(entry["accepted"] == ["duplicate"] for entry in sent) <= 2
    assert shop_hours(tracking)["OY-HLD"] == "4814.20"


def test_a_lower_total_is_never_sent(connect: Connect, fleet: Fleet, acting_user: Any) -> None:
    tracking = connect("camp")
    tracking.send()
    counter = tracking.counter("OY-HLE")
    assert counter.known_from is not None
    set_opening(counter, total=1207 * HOUR, at=counter.known_from, acting_user=acting_user, reason="Read wrongly")
    before = len(tracking.app.journal.entries("totals"))
    plan = tracking.send(dry_run=True)
    assert plan.rejected == 1
    run = tracking.send()
    assert (run.state, run.rejected) == (State.PARTIAL, 1)
    (refused,) = tracking.refused(run)
    assert "1207:00 h here, and the partner was told 1208:00 h before" in refused.reason
    assert len(tracking.app.journal.entries("totals")) == before, "it did not go out"
    assert tracking.send().read == 0, "said once, until it changes"
    tracking.fly("OY-HLE", 3.0)
    assert tracking.send().rejected == 0
    assert shop_hours(tracking)["OY-HLE"] == "1210.00"


def test_a_lower_total_goes_once_when_somebody_says_why(connect: Connect, fleet: Fleet, acting_user: Any) -> None:
    tracking = connect("camp")
    tracking.send()
    counter = tracking.counter("OY-HLE")
    assert counter.known_from is not None
    set_opening(counter, total=1207 * HOUR, at=counter.known_from, acting_user=acting_user, reason="Read wrongly")
    (refused,) = tracking.refused(tracking.send())
    tracking.shop.tails["OY-HLE"].seconds = 1200 * HOUR  # their support took it back
    before = len(tracking.app.journal.entries("totals"))

    nobody = Actor(acting_user.kind, acting_user.id, "Reader", frozenset({"integrations.view", "integrations.edit"}))
    with pytest.raises(NotPermitted):
        overrule_objection(tracking.connection, refused, reason="Read wrongly", acting_user=nobody)
    for reason in ("  ", "x" * 301):
        with pytest.raises(RuleBroken, match="Say why"):
            overrule_objection(tracking.connection, refused, reason=reason, acting_user=acting_user)
    assert tracking.send().read == 0, "still held back"

    overrule_objection(tracking.connection, refused, reason="Hobbs was read wrongly", acting_user=acting_user)
    drain(tracking.account, tracking.connection.id, Means(tracking.waits))
    assert shop_hours(tracking)["OY-HLE"] == "1207.00"
    assert len(tracking.app.journal.entries("totals")) == before + 1
    entry = AuditEntry.objects.get(action="objection overruled")
    assert (entry.new or {})["reason"] == "Hobbs was read wrongly"
    with pytest.raises(RuleBroken, match="Nothing of ours"):
        overrule_objection(tracking.connection, refused, reason="Again", acting_user=acting_user)

    counter.refresh_from_db()
    set_opening(counter, total=1206 * HOUR, at=counter.known_from, acting_user=acting_user, reason="Again")
    assert tracking.send().rejected == 1, "once: the next lower one is held back again"


def test_what_fell_further_since_is_not_what_was_decided(connect: Connect, fleet: Fleet, acting_user: Any) -> None:
    tracking = connect("camp")
    tracking.send()
    counter = tracking.counter("OY-HLE")
    assert counter.known_from is not None
    set_opening(counter, total=1207 * HOUR, at=counter.known_from, acting_user=acting_user, reason="Read wrongly")
    (refused,) = tracking.refused(tracking.send())
    counter.refresh_from_db()
    set_opening(counter, total=1100 * HOUR, at=counter.known_from, acting_user=acting_user, reason="Typing")
    with pytest.raises(RuleBroken, match="changed since"):
        overrule_objection(tracking.connection, refused, reason="Read wrongly", acting_user=acting_user)


def test_the_partners_own_refusals_are_kept_with_their_reason(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("veryon")
    tracking.shop.tails["OY-HLA"].seconds += 100 * HOUR
    tracking.shop.tails["OY-HLD"].serial = "9999"
    run = tracking.send()
    assert (run.state, run.created, run.rejected) == (State.PARTIAL, 1, 2)
    entries = [entry.get("refused") for entry in tracking.app.journal.entries("totals")]
    assert sorted(entry for entry in entries if entry) == ["lower_total", "wrong_serial"]
    reasons = " ".join(record.reason for record in tracking.refused(run))
    assert "OY-HLA stands at 9204.60 h and 8012 landings" in reasons, "in the partner's own words"
    assert "OY-HLD has the serial number 9999, not 1577" in reasons


def test_the_wrong_unit_is_noticed_by_the_partner(connect: Connect, fleet: Fleet) -> None:
    section = "[totals.values]\nhours = "
    profile = ready_profile("veryon").replace(f'{section}"minutes"', f'{section}"seconds"')
    tracking = connect("veryon", profile=profile)
    run = tracking.send()
    assert run.rejected == 3
    assert "Check the unit of time" in tracking.refused(run)[0].reason


def test_an_aircraft_without_serial_number_is_not_sent_where_both_identify(
    connect: Connect, fleet: Fleet, acting_user: Any
) -> None:
    change_aircraft(fleet["OY-HLD"], serial_number="", acting_user=acting_user)
    tracking = connect("camp")
    run = tracking.send()
    assert (run.created, run.rejected) == (2, 1)
    assert "no serial number here" in tracking.refused(run)[0].reason


def test_a_total_that_nobody_knows_is_not_sent(connect: Connect, acting_user: Any) -> None:
    from hangarlink.fleet.actions import add_aircraft, add_counter

    known = add_tracked(acting_user, "OY-HLA")
    blank = add_aircraft(registration="OY-NEW", aircraft_model=known.aircraft_model, acting_user=acting_user)
    add_counter(blank, kind="airborne", acting_user=acting_user)
    tracking = connect("traxxall")
    run = tracking.send()
    assert (run.created, run.rejected) == (1, 0)


def test_who_tells_its_aircraft_is_told_of_no_others(connect: Connect, fleet: Fleet) -> None:
    """OY-HLE is not at this partner: once its list is read, nothing of it goes out."""
    tracking = connect("traxxall")
    del tracking.shop.tails["OY-HLE"]
    for item in [one for one in tracking.shop.listed() if one.tail == "OY-HLE"]:
        tracking.shop.drop_item(item.id)
    tracking.run()
    run = tracking.send()
    assert (run.created, run.rejected) == (2, 0)


def test_only_what_the_profile_has_a_section_for_moves(connect: Connect, fleet: Fleet) -> None:
    text = ready_profile("traxxall")
    profile = text[: text.index("[flights]")]
    tracking = connect("tracker", profile=profile)
    tracking.fly("OY-HLD")
    run = tracking.send()
    assert (run.state, run.created) == (State.SUCCEEDED, 3)
    assert not tracking.app.journal.entries("flights")


def test_nothing_moves_that_nobody_switched_on(connect: Connect, fleet: Fleet) -> None:
    from hangarlink.integration.sync.actions import request_run
    from hangarlink.platform.errors import RuleBroken

    tracking = connect("traxxall")
    for flow, direction in ((Flow.DUE_ITEMS, Direction.IN), (Flow.HOURS_CYCLES, Direction.OUT)):
        with pytest.raises(RuleBroken, match="switched off"):
            request_run(tracking.connection, flow, direction=direction, acting_user=tracking.acting_user)
    assert [entry["operation"] for entry in tracking.app.journal.entries()] == ["account"]


@pytest.mark.parametrize("kind", ["unauthorized", "server_error", "redirect"])
def test_faults_end_the_run_and_the_next_one_sends_what_is_left(connect: Connect, fleet: Fleet, kind: str) -> None:
    tracking = connect("veryon")
    tracking.app.faults.add(kind, times=None, skip=1, operation="totals")
    run = tracking.send()
    assert run.state == State.FAILED
    tracking.app.faults.clear()
    run = tracking.send()
    assert run.state == State.SUCCEEDED, run.technical
    assert shop_hours(tracking) == {"OY-HLD": "4813.00", "OY-HLE": "1208.00", "OY-HLA": "9105.00"}


def test_a_cancelled_flight_is_not_taken_back(connect: Connect, fleet: Fleet, acting_user: Any) -> None:
    from hangarlink.fleet.actions import cancel_flight
    from hangarlink.fleet.models import Flight

    tracking = connect("camp")
    tracking.fly("OY-HLD")
    tracking.send()
    cancel_flight(Flight.objects.get(), reason="Never flown", acting_user=acting_user)
    run = tracking.send()
    assert (run.read, run.rejected) == (1, 1), "the total is lower now, and is not sent"
    assert not SyncRecord.objects.filter(run=run, verdict="removed").exists()


def by_partner_id() -> str:
    """The ready profile, but aircraft are known by the partner's id alone; totals go to an address that names it."""
    text = ready_profile("traxxall").replace('identity = "registration"', 'identity = "partner_id"')
    text = text.replace('registration = "aircraft/registration"\n', "")
    return text.replace(
        'registration = "registration"\nasOf', 'registration = "registration"\naircraft = "aircraft_id"\nasOf'
    )


def test_by_the_partners_id_nothing_moves_until_a_person_linked_it(
    connect: Connect, fleet: Fleet, acting_user: Any
) -> None:
    tracking = connect("tracker", profile=by_partner_id())
    run = tracking.run()
    assert (run.created, run.rejected) == (0, 7)
    assert tracking.send().read == 0, "nothing is linked, so nothing goes out"
    link = Link.objects.get(dataset="aircraft", external_id=tracking.shop.tails["OY-HLD"].id)
    link_to(link, fleet["OY-HLD"], acting_user=acting_user)
    assert tracking.run().created == 3
    run = tracking.send()
    assert (run.created, run.rejected) == (1, 0)
    assert shop_hours(tracking)["OY-HLD"] == "4813.00"


def test_a_registration_never_leads_to_another_address(connect: Connect, fleet: Fleet, acting_user: Any) -> None:
    change_aircraft(fleet["OY-HLA"], registration="../HLA", acting_user=acting_user)
    change_aircraft(fleet["OY-HLE"], registration="A/B?x=1", acting_user=acting_user)
    tracking = connect("veryon")
    run = tracking.send()
    assert (run.state, run.created, run.rejected) == (State.PARTIAL, 1, 2)
    assert all("cannot be part of an address" in record.reason for record in tracking.refused(run))
    assert [entry["path"] for entry in tracking.app.journal.entries("totals")] == ["/veryon/api/aircraft/OY-HLD/times"]


def test_a_tail_that_has_no_address_there_does_not_hold_up_the_others(
    connect: Connect, fleet: Fleet, acting_user: Any
) -> None:
    profile = ready_profile("camp").replace(
        "/camp/aircraft/{registration}/totals", "/camp/aircraft/{registration}/totals/"
    )
    tracking = connect("camp", profile=profile)
    run = tracking.send()
    assert (run.state, run.rejected) == (State.PARTIAL, 3)
    assert "404" in tracking.refused(run)[0].reason
