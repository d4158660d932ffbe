"""A special flight permit lets named flights go and changes no state."""

from datetime import date

import pytest

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance.actions import record_permit, revoke_permit, use_permit
from hangarlink.maintenance.compliance.rules.permits import NamedFlight, PermitTerms, covered
from hangarlink.maintenance.programme.grounding import permits_of
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.maintenance.compliance.conftest import TODAY, make_directive, seen
from tests.maintenance.programme.conftest import Hangar

FROM, TO = date(2026, 3, 1), date(2026, 3, 5)


@pytest.mark.parametrize(
    ("departure", "destination", "on", "fits"),
    [
        ("EKRK", "EKBI", FROM, True),
        ("ekrk", "ekbi", TO, True),
        ("EKRK", "EKBI", date(2026, 3, 6), False),
        ("EKRK", "EKBI", date(2026, 2, 28), False),
        ("EKBI", "EKRK", FROM, False),
        ("EKRK", "EKCH", FROM, False),
        ("EKAH", "EKCH", FROM, True),
    ],
)
def test_it_covers_the_flights_it_names(departure: str, destination: str, on: date, *, fits: bool) -> None:
    named = [NamedFlight("EKRK", "EKBI"), NamedFlight("EKAH", "")]
    assert (covered(PermitTerms(FROM, TO, named), departure, destination, on) is not None) == fits
    assert covered(PermitTerms(FROM, TO, named, revoked=True), departure, destination, on) is None
    flown = [NamedFlight(one.departure, one.destination, used=True) for one in named]
    assert covered(PermitTerms(FROM, TO, flown), departure, destination, on) is None


def test_the_line_that_names_most_is_used_first() -> None:
    named = [NamedFlight("", ""), NamedFlight("EKRK", "EKBI")]
    assert covered(PermitTerms(FROM, TO, named), "EKRK", "EKBI", FROM) == named[1]


def test_a_permit_shows_beside_the_state_and_changes_none(
    flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    make_directive(model, acting_user)
    given = {
        "reference": "SFP 7", "authority": "FAA", "purpose": "Ferry to the workshop", "issued_on": TODAY,
        "valid_from": FROM, "valid_to": TO, "flights": [("EKRK", "EKBI")], "conditions": "Crew only",
        "acting_user": acting_user,
    }  # fmt: skip
    with pytest.raises(RuleBroken, match="before it begins"):
        record_permit(flying.aircraft, **{**given, "valid_to": date(2026, 2, 1)})
    with pytest.raises(RuleBroken, match="Name the flights"):
        record_permit(flying.aircraft, **{**given, "flights": []})
    permit = record_permit(flying.aircraft, **given)
    with pytest.raises(RuleBroken, match="on record"):
        record_permit(flying.aircraft, **given)
    assert seen(flying).state is Airworthiness.UNKNOWN
    (shown,) = permits_of([flying.aircraft.id], TODAY)[flying.aircraft.id]
    assert (shown.reference, shown.flights, shown.left) == ("SFP 7", "EKRK to EKBI", 1)
    assert permits_of([flying.aircraft.id], date(2026, 3, 6)) == {flying.aircraft.id: []}
    with pytest.raises(RuleBroken, match="does not cover EKBI to EKRK"):
        use_permit(permit, departure="EKBI", destination="EKRK", on=TODAY, acting_user=acting_user)
    use_permit(permit, departure="EKRK", destination="EKBI", on=TODAY, acting_user=acting_user)
    assert permits_of([flying.aircraft.id], TODAY) == {flying.aircraft.id: []}
    with pytest.raises(RuleBroken, match="no further flight"):
        use_permit(permit, departure="EKRK", destination="EKBI", on=TODAY, acting_user=acting_user)
    revoke_permit(permit, reason="Done", acting_user=acting_user)
    with pytest.raises(RuleBroken, match="revoked already"):
        revoke_permit(permit, reason="Done", acting_user=acting_user)


def test_who_may_not_assess_records_no_permit(flying: Hangar) -> None:
    nobody = Actor(ActorKind.PERSON, None, "Kim", frozenset({"compliance.view", "compliance.edit", "programme.edit"}))
    with pytest.raises(NotPermitted):
        record_permit(
            flying.aircraft, reference="SFP", authority="FAA", purpose="x", issued_on=TODAY, valid_from=FROM,
            valid_to=TO, flights=[("", "")], acting_user=nobody,
        )  # fmt: skip
