"""Aircraft models, aircraft and counters: what is unique, what fits, what is recorded."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from hangarlink.fleet.actions import (
    add_aircraft,
    add_aircraft_model,
    add_counter,
    add_planned,
    change_aircraft,
    change_aircraft_model,
    change_counter,
    expect_counters,
)
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.fleet.rules.counters import USUAL, plan
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.documents.actions import store_document
from hangarlink.platform.documents.rules import PICTURE
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.fleet.conftest import Logbook, make_aircraft

READER = Actor(ActorKind.PERSON, None, "Reader", frozenset({"fleet.view"}))


def refused(field: str) -> Any:
    """Expect a refusal that names this input."""
    return pytest.raises(RuleBroken, check=lambda error: error.field == field)


class TestModels:
    def test_all_its_values(self, acting_user: Actor) -> None:
        image = BytesIO()
        Image.new("RGB", (8, 8)).save(image, "PNG")
        picture = store_document(image.getvalue(), name="a.png", policy=PICTURE, acting_user=acting_user).pk
        model = add_aircraft_model(
            name="  Cessna  172S ", manufacturer="Textron", model_number="172S", description="Four seats.\n",
            specifications={"MTOW": 1157}, picture_id=picture, external_id="42", external_data_source="Register",
            sync_status="in_sync", expected_counters=USUAL, acting_user=acting_user,
        )  # fmt: skip
        model.refresh_from_db()
        assert (model.name, model.description, model.specifications) == ("Cessna 172S", "Four seats.", {"MTOW": 1157})
        assert model.picture_id == picture
        assert model.expected_counters.count() == len(USUAL)
        assert AuditEntry.objects.get(object_id=model.id).action == "added"
        assert OutboxEvent.objects.get(type="aircraft_model.added").data == {"aircraft_model_id": str(model.id)}

    def test_the_name_is_there_once(self, model: AircraftModel, acting_user: Actor) -> None:
        with refused("name"):
            add_aircraft_model(name="Cessna 172S", acting_user=acting_user)
        other = add_aircraft_model(name="SR22", acting_user=acting_user)
        with refused("name"):
            change_aircraft_model(other, name="Cessna 172S", acting_user=acting_user)
        with refused("name"):
            change_aircraft_model(other, name=" ", acting_user=acting_user)
        with refused("name"):
            add_aircraft_model(acting_user=acting_user)

    def test_the_external_id_comes_with_its_source_once(self, acting_user: Actor) -> None:
        with refused("external_data_source"):
            add_aircraft_model(name="A", external_id="1", acting_user=acting_user)
        with refused("external_id"):
            add_aircraft_model(name="A", external_data_source="Register", acting_user=acting_user)
        first = add_aircraft_model(name="A", external_id="1", external_data_source="R", acting_user=acting_user)
        add_aircraft_model(name="B", external_id="1", external_data_source="S", acting_user=acting_user)
        with refused("external_id"):
            add_aircraft_model(name="C", external_id="1", external_data_source="R", acting_user=acting_user)
        with refused("external_data_source"):
            change_aircraft_model(first, external_data_source="", acting_user=acting_user)

    def test_a_change_keeps_old_and_new(self, model: AircraftModel, acting_user: Actor) -> None:
        change_aircraft_model(model, manufacturer="Textron", name="Cessna 172S", acting_user=acting_user)
        row = AuditEntry.objects.get(object_id=model.id, action="changed")
        assert (row.old, row.new) == ({"manufacturer": ""}, {"manufacturer": "Textron"})
        change_aircraft_model(model, manufacturer="Textron", acting_user=acting_user)
        assert AuditEntry.objects.filter(object_id=model.id, action="changed").count() == 1
        assert OutboxEvent.objects.filter(type="aircraft_model.changed").count() == 1

    def test_bad_values(self, model: AircraftModel, acting_user: Actor) -> None:
        with refused("sync_status"):
            change_aircraft_model(model, sync_status="maybe", acting_user=acting_user)
        with refused("specifications"):
            change_aircraft_model(model, specifications={"MTOW": 1157.5}, acting_user=acting_user)
        with refused("manufacturer"):
            change_aircraft_model(model, manufacturer="x" * 121, acting_user=acting_user)
        with pytest.raises(NotPermitted):
            add_aircraft_model(name="A", acting_user=READER)

    def test_expected_counters_are_replaced_as_a_whole(self, model: AircraftModel, acting_user: Actor) -> None:
        expect_counters(model, USUAL, acting_user=acting_user)
        expect_counters(model, [plan("hobbs")], acting_user=acting_user)
        assert [e.name for e in model.expected_counters.all()] == ["Hobbs"]
        before = AuditEntry.objects.count()
        expect_counters(model, [plan("hobbs")], acting_user=acting_user)
        assert AuditEntry.objects.count() == before


class TestAircraft:
    def test_all_its_values(self, model: AircraftModel, acting_user: Actor) -> None:
        aircraft = add_aircraft(
            registration=" OY-ABC ", call_sign="ABC", serial_number="172S1234", aircraft_model=model,
            status="maintenance", location="EKRK", notes="n", empty_weight=Decimal("743.5"), mass_unit="lb",
            acting_user=acting_user,
        )  # fmt: skip
        aircraft.refresh_from_db()
        assert (aircraft.registration, aircraft.status, aircraft.empty_weight) == (
            "OY-ABC",
            "maintenance",
            Decimal("743.50"),
        )
        assert OutboxEvent.objects.get(type="aircraft.added").data["aircraft_id"] == str(aircraft.id)

    def test_registration_and_call_sign_are_there_once(self, model: AircraftModel, acting_user: Actor) -> None:
        first = make_aircraft(model, "OY-ABC", acting_user)
        change_aircraft(first, call_sign="ABC", acting_user=acting_user)
        with refused("registration"):
            make_aircraft(model, "OY-ABC", acting_user)
        other = make_aircraft(model, "OY-XYZ", acting_user)
        with refused("call_sign"):
            change_aircraft(other, call_sign="ABC", acting_user=acting_user)
        with refused("registration"):
            change_aircraft(other, registration="OY-ABC", acting_user=acting_user)
        make_aircraft(model, "OY-NOCALL", acting_user)
        assert Aircraft.objects.count() == 3

    def test_spelling_is_kept_as_given(self, model: AircraftModel, acting_user: Actor) -> None:
        make_aircraft(model, "OY-ABC", acting_user)
        assert make_aircraft(model, "oyabc", acting_user).registration == "oyabc"

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"registration": ""}, "registration"),
            ({"registration": "x" * 21}, "registration"),
            ({"status": "broken"}, "status"),
            ({"mass_unit": "stone"}, "mass_unit"),
            ({"empty_weight": Decimal(0)}, "empty_weight"),
            ({"empty_weight": Decimal(-1)}, "empty_weight"),
            ({"empty_weight": Decimal("NaN")}, "empty_weight"),
            ({"empty_weight": Decimal("1e9")}, "empty_weight"),
            ({"empty_weight": Decimal("1.005")}, "empty_weight"),
            ({"notes": "a\x00"}, "notes"),
        ],
    )
    def test_bad_values(self, model: AircraftModel, acting_user: Actor, values: dict[str, Any], field: str) -> None:
        aircraft = make_aircraft(model, "OY-ABC", acting_user)
        with refused(field):
            change_aircraft(aircraft, acting_user=acting_user, **values)

    def test_it_needs_a_model_a_registration_and_the_permission(self, model: AircraftModel, acting_user: Actor) -> None:
        with refused("aircraft_model"):
            add_aircraft(registration="OY-ABC", acting_user=acting_user)
        with refused("registration"):
            add_aircraft(aircraft_model=model, acting_user=acting_user)
        with pytest.raises(NotPermitted):
            make_aircraft(model, "OY-ABC", READER)

    def test_the_model_that_is_flown_stays(self, model: AircraftModel, acting_user: Actor) -> None:
        make_aircraft(model, "OY-ABC", acting_user)
        other = add_aircraft_model(name="SR22", acting_user=acting_user)
        aircraft = Aircraft.objects.get()
        change_aircraft(aircraft, aircraft_model=other, acting_user=acting_user)
        row = AuditEntry.objects.get(object_id=aircraft.id, action="changed")
        assert row.new == {"aircraft_model_id": str(other.id)}

    def test_its_model_can_bring_the_counters(self, model: AircraftModel, acting_user: Actor) -> None:
        expect_counters(model, USUAL, acting_user=acting_user)
        aircraft = add_aircraft(
            registration="OY-ABC", aircraft_model=model, with_expected_counters=True, acting_user=acting_user
        )
        made = list(Counter.objects.filter(aircraft=aircraft).order_by("position"))
        assert {(c.kind, c.name, c.display, c.slot) for c in made} == {
            (p.kind, p.name, p.display, p.slot or "") for p in USUAL
        }
        assert {c.total for c in made} == {None}


class TestCounters:
    def test_what_is_left_out_is_usual(self, logbook: Logbook, acting_user: Actor) -> None:
        counter = add_counter(logbook.aircraft, kind="hobbs", acting_user=acting_user)
        counter.refresh_from_db()
        assert (counter.name, counter.unit, counter.display, counter.slot) == ("Hobbs", "seconds", "decimal_hours", "")
        assert counter.position == 3
        assert (counter.total, counter.total_at) == (None, None)
        assert OutboxEvent.objects.filter(type="counter.added", data__kind="hobbs").count() == 1

    def test_name_and_slot_are_there_once(self, logbook: Logbook, acting_user: Actor) -> None:
        with refused("name"):
            add_counter(logbook.aircraft, kind="landings", acting_user=acting_user)
        with refused("slot"):
            add_counter(logbook.aircraft, kind="tach", slot="primary", acting_user=acting_user)
        tach = add_counter(logbook.aircraft, kind="tach", acting_user=acting_user)
        with refused("slot"):
            change_counter(tach, slot="primary", acting_user=acting_user)
        with refused("name"):
            change_counter(tach, name="Airborne", acting_user=acting_user)

    def test_several_at_once_or_none(self, logbook: Logbook, acting_user: Actor) -> None:
        with refused("name"):
            add_planned(logbook.aircraft, [plan("tach"), plan("landings")], acting_user=acting_user)
        assert Counter.objects.count() == 2
        assert len(add_planned(logbook.aircraft, [plan("tach"), plan("hobbs")], acting_user=acting_user)) == 2

    def test_a_change_is_checked_as_a_whole(self, logbook: Logbook, acting_user: Actor) -> None:
        with refused("display"):
            change_counter(logbook.landings, display="hours_minutes", acting_user=acting_user)
        with refused("slot"):
            change_counter(logbook.landings, slot="secondary", acting_user=acting_user)
        with refused("kind"):
            change_counter(logbook.landings, kind="hobbs", acting_user=acting_user)
        changed = change_counter(
            logbook.airborne, kind="hobbs", display="decimal_hours", slot=None, daily_rate=7200, acting_user=acting_user
        )
        assert (changed.kind, changed.display, changed.slot, changed.daily_rate) == ("hobbs", "decimal_hours", "", 7200)
        row = AuditEntry.objects.get(object_id=changed.id, action="changed")
        assert row.old is not None
        assert row.old["kind"] == "airborne"
        change_counter(changed, daily_rate=None, acting_user=acting_user)
        with refused("daily_rate"):
            change_counter(changed, daily_rate=-1, acting_user=acting_user)
        with refused("position"):
            change_counter(changed, position=70_000, acting_user=acting_user)
