"""Every page can be used without seeing it: each control has a name, each page one heading, ids are unique."""

from django.test import Client

from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.maintenance.programme.models import Accomplishment
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.web.fleet.conftest import NOW
from tests.web.markup import problems_of
from tests.web.school import make_school


def test_every_page_of_fleet_and_programme(browser: Client, account: Account) -> None:
    crafts = make_school(account)
    craft = crafts["OY-SKA"]
    with acting_in(account):
        done = Accomplishment.objects.filter(superseded_at=None, item__aircraft=craft.aircraft).first()
        assert done is not None
        item, requirement = done.item_id, done.item.requirement_id
        defect = report_defect(craft.aircraft, description="Worn tyre", reported_at=NOW, acting_user=SYSTEM).defect
    counter, flight = craft.airborne.pk, craft.flights[0].pk
    model = craft.aircraft.aircraft_model_id
    paths = [
        "/", "/aircraft/", "/aircraft/new/", craft.url, f"{craft.url}edit/", f"{craft.url}flights/",
        f"{craft.url}flights/new/", f"{craft.url}flights/{flight}/", f"{craft.url}flights/{flight}/correct/",
        f"{craft.url}flights/{flight}/cancel/", f"{craft.url}counters/new/", f"{craft.url}counters/{counter}/",
        f"{craft.url}counters/{counter}/edit/", f"{craft.url}counters/{counter}/reading/",
        f"{craft.url}counters/{counter}/opening/", f"{craft.url}counters/{counter}/replacement/",
        f"{craft.url}defects/", f"{craft.url}defects/new/", "/defects/", f"/defects/{defect.pk}/",
        f"/defects/{defect.pk}/rectify/", "/models/", "/models/new/", f"/models/{model}/", f"/models/{model}/edit/",
        "/due/", "/due/?group=aircraft", f"/due/{item}/", f"/due/{item}/record/", f"/due/{item}/start/",
        f"/due/{item}/done/{done.pk}/", f"/due/{item}/done/{done.pk}/withdraw/", "/requirements/", "/requirements/new/",
        f"/requirements/{requirement}/", f"/requirements/{requirement}/revise/", f"/requirements/{requirement}/apply/",
        f"/requirements/{requirement}/retire/", "/search/", "/search/?q=OY-SK", "/nowhere/",
    ]  # fmt: skip
    for path in paths:
        answer = browser.get(path)
        assert answer.status_code == (404 if path == "/nowhere/" else 200), path
        assert problems_of(answer.text) == [], path


def test_the_check_itself_finds_what_is_wrong() -> None:
    bad = '<h1>a</h1><h1>b</h1><input name="x"><label for="y">Y</label><input id="y"><a href="/"></a><p id="y">'
    assert len(problems_of(bad)) == 4
