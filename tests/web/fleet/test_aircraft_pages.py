"""Aircraft and models: their forms, their lists, the number of queries."""

from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.web.fleet.conftest import Craft, make_craft


def rows(**fields: str) -> dict[str, str]:
    """The management form of the expected counters, empty but for what is given."""
    sizes = {"TOTAL_FORMS": "8", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "8", "MAX_NUM_FORMS": "8"}
    return {f"counter-{name}": value for name, value in {**sizes, **fields}.items()}


def test_a_model_then_its_aircraft_with_the_expected_counters(browser: Client, account: Account) -> None:
    model = {"name": "Cessna 172S", "manufacturer": "Cessna", **rows(**{"0-kind": "hobbs", "1-kind": "landings"})}
    answer = browser.post("/models/new/", model, follow=True)
    assert "Cessna 172S is added." in answer.text
    with acting_in(account):
        made = AircraftModel.objects.get()
    form = {
        "registration": "OY-SKA",
        "aircraft_model": str(made.pk),
        "status": "in_service",
        "mass_unit": "kg",
        "with_expected_counters": "on",
    }
    answer = browser.post("/aircraft/new/", form, follow=True)
    assert "OY-SKA is added." in answer.text
    assert answer.text.count("Set opening balance") == 2
    with acting_in(account):
        assert set(Counter.objects.values_list("name", "unit")) == {("Hobbs", "seconds"), ("Landings", "count")}


def test_a_taken_registration_is_said_at_its_field_and_nothing_is_lost(browser: Client, craft: Craft) -> None:
    form = {
        "registration": "OY-SKA", "aircraft_model": str(craft.aircraft.aircraft_model_id), "status": "maintenance",
        "mass_unit": "lb", "location": "Sønderborg", "notes": "Bought <b>today</b>",
    }  # fmt: skip
    answer = browser.post("/aircraft/new/", form)
    assert answer.status_code == 422
    assert "The registration OY-SKA is taken." in answer.text
    assert list(answer.context["form"].errors) == ["registration"]
    assert 'value="Sønderborg"' in answer.text
    assert "Bought &lt;b&gt;today&lt;/b&gt;" in answer.text


def test_two_rows_that_clash_are_said_above_the_form(browser: Client, account: Account) -> None:
    given = {"0-kind": "hobbs", "0-slot": "primary", "1-kind": "tach", "1-slot": "primary"}
    answer = browser.post("/models/new/", {"name": "C152", **rows(**given)})
    assert answer.status_code == 422
    assert "primary" in answer.context["form"].non_field_errors()[0]
    answer = browser.post("/models/new/", {"name": "C152", **rows(**{"0-kind": "landings", "0-slot": "primary"})})
    assert answer.status_code == 422
    assert "cannot be the primary log" in answer.text
    with acting_in(account):
        assert not AircraftModel.objects.exists()


def test_changes_to_aircraft_counter_and_model_are_saved(browser: Client, account: Account, craft: Craft) -> None:
    edit = {
        "registration": "OY-SKX", "aircraft_model": str(craft.aircraft.aircraft_model_id), "status": "maintenance",
        "mass_unit": "kg", "empty_weight": "743.5",
    }  # fmt: skip
    assert browser.post(f"{craft.url}edit/", edit).status_code == 302
    change = {
        "name": "Flight time",
        "kind": "flight_time",
        "display": "decimal_hours",
        "slot": "",
        "daily_rate": "2:30",
    }
    assert browser.post(f"{craft.url}counters/{craft.airborne.pk}/edit/", change).status_code == 302
    page = browser.get(craft.url).text
    for text in ("OY-SKX", "743.50", "Maintenance", "Flight time", "4816.8", "2.5 a day, as planned"):
        assert text in page
    model = {"name": "C172S", **rows(**{"0-kind": "hobbs"})}
    assert browser.post(f"/models/{craft.aircraft.aircraft_model_id}/edit/", model).status_code == 302
    with acting_in(account):
        assert list(AircraftModel.objects.get().expected_counters.values_list("name", flat=True)) == ["Hobbs"]
        assert Counter.objects.filter(aircraft=craft.aircraft).count() == 3


def test_a_counter_of_another_aircraft_is_not_found(browser: Client, account: Account, craft: Craft) -> None:
    other = make_craft(account, "OY-SKB", flights=1)
    assert browser.get(f"{other.url}counters/{craft.airborne.pk}/").status_code == 404
    assert browser.get(f"{other.url}flights/{craft.flights[0].pk}/").status_code == 404


def test_hours_and_counts_are_each_shown_their_own_way(browser: Client, craft: Craft) -> None:
    page = browser.get(craft.url).text
    assert "4816:48" in page
    assert "9106" in page


def test_the_list_exports_what_it_shows_and_no_formula(browser: Client, account: Account, craft: Craft) -> None:
    with acting_in(account):
        Aircraft.objects.filter(pk=craft.aircraft.pk).update(location='=HYPERLINK("http://evil")', registration="+1")
    answer = browser.get("/aircraft/?export=xlsx&status=in_service")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="aircraft-')
    sheet = openpyxl.load_workbook(BytesIO(answer.getvalue())).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:3] == ["Aircraft", "Call sign", "Model"]
    cells = {cell.value: cell for cell in sheet[2]}
    assert cells['=HYPERLINK("http://evil")'].data_type == "s"
    assert cells["+1"].data_type == "s"


def test_filters_sorting_paging_and_columns(browser: Client, account: Account) -> None:
    with acting_in(account):
        model = AircraftModel.objects.create(account=account, name="C172")
        Aircraft.objects.bulk_create(
            Aircraft(account=account, registration=f"OY-{number:03}", aircraft_model=model, location="")
            for number in range(120)
        )
    first = browser.get("/aircraft/").text
    assert "1–50 of" in first
    assert "OY-000" in first
    assert "OY-119" in browser.get("/aircraft/?sort=-registration").text
    last = browser.get("/aircraft/?page=3").text
    assert "101–120 of" in last
    assert "OY-119" in last
    found = browser.get("/aircraft/?q=oy-07").text
    assert "<strong>10</strong>" in found
    assert "Location" not in browser.get("/aircraft/?show=status").text.split("</thead>")[0].split("<thead>")[1]
    assert "No aircraft match" in browser.get("/aircraft/?q=nothing").text


def test_an_empty_account_is_taught(browser: Client, reader: Client) -> None:
    page = browser.get("/aircraft/").text
    assert "No aircraft yet" in page
    assert page.count("Add aircraft") == 2
    assert "Add aircraft" not in reader.get("/aircraft/").text


@pytest.mark.parametrize(("path", "queries"), [("/aircraft/", 9), ("/models/", 8)])
def test_a_list_costs_the_same_for_two_rows_and_for_forty(
    browser: Client, account: Account, django_assert_max_num_queries: DjangoAssertNumQueries, path: str, queries: int
) -> None:
    for number in range(2):
        make_craft(account, f"OY-{number:03}", flights=1)
    with django_assert_max_num_queries(30) as few:
        browser.get(path)
    for number in range(2, 12):
        make_craft(account, f"OY-{number:03}", flights=1)
    with django_assert_max_num_queries(30) as many:
        browser.get(path)
    assert len(many) == len(few)


def test_an_aircrafts_page_costs_the_same_however_much_it_flew(
    browser: Client, account: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    little, much = make_craft(account, "OY-AAA", flights=2), make_craft(account, "OY-BBB", flights=60)
    for path in ("", "flights/"):
        with django_assert_max_num_queries(40) as few:
            browser.get(little.url + path)
        with django_assert_max_num_queries(40) as many:
            browser.get(much.url + path)
        assert len(many) == len(few)
