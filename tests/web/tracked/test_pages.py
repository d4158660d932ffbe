"""Items tracked elsewhere on pages: marked, dated, filtered, exported with a column of their own, counted apart."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.tracked.actions import Told, doubt, miss, set_stale_after, take_over, track_source
from hangarlink.maintenance.tracked.models import TrackedItem, TrackedSource
from hangarlink.maintenance.tracked.rules import Measure, TrackedTerm
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, new_id
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.programme.conftest import HOUR, Craft, do, make_craft, make_requirement


def left(hours: float, due_at: int = 5000) -> TrackedTerm:
    return TrackedTerm(Measure.HOURS, due_at * HOUR, round(hours * HOUR))


def by(days: int) -> TrackedTerm:
    return TrackedTerm(Measure.DATE, datetime.now(UTC).date() + timedelta(days=days), None)


def tell(account: Account, aircraft: Aircraft, *items: tuple[str, TrackedTerm], age: float = 1) -> TrackedSource:
    """What CAMP says of an aircraft, so many hours ago."""
    now = datetime.now(UTC)
    with acting_in(account):
        camp = TrackedSource.objects.filter(source="camp:sky").first() or track_source(
            "camp:sky", partner="CAMP", connection_id=new_id(), acting_user=SYSTEM
        )
        told = [
            Told(name, aircraft.pk, f"Task {name}", (term,), now - timedelta(hours=age), reference=name)
            for name, term in items
        ]
        take_over(camp, told, now=now, acting_user=SYSTEM)
        return camp


@pytest.fixture
def craft(account: Account) -> Craft:
    return make_craft(account, "OY-SKA")


def body(page: str) -> str:
    return page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]


def rows_in(page: str) -> list[str]:
    return [row for row in body(page).split("<tr>")[1:] if "c-requirement" in row]


def test_they_stand_in_the_due_list_where_they_fall_due_and_are_marked(
    browser: Client, account: Account, craft: Craft
) -> None:
    requirement = make_requirement(account)
    do(account, requirement, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    tell(account, craft.aircraft, ("OVER", left(-3.2)), ("DAY", by(2)), ("FAR", by(900)))
    page = browser.get("/due/").text
    order = ["OVER", "DAY", "05-20-01", "FAR"]
    places = [body(page).index(name) for name in order]
    assert places == sorted(places)
    rows = {name: next(row for row in rows_in(page) if name in row) for name in order}
    for name in ("OVER", "DAY", "FAR"):
        assert 'class="elsewhere"' in rows[name]
        assert "CAMP" in rows[name]
        assert "as of" in rows[name]
    assert 'class="elsewhere"' not in rows["05-20-01"]
    assert "3.2 h over" in rows["OVER"]
    assert "/due/tracked/" in rows["OVER"]


def test_counts_are_told_apart(browser: Client, account: Account, craft: Craft) -> None:
    make_requirement(account)
    tell(account, craft.aircraft, ("OVER", left(-3.2)), ("FAR", by(900)))
    page = browser.get("/due/").text
    head = page.split('id="list-form"')[0]
    ours, elsewhere = head.split("Tracked elsewhere, not counted above")
    assert "state-overdue" not in ours, "what others say is in no count of ours"
    assert "state-overdue" in elsewhere
    assert "Our requirements" in page
    assert "<strong>3</strong> items" in page
    here = browser.get("/due/?tracked=here").text
    assert "<strong>1</strong> item" in here
    assert "OVER" not in body(here)
    assert "FAR" in browser.get("/due/?tracked=elsewhere").text
    assert "05-20-01" not in body(browser.get("/due/?tracked=elsewhere").text)


def test_without_any_nothing_speaks_of_it(browser: Client, account: Account, craft: Craft) -> None:
    make_requirement(account)
    page = browser.get("/due/").text
    assert "elsewhere" not in page.split("<form")[1]
    assert "Tracked by" not in page


def test_an_old_word_is_unknown_and_never_green(browser: Client, account: Account, craft: Craft) -> None:
    camp = tell(account, craft.aircraft, ("A", left(500)), age=47)
    assert "state-ok" in rows_in(browser.get("/due/").text)[0]
    with acting_in(account):
        set_stale_after(camp, hours=24, acting_user=SYSTEM)
    row = rows_in(browser.get("/due/").text)[0]
    assert "state-unknown" in row
    assert "state-ok" not in row
    assert "too old to rely on" in row
    item = browser.get(f"/due/tracked/{only(account).pk}/").text
    assert "Nobody can tell" in item


def only(account: Account) -> TrackedItem:
    with acting_in(account):
        return TrackedItem.objects.get()


def test_an_item_opened_says_whose_word_it_is(browser: Client, account: Account, craft: Craft) -> None:
    tell(account, craft.aircraft, ("A", left(12.4, due_at=4824)))
    page = browser.get(f"/due/tracked/{only(account).pk}/").text
    for text in ("12.4 h left. CAMP says so, as of", "at 4824.0 h", "Tracked elsewhere", "as it was told"):
        assert text in page, text


def test_a_partners_markup_stays_text(browser: Client, account: Account, craft: Craft) -> None:
    tell(account, craft.aircraft, ("<script>alert(1)</script>", left(3)))
    item = only(account)
    with acting_in(account):
        TrackedSource.objects.update(partner='<img src=x onerror="alert(1)">')
    for path in ("/due/", f"/due/tracked/{item.pk}/", f"/due/tracked/systems/{item.source_id}/",
                 f"/aircraft/{craft.aircraft.pk}/", "/"):  # fmt: skip
        page = browser.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


def test_filters(browser: Client, account: Account, craft: Craft) -> None:
    other = make_craft(account, "OY-SKB")
    tell(account, craft.aircraft, ("ONE", left(3)))
    camp = tell(account, other.aircraft, ("TWO", by(900)))
    assert "TWO" not in body(browser.get("/due/?state=due_soon").text)
    assert "ONE" not in body(browser.get("/due/?q=two").text)
    assert "ONE" not in body(browser.get(f"/due/?aircraft={other.aircraft.pk}").text)
    assert len(rows_in(browser.get(f"/due/?system={camp.pk}").text)) == 2
    assert "No items match" in browser.get("/due/?kind=programme").text, "they have no class of ours"
    grouped = browser.get("/due/?group=aircraft").text
    assert grouped.count('<tr class="group">') == 2


def test_gone_items_are_out_of_the_way_and_can_be_looked_up(browser: Client, account: Account, craft: Craft) -> None:
    camp = tell(account, craft.aircraft, ("A", left(3)), ("B", left(5)))
    with acting_in(account):
        miss(camp, {"A"}, now=datetime.now(UTC), acting_user=SYSTEM)
    assert len(rows_in(browser.get("/due/").text)) == 1
    gone = browser.get("/due/?tracked=gone").text
    assert "not listed since" in body(gone)


def test_the_export_has_columns_of_their_own_and_no_formula(browser: Client, account: Account, craft: Craft) -> None:
    make_requirement(account)
    tell(account, craft.aircraft, ("=HYPERLINK(1)", left(-3.25)), age=2)
    sheet = openpyxl.load_workbook(BytesIO(browser.get("/due/?export=xlsx").getvalue())).active
    assert sheet is not None
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    found = [dict(zip(head, row, strict=True)) for row in rows]
    theirs = next(row for row in found if row["Tracked elsewhere"] == "yes")
    ours = next(row for row in found if row["Tracked elsewhere"] == "no")
    assert (theirs["Tracked by"], ours["Tracked by"]) == ("CAMP", "Hangarlink")
    assert theirs["As of (elsewhere)"] is not None
    assert ours["As of (elsewhere)"] is None
    assert float(str(theirs["Left"])) == -3.25
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}, "text, however it begins"


def test_the_aircraft_shows_them_apart_from_its_state(browser: Client, account: Account, craft: Craft) -> None:
    tell(account, craft.aircraft, ("OVER", left(-1)), ("FAR", by(900)))
    page = browser.get(f"/aircraft/{craft.aircraft.pk}/").text
    assert "Tracked elsewhere: 1 overdue." in page
    assert "1 overdue, 1 OK" in page
    assert "Not part of the state above" in page
    with acting_in(account):
        TrackedItem.objects.all().delete()
    assert "Tracked elsewhere" not in browser.get(f"/aircraft/{craft.aircraft.pk}/").text


def test_the_board_names_what_is_not_good_elsewhere_and_keeps_its_own_state(
    browser: Client, account: Account, craft: Craft
) -> None:
    requirement = make_requirement(account)
    do(account, requirement, craft, ago=timedelta(days=3, hours=12), value=4800 * HOUR)
    before = browser.get("/").text
    tell(account, craft.aircraft, ("OVER", left(-1)), ("FAR", by(900)))
    with CaptureQueriesContext(connection) as one:
        page = browser.get("/").text
    assert "Tracked elsewhere: 1 overdue<" in page
    tally = 'id="tally">'
    assert page.split(tally)[1].split("as of")[0] == before.split(tally)[1].split("as of")[0]
    tell(account, make_craft(account, "OY-SKC").aircraft, ("FAR2", by(900)))
    with CaptureQueriesContext(connection) as two:
        assert browser.get("/").text.count("Tracked elsewhere") == 1
    assert len(one) == len(two)


def test_how_long_a_word_holds_is_set_by_who_may(
    browser: Client, reader: Client, account: Account, craft: Craft
) -> None:
    camp = tell(account, craft.aircraft, ("A", left(3)))
    refused = browser.post(f"/due/tracked/systems/{camp.pk}/age/", {"hours": "0"})
    assert refused.status_code == 422
    assert "1 to 2160 hours" in refused.text
    assert browser.post(f"/due/tracked/systems/{camp.pk}/age/", {"hours": "72"}).status_code == 302
    page = browser.get(f"/due/tracked/systems/{camp.pk}/").text
    assert "72 hours" in page
    assert reader.get(f"/due/tracked/systems/{camp.pk}/").status_code == 200
    assert "/age/" not in reader.get(f"/due/tracked/systems/{camp.pk}/").text
    assert reader.post(f"/due/tracked/systems/{camp.pk}/age/", {"hours": "72"}).status_code == 403


def test_what_is_missing_goes_only_when_somebody_agrees(browser: Client, account: Account, craft: Craft) -> None:
    camp = tell(account, craft.aircraft, ("A", left(3)), ("B", left(5)))
    with acting_in(account):
        doubt(camp, {"A"}, now=datetime.now(UTC), acting_user=SYSTEM)
    assert "1 item was missing" in browser.get(f"/due/tracked/systems/{camp.pk}/").text
    assert len(rows_in(browser.get("/due/").text)) == 2
    assert "Let 1 go" in browser.get(f"/due/tracked/systems/{camp.pk}/gone/").text
    browser.post(f"/due/tracked/systems/{camp.pk}/gone/")
    assert len(rows_in(browser.get("/due/").text)) == 1
    tell(account, craft.aircraft, ("B", left(5)))
    assert len(rows_in(browser.get("/due/").text)) == 2


def test_another_accounts_items_are_not_there(browser: Client, account: Account, other_account: Account) -> None:
    craft = make_craft(other_account, "OY-OTH")
    camp = tell(other_account, craft.aircraft, ("A", left(3)))
    item = only(other_account)
    assert browser.get(f"/due/tracked/{item.pk}/").status_code == 404
    assert browser.get(f"/due/tracked/systems/{camp.pk}/").status_code == 404
    assert browser.post(f"/due/tracked/systems/{camp.pk}/gone/").status_code == 404
    assert "OY-OTH" not in browser.get("/due/").text


def test_who_may_not_see_the_programme_sees_none_of_it(account: Account, craft: Craft) -> None:
    tell(account, craft.aircraft, ("A", left(-3)))
    client = sign_in(make_member(account, "fleet.view", email="fleet@example.com"))
    assert "racked elsewhere" not in client.get(f"/aircraft/{craft.aircraft.pk}/").text
    assert client.get(f"/due/tracked/{only(account).pk}/").status_code == 403


@pytest.mark.parametrize("path", ["/due/", "/due/?page=2", "/due/?group=aircraft", "/due/?tracked=elsewhere"])
def test_statements_do_not_grow_with_the_list(browser: Client, account: Account, craft: Craft, path: str) -> None:
    make_requirement(account)
    counts = []
    for size in (60, 240):
        tell(account, craft.aircraft, *((f"T-{size}-{n}", by(n)) for n in range(size)))
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_every_row_is_on_exactly_one_page(browser: Client, account: Account) -> None:
    crafts = [make_craft(account, f"OY-T{n:02}") for n in range(30)]
    make_requirement(account)
    for craft in crafts:
        tell(account, craft.aircraft, *((f"{craft.aircraft.registration}-{n}", by(n * 7 - 20)) for n in range(4)))
    for sort in ("forecast", "aircraft", "requirement"):
        seen: list[str] = []
        for number in range(1, 4):
            page = browser.get(f"/due/?sort={sort}&page={number}").text
            seen += [row.split("c-requirement")[1].split('href="')[1].split('"')[0] for row in rows_in(page)]
        assert len(seen) == len(set(seen)) == 150, sort
