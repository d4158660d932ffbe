"""Requirements: typed limits become a schedule, said back in a sentence, and what is wrong is said where it is."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from hangarlink.maintenance.components.actions import add_component, add_component_type
from hangarlink.maintenance.programme.models import Applicability, DueItem, Requirement
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.web.programme.conftest import HOUR, Craft, make_requirement


def typed(*limits: dict[str, str], nodes: list[str] | None = None, **fields: str) -> dict[str, str | list[str]]:
    """The whole form as a browser sends it; `nodes` says how the limits lie in groups, by default side by side."""
    beside = ["repeat group", *(f"{place} repeat limit" for place in range(1, len(limits) + 1))]
    form: dict[str, str | list[str]] = {
        "reference": "05-20-01", "title": "100-hour inspection", "mandatory_class": "programme", "basis": "min",
        "limit-node": nodes or beside, **fields,
    }  # fmt: skip
    for place, limit in enumerate(limits, start=1):
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


NESTED = ["repeat group", "4 repeat group", "1 4 limit", "2 4 limit", "3 repeat limit"]


def test_groups_nest_and_come_back_as_they_were_typed(browser: Client, account: Account, craft: Craft) -> None:
    cap = {"measure": "date", "on": "2027-12-31"}
    form = typed(HOURS, YEAR, cap, nodes=NESTED, **{"limit-4-combine": "last", "limit-repeat-combine": "first"})
    assert browser.post("/requirements/new/", form).status_code == 302
    with acting_in(account):
        made = Requirement.objects.get()
        tree = made.revisions.get().schedule["repeat"]
    assert (tree["kind"], [part["kind"] for part in tree["of"]]) == ("first", ["last", "date"])
    assert [part["kind"] for part in tree["of"][0]["of"]] == ["counter", "calendar"]
    page = browser.get(f"/requirements/{made.pk}/revise/").text
    assert page.count('value="last" selected') == 1
    assert 'value="2027-12-31"' in page
    assert browser.post(f"/requirements/{made.pk}/revise/", {**form, "reason": "Same"}).status_code == 302
    with acting_in(account):
        assert made.revisions.count() == 1


def test_the_first_time_may_have_limits_of_its_own(browser: Client, account: Account, craft: Craft) -> None:
    at_first = {"measure": "counter:airborne", "thresholds": "5000", "start": "zero", "basis": "grid"}
    nodes = ["initial group", "1 initial limit", "repeat group", "2 repeat limit"]
    assert browser.post("/requirements/new/", typed(at_first, HOURS, nodes=nodes)).status_code == 302
    with acting_in(account):
        schedule = Requirement.objects.get().revisions.get().rules
    assert schedule.initial is not None
    assert schedule.initial.thresholds == (5000 * HOUR,)
    assert schedule.initial.basis == "grid"


def test_an_event_is_a_limit_and_a_start(browser: Client, account: Account, craft: Craft) -> None:
    event = {"measure": "event", "event": "shop_visit"}
    after = {"measure": "counter:airborne", "every": "150", "start": "event", "event": "hard_landing"}
    assert browser.post("/requirements/new/", typed(event, after, times="1")).status_code == 302
    with acting_in(account):
        first, second = Requirement.objects.get().revisions.get().schedule["repeat"]["of"]
    assert first == {"kind": "event", "event": "shop_visit"}
    assert (second["start"], second["event"]) == ("event", "hard_landing")


@pytest.mark.parametrize(
    ("verb", "nodes"),
    [
        ("add:repeat", ["repeat group", "1 repeat limit", "2 repeat limit"]),
        ("group:repeat", ["repeat group", "1 repeat limit", "2 repeat group", "3 2 limit", "4 2 limit"]),
        ("stage:initial", ["initial group", "2 initial limit", "repeat group", "1 repeat limit"]),
        ("remove:1", ["repeat group"]),
        ("remove:99", ["repeat group", "1 repeat limit"]),
        ("add:nowhere", ["repeat group", "1 repeat limit"]),
    ],
)
def test_buttons_change_the_tree_and_keep_what_was_typed(
    browser: Client, account: Account, verb: str, nodes: list[str]
) -> None:
    answer = browser.post("/requirements/new/", typed({**HOURS, "every": "123:45"}, do=verb))
    assert answer.status_code == 200
    sent = re.findall(r'name="limit-node" value="([^"]*)"', answer.text)
    assert [" ".join(line.split()) for line in sent] == nodes
    assert ('value="123:45"' in answer.text) is (verb != "remove:1")
    with acting_in(account):
        assert not Requirement.objects.exists()


def test_a_tree_cannot_be_made_endless(browser: Client, account: Account) -> None:
    deep = ["repeat group", *(f"{n + 1} {n or 'repeat'} group" for n in range(50)), "60 51 limit"]
    answer = browser.post("/requirements/new/", typed(nodes=deep, do="add:repeat"))
    assert answer.status_code == 200
    assert len(re.findall('name="limit-node"', answer.text)) < 10
    wide = ["repeat group", *(f"{n} repeat limit" for n in range(1, 500))]
    answer = browser.post("/requirements/new/", typed(nodes=wide, do="add:repeat"))
    assert len(re.findall('name="limit-node"', answer.text)) == 60


def test_the_next_five_dues_show_while_typing(browser: Client, account: Account, craft: Craft) -> None:
    zero = {"measure": "counter:airborne", "every": "100", "thresholds": "4820", "start": "zero"}
    form = typed(zero, preview="yes", title="", reference="") | {"ahead_on": str(craft.aircraft.pk)}
    said = browser.post("/requirements/new/", form).text
    assert [f"{hours}:00 h" in said for hours in (4820, 4920, 5020, 5120, 5220, 5320)] == [True] * 5 + [False]
    with acting_in(account):
        assert not Requirement.objects.exists()


def test_a_revision_shows_its_next_dues_without_a_reason(browser: Client, account: Account, craft: Craft) -> None:
    made = make_requirement(account)
    form = typed({"measure": "calendar_months", "every": "1", "start": "last_done"}, preview="yes")
    said = browser.post(f"/requirements/{made.pk}/revise/", form | {"ahead_on": str(craft.aircraft.pk)}).text
    assert "The next dues on OY-SKA" in said
    assert "none is recorded" in said
    with acting_in(account):
        assert made.revisions.count() == 1


def test_withdrawing_and_retiring_say_what_ends(browser: Client, account: Account, craft: Craft) -> None:
    made = make_requirement(account)
    with acting_in(account):
        target = Applicability.objects.get()
    page = browser.post(f"/requirements/{made.pk}/withdraw/{target.pk}/", {"reason": "Not this model"}, follow=True)
    assert "It holds on nothing" in page.text
    browser.post(f"/requirements/{made.pk}/apply/", {"aircraft": [str(craft.aircraft.pk)]})
    assert "It ends on 1 aircraft and components" in browser.get(f"/requirements/{made.pk}/retire/").text
    page = browser.post(f"/requirements/{made.pk}/retire/", {"reason": "Superseded"}, follow=True)
    assert "nothing is demanded any more" in page.text
    assert "05-20-01" in browser.get("/requirements/?state=retired").text
    assert "05-20-01" not in browser.get("/requirements/").text


def test_a_component_shows_its_own_next_dues(browser: Client, account: Account, craft: Craft) -> None:
    with acting_in(account):
        kind = add_component_type(name="Hose", kind="part", acting_user=SYSTEM)
        hose = add_component(
            component_type=kind, name="Hose 1", part_number="H-1", serial_number="1", condition="serviceable",
            manufactured_on=date(2020, 3, 10), at=datetime(2026, 1, 1, tzinfo=UTC), acting_user=SYSTEM,
        )  # fmt: skip
    made = {"measure": "calendar_months", "every": "144", "start": "new"}
    said = browser.post("/requirements/new/", typed(made, preview="yes") | {"components": [str(hose.pk)]}).text
    assert "The next dues on Hose 1" in said
    assert "31 Mar 2032" in said
    assert browser.post("/requirements/new/", typed(made) | {"components": [str(hose.pk)]}).status_code == 302
    with acting_in(account):
        assert DueItem.objects.get().component_id == hose.pk
    assert "Hose 1" in browser.get("/due/").text
