"""Requirements: typed limits become a schedule, said back in a sentence, and what is wrong is said where it is."""

import pytest
from django.test import Client

from hangarlink.maintenance.programme.models import Applicability, DueItem, Requirement
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.web.programme.schedule_form import can_be_typed
from tests.web.programme.conftest import HOUR, Craft, make_requirement

SIZES = {"limit-TOTAL_FORMS": "4", "limit-INITIAL_FORMS": "0", "limit-MIN_NUM_FORMS": "4", "limit-MAX_NUM_FORMS": "4"}


def typed(*limits: dict[str, str], **fields: str) -> dict[str, str | list[str]]:
    """The whole form as a browser sends it."""
    form: dict[str, str | list[str]] = {
        "reference": "05-20-01", "title": "100-hour inspection", "mandatory_class": "programme", "combine": "first",
        "basis": "min", **SIZES, **fields,
    }  # fmt: skip
    for place, limit in enumerate(limits):
        form |= {f"limit-{place}-{name}": value for name, value in limit.items()}
    return form


HOURS = {"measure": "counter:airborne", "every": "100", "start": "last_done"}
YEAR = {"measure": "calendar_months", "every": "12", "start": "last_done"}


def test_typed_limits_become_the_schedule_and_apply(browser: Client, account: Account, craft: Craft) -> None:
    form = typed({**HOURS, "alert": "12:30"}, YEAR) | {"models": [str(craft.aircraft.aircraft_model_id)]}
    answer = browser.post("/requirements/new/", form, follow=True)
    assert "05-20-01 is added." in answer.text
    with acting_in(account):
        made = Requirement.objects.get()
        revision = made.revisions.get()
        assert revision.alerts == {"airborne": 12 * HOUR + 1800}
        assert revision.schedule["basis"] == "min"
        hours, months = revision.schedule["repeat"]["of"]
        assert (hours["counter"], hours["every"]) == ("airborne", 100 * HOUR)
        assert (months["unit"], months["every"]) == ("calendar_months", 12)
        assert DueItem.objects.get().aircraft_id == craft.aircraft.pk


def test_the_sentence_says_what_the_limits_mean(browser: Client, craft: Craft) -> None:
    said = browser.post("/requirements/new/", typed(HOURS, YEAR, preview="yes")).text
    assert "Whichever comes first: Airborne: every 100 h; or calendar time: every 12 calendar months." in said
    assert "late never moves the next one" in said


def test_the_preview_tells_the_consequences_and_writes_nothing(browser: Client, account: Account, craft: Craft) -> None:
    zero = {"measure": "counter:airborne", "thresholds": "4820", "start": "zero"}
    form = typed(zero, preview="yes") | {"models": [str(craft.aircraft.aircraft_model_id)]}
    said = browser.post("/requirements/new/", form).text
    assert "OY-SKA" in said
    # 4820 h are reached in 3.2 h.
    assert "3.2 h" in said
    with acting_in(account):
        assert not Requirement.objects.exists()
        assert not Applicability.objects.exists()


@pytest.mark.parametrize(
    ("limits", "fields", "says"),
    [
        ([{"measure": "counter:airborne", "every": "0"}], {}, "Must be more than 0"),
        ([{"measure": "counter:airborne", "every": "1,000"}], {}, "has a comma"),
        ([{"measure": "counter:landings", "every": "10.5"}], {}, "is not a whole number"),
        ([{"measure": "counter:nonsense", "every": "5"}], {}, "Select a valid choice"),
        ([{"measure": "days"}], {}, "give “Every”, “At first” or both."),
        ([{"measure": "counter:airborne", "thresholds": "200; 100", "start": "zero"}], {}, "Thresholds must increase"),
        ([{"measure": "counter:airborne", "thresholds": "200"}], {}, "set “Counted from”"),
        ([{"measure": "months", "every": "6", "start": "zero"}], {}, "The calendar has no zero"),
        ([{"measure": "date"}], {}, "Give the date"),
        ([{"measure": "date", "on": "2027-02-30"}], {}, "is not a date that exists"),
        ([{"measure": "counter:airborne", "every": "100"}], {"basis": "window"}, "needs a “Window”"),
        ([], {}, "at least one limit"),
        ([HOURS], {"reference": ""}, "This field is required"),
        ([HOURS], {"ata": "5-20"}, "is not an ATA chapter"),
        ([HOURS], {"times": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    browser: Client, account: Account, craft: Craft, limits: list[dict[str, str]], fields: dict[str, str], says: str
) -> None:
    answer = browser.post("/requirements/new/", typed(*limits, **fields))
    assert answer.status_code == 422
    assert says in answer.text.replace("&#x27;", "'")
    assert 'value="100-hour inspection"' in answer.text
    with acting_in(account):
        assert not Requirement.objects.exists()


def test_a_taken_reference_is_said_at_its_field(browser: Client, account: Account, craft: Craft) -> None:
    make_requirement(account)
    answer = browser.post("/requirements/new/", typed(HOURS))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["reference"]


def test_a_revision_shows_what_stands_and_asks_why(browser: Client, account: Account, craft: Craft) -> None:
    made = make_requirement(account)
    page = browser.get(f"/requirements/{made.pk}/revise/").text
    assert '<option value="counter:airborne" selected>' in page
    assert 'value="100"' in page
    form = typed({**HOURS, "every": "50"}, YEAR)
    assert browser.post(f"/requirements/{made.pk}/revise/", form).status_code == 422
    answer = browser.post(f"/requirements/{made.pk}/revise/", {**form, "reason": "Authority asked"}, follow=True)
    assert "every 50 h" in answer.text
    assert "Authority asked" in answer.text


def test_limits_the_form_cannot_say_stay_as_they_are(browser: Client, account: Account, craft: Craft) -> None:
    counter = {"kind": "counter", "counter": "airborne", "every": 100 * HOUR}
    year = {"kind": "calendar", "unit": "months", "every": 12}
    nested = {
        "repeat": {"kind": "first", "of": [{"kind": "last", "of": [counter, year]}, {**counter, "every": 500 * HOUR}]}
    }
    assert not can_be_typed(from_json(nested))
    made = make_requirement(account, schedule=nested)
    page = browser.get(f"/requirements/{made.pk}/revise/").text
    assert "nested deeper than this form can say" in page
    form = {"title": "Renamed", "mandatory_class": "programme", "reason": "Name"}
    assert browser.post(f"/requirements/{made.pk}/revise/", form).status_code == 302
    with acting_in(account):
        first, second = made.revisions.order_by("number")
        assert second.title == "Renamed"
        assert second.schedule == first.schedule


def test_withdrawing_and_retiring_say_what_ends(browser: Client, account: Account, craft: Craft) -> None:
    made = make_requirement(account)
    with acting_in(account):
        target = Applicability.objects.get()
    page = browser.post(f"/requirements/{made.pk}/withdraw/{target.pk}/", {"reason": "Not this model"}, follow=True)
    assert "It holds on no aircraft" in page.text
    browser.post(f"/requirements/{made.pk}/apply/", {"aircraft": [str(craft.aircraft.pk)]})
    assert "It ends on 1 aircraft" in browser.get(f"/requirements/{made.pk}/retire/").text
    page = browser.post(f"/requirements/{made.pk}/retire/", {"reason": "Superseded"}, follow=True)
    assert "nothing is demanded any more" in page.text
    assert "05-20-01" in browser.get("/requirements/?state=retired").text
    assert "05-20-01" not in browser.get("/requirements/").text
