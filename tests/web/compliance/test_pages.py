"""The pages of compliance, as a controller walks them."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance.actions import assess_applicable, supersede_directive
from hangarlink.maintenance.compliance.models import Directive, SpecialFlightPermit
from hangarlink.maintenance.programme.actions import record_accomplishment
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.maintenance.compliance.conftest import make_directive
from tests.web.conftest import sign_in
from tests.web.fleet.conftest import NOW, Craft, make_craft


@pytest.fixture
def directive(account: Account, craft: Craft) -> Directive:
    with acting_in(account):
        return make_directive(AircraftModel.objects.get(), SYSTEM, effective_on=date(2020, 12, 7))


def at(directive: Directive, craft: Craft, step: str = "") -> str:
    return f"/compliance/directives/{directive.pk}/on/aircraft-{craft.aircraft.pk}/{step}"


def test_from_the_queue_to_the_status_list(browser: Client, account: Account, craft: Craft) -> None:
    assert "No directive names anything here yet" in browser.get("/compliance/").text
    model = craft.aircraft.aircraft_model_id
    sent = browser.post("/compliance/directives/examples/", {"number": "2020-21-22", "models": [str(model)]})
    assert sent.status_code == 302
    made = browser.get(sent["Location"]).text
    assert "which prevails" in made
    assert "1 of 1 not assessed." in made
    assert "whichever comes later" in made.lower() or "whichever is later" in made.lower() or "later" in made

    queue = browser.get("/compliance/").text
    assert "AD 2020-21-22" in queue
    assert "Not assessed" in queue
    assert "OY-SKA" in queue
    board = browser.get("/").text
    assert "AD 2020-21-22 Tailplane attachment and stabilizer structure was not assessed" in board
    with acting_in(account):
        directive = Directive.objects.get()
    assert at(directive, craft) in board
    assert at(directive, craft) in browser.get(craft.url).text
    why = browser.get(reverse("diagnose:status", args=[craft.aircraft.pk]))
    assert "was not assessed" in why.text

    page = browser.get(at(directive, craft)).text
    assert "Nobody has said yet whether it applies" in page
    with acting_in(account):
        paragraph = directive.paragraphs.get()
    refused = browser.post(at(directive, craft, "applicable/"), {"method": "x"})
    assert refused.status_code == 422
    sent = browser.post(at(directive, craft, "applicable/"), {"paragraphs": [str(paragraph.pk)], "method": "By (g)"})
    assert sent.status_code == 302
    assert "was not assessed" not in browser.get("/").text
    page = browser.get(at(directive, craft)).text
    assert "Open" in page
    with acting_in(account):
        item = DueItem.objects.get(aircraft=craft.aircraft)
        record_accomplishment(
            item.requirement, craft.aircraft, performed_at=NOW, certificate="CRS 77", acting_user=SYSTEM,
            values={craft.airborne.pk: 4815 * 3600},
        )  # fmt: skip
    report = browser.get(f"/aircraft/{craft.aircraft.pk}/directives/").text
    for words in ("Repetitive", "CRS 77", "By (g)", "Airborne 4815", "AD 2020-21-22"):
        assert words in report
    lines = list(csv.DictReader(io.StringIO(browser.get(f"/aircraft/{craft.aircraft.pk}/directives/?export=csv").text)))
    assert lines[0]["Release"] == "CRS 77"
    assert lines[0]["Repeats"] == "Yes"
    assert lines[0]["Registration"] == "OY-SKA"
    sheet: Any = browser.get(f"/aircraft/{craft.aircraft.pk}/directives/?export=xlsx")
    book = load_workbook(io.BytesIO(b"".join(sheet.streaming_content))).active
    assert book is not None
    assert "AD 2020-21-22" in [cell.value for cell in book[2]]


def test_not_applicable_keeps_what_was_typed_and_says_why(browser: Client, craft: Craft, directive: Directive) -> None:
    refused = browser.post(at(directive, craft, "not-applicable/"), {"because": "serial", "reason": "  "})
    assert refused.status_code == 422
    sent = browser.post(at(directive, craft, "not-applicable/"), {"because": "serial", "reason": "11204 is not listed"})
    assert sent.status_code == 302
    page = browser.get(f"/aircraft/{craft.aircraft.pk}/directives/").text
    assert "Serial number is outside its range: 11204 is not listed" in page
    assert "Not applicable" in page


def test_a_directive_is_entered_with_its_limits(browser: Client, account: Account, craft: Craft) -> None:
    given = {
        "kind": "sb", "issuer": "Textron", "number": "SEB-32-01", "subject": "Gear leg", "effective_on": "2025-01-01",
        "models": [str(craft.aircraft.aircraft_model_id)], "mandatory_class": "programme",
    }  # fmt: skip
    assert browser.post("/compliance/directives/new/", given | {"subject": ""}).status_code == 422
    page = browser.post("/compliance/directives/new/", given)["Location"]
    assert browser.post("/compliance/directives/new/", given).status_code == 422
    sent = browser.post(f"{page}paragraphs/new/", {"code": "", "title": "Inspect the leg", "kind": "action"})
    limits = sent["Location"]
    form = browser.get(limits).text
    assert "limit-node" in form
    values = {
        "limit-node": ["repeat group", "1 repeat limit"], "limit-1-measure": "counter:airborne",
        "limit-1-every": "100", "limit-1-start": "effective_date", "basis": "actual",
    }  # fmt: skip
    assert "limit-2-measure" in browser.post(limits, values | {"do": "add:repeat"}).text
    kept = browser.post(limits, values)
    assert kept.status_code == 302, kept.text
    assert "every 100" in browser.get(page).text
    with acting_in(account):
        directive = Directive.objects.get()
        assess_applicable(directive, craft.aircraft, acting_user=SYSTEM)
        assert DueItem.objects.get(aircraft=craft.aircraft).requirement.reference == "SB SEB-32-01"


def test_the_record_of_a_directive_changes(
    browser: Client, account: Account, craft: Craft, directive: Directive
) -> None:
    page = f"/compliance/directives/{directive.pk}/"
    assert "1 of 1 not assessed" in browser.get(page).text
    sent = browser.post(f"{page}revise/", {"subject": "Tail", "label": "R1", "reassess": "on", "reason": "R1 is out"})
    assert sent.status_code == 302
    assert "R1 is out" in browser.get(page).text
    added = browser.post(f"{page}product/", {"part_number": "123-45", "serials": "1 to 20"})
    assert added.status_code == 302
    assert "S/N 1 to 20" in browser.get(page).text
    assert browser.post(f"{page}product/", {"part_number": "1", "serials": "20 to 1"}).status_code == 422
    with acting_in(account):
        newer = make_directive(None, SYSTEM, "2024-01-01")
    assert browser.post(f"{page}supersede/", {"by": str(newer.pk)}).status_code == 302
    assert "Superseded by" in browser.get(page).text
    assert browser.post(f"{page}cancel/", {"reason": "rescinded"}).status_code == 302
    assert "Cancelled on" in browser.get(page).text


def test_one_decision_for_many(browser: Client, account: Account, craft: Craft, directive: Directive) -> None:
    make_craft(account, "OY-SKB")
    page = f"/compliance/directives/{directive.pk}/"
    form = browser.get(f"{page}assess/").text
    slugs = [part.split('"')[0] for part in form.split('name="objects" value="')[1:]]
    assert len(slugs) == 2
    none = {"objects": slugs, "verdict": "not_applicable", "because": "serial", "reason": ""}
    assert browser.post(f"{page}assess/", none).status_code == 422
    assert "2 of 2 not assessed" in browser.get(page).text
    assert browser.post(f"{page}assess/", {"objects": slugs, "verdict": "applicable"}).status_code == 302
    assert "Assessed on all 2" in browser.get(page).text


def test_amoc_terminate_and_take_back(browser: Client, account: Account, craft: Craft, directive: Directive) -> None:
    with acting_in(account):
        assess_applicable(directive, craft.aircraft, acting_user=SYSTEM)
        paragraph = directive.paragraphs.get()
    given = {
        "reference": "A-1", "approved_by": "FAA", "approved_on": "2026-01-05", "scope": "This aircraft",
        "paragraphs": [str(paragraph.pk)],
    }  # fmt: skip
    assert browser.post(at(directive, craft, "amoc/"), given).status_code == 302
    assert "AMOC" in browser.get(at(directive, craft)).text
    done = {"method": "Repair (k)", "reference": "CRS 9", "done_on": "2026-01-06"}
    assert browser.post(at(directive, craft, "terminate/"), done).status_code == 302
    assert "Terminated" in browser.get(at(directive, craft)).text
    refused = browser.post(at(directive, craft, "terminate/"), done)
    assert refused.status_code == 422
    assert "cannot be terminated" in refused.text
    assert browser.post(at(directive, craft, "reopen/"), {"reason": "wrong"}).status_code == 302
    assert "Not assessed" in browser.get(at(directive, craft)).text


def test_credit_from_a_superseded_directive(browser: Client, account: Account, craft: Craft) -> None:
    with acting_in(account):
        model = AircraftModel.objects.get()
        old = make_directive(model, SYSTEM, "2019-06-06", effective_on=date(2019, 1, 1))
        assess_applicable(old, craft.aircraft, acting_user=SYSTEM)
        item = DueItem.objects.get(aircraft=craft.aircraft)
        done = record_accomplishment(item.requirement, craft.aircraft, performed_at=NOW, acting_user=SYSTEM)
        new = make_directive(model, SYSTEM, "2021-05-18", effective_on=date(2021, 1, 1))
        supersede_directive(old, new, acting_user=SYSTEM)
        assess_applicable(new, craft.aircraft, acting_user=SYSTEM)
        paragraph = new.paragraphs.get()
    assert "AD 2019-06-06 (g)" in browser.get(at(new, craft, "credit/")).text
    sent = {"paragraph": str(paragraph.pk), "earlier": str(done.pk), "reason": "paragraph (j)"}
    assert browser.post(at(new, craft, "credit/"), sent).status_code == 302
    assert "Repetitive" in browser.get(at(new, craft)).text
    assert "AD 2019-06-06" not in browser.get(f"/aircraft/{craft.aircraft.pk}/directives/").text
    assert "AD 2019-06-06" in browser.get(f"/aircraft/{craft.aircraft.pk}/directives/?superseded=with").text


def test_a_permit_is_recorded_used_and_revoked(browser: Client, account: Account, craft: Craft) -> None:
    given = {
        "reference": "SFP 1", "authority": "FAA", "purpose": "Ferry", "issued_on": "2026-01-01",
        "valid_from": NOW.date().isoformat(), "valid_to": NOW.date().isoformat(), "flights": "EKRK EKBI\nEKBI -",
    }  # fmt: skip
    url = f"/aircraft/{craft.aircraft.pk}/permits/new/"
    assert browser.post(url, given | {"flights": "EKRK"}).status_code == 422
    page = browser.post(url, given)["Location"]
    assert "EKBI to any" in browser.get(page).text
    flight = {"departure": "EKRK", "destination": "EKBI", "on": NOW.date().isoformat()}
    assert browser.post(f"{page}use/", flight).status_code == 302
    assert browser.post(f"{page}use/", flight).status_code == 422
    assert browser.post(f"{page}revoke/", {"reason": "done"}).status_code == 302
    with acting_in(account):
        assert SpecialFlightPermit.objects.get().revoked_because == "done"


def test_who_may_only_look_is_offered_no_step(
    reader: Client, account: Account, craft: Craft, directive: Directive
) -> None:
    page = reader.get(at(directive, craft)).text
    assert "applicable/" not in page
    assert reader.get(at(directive, craft, "applicable/")).status_code == 403
    assert "Enter directive" not in reader.get("/compliance/").text


def test_another_account_finds_nothing_of_ours(
    other_account: Account, account: Account, craft: Craft, directive: Directive
) -> None:
    client = sign_in(make_member(other_account, email="x@example.com", role="Administrator"))
    assert "OY-SKA" not in client.get("/compliance/").text
    assert "Tailplane" not in client.get("/compliance/directives/").text
    assert client.get(f"/compliance/directives/{directive.pk}/").status_code == 404
    assert client.get(at(directive, craft)).status_code == 404
    assert client.post(at(directive, craft, "not-applicable/"), {"because": "other", "reason": "x"}).status_code == 404
    assert client.get(f"/aircraft/{craft.aircraft.pk}/directives/").status_code == 404


@pytest.mark.parametrize("url", ["/compliance/", "/compliance/directives/", "/aircraft/{}/directives/"])
def test_the_number_of_statements_does_not_grow(
    url: str, browser: Client, account: Account, craft: Craft, django_assert_max_num_queries: Any
) -> None:
    def fill(first: int) -> None:
        with acting_in(account):
            for number in range(first, first + 3):
                one = make_directive(
                    AircraftModel.objects.get(), SYSTEM, f"2020-{number}", effective_on=date(2020, 1, 1)
                )
                assess_applicable(one, craft.aircraft, acting_user=SYSTEM)

    page = url.format(craft.aircraft.pk)
    fill(1)
    browser.get(page)
    with django_assert_max_num_queries(100) as few:
        browser.get(page)
    fill(4)
    make_craft(account, "OY-SKB")
    with django_assert_max_num_queries(len(few)):
        browser.get(page)
