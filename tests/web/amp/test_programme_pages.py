"""Pages of maintenance programmes: from the first draft to what is in force, and what is refused on the way."""

import pytest
from django.test import Client

from hangarlink.maintenance.amp.actions import put_task, submit_revision
from hangarlink.maintenance.amp.models import Programme, Revision, Task
from hangarlink.maintenance.programme.models import DueItem, DueTerm, Requirement
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.amp.conftest import TASK, Craft, make_draft, make_programme
from tests.web.conftest import sign_in
from tests.web.programme.conftest import HOUR
from tests.web.programme.test_requirement_pages import HOURS, YEAR, typed


def test_the_whole_way_in_a_browser(browser: Client, account: Account, craft: Craft) -> None:
    page = browser.post("/programmes/new/", {"code": "AMP-172", "name": "Cessna 172S"}, follow=True)
    assert "with an empty draft" in page.text
    with acting_in(account):
        programme, draft = Programme.objects.get(), Revision.objects.get()
    model = str(craft.aircraft.aircraft_model_id)
    page = browser.post(f"/programmes/{programme.pk}/assign/", {"models": [model]}, follow=True)
    assert "OY-SKA" in page.text
    form = typed(HOURS, YEAR) | {"reference": "05-20-01", "serials": "101 to 999", "post": "SB 1"}
    page = browser.post(f"/programmes/revisions/{draft.pk}/tasks/new/", form, follow=True)
    assert "05-20-01 is in the draft" in page.text
    assert "S/N 101 to 999; post SB 1" in page.text
    with acting_in(account):
        task = Task.objects.get()
    form |= {"serials": "", "post": ""}
    page = browser.post(f"/programmes/tasks/{task.pk}/change/", form, follow=True)
    assert "S/N" not in page.text
    browser.post(f"/programmes/revisions/{draft.pk}/step/submit/")
    page = browser.get(f"/programmes/revisions/{draft.pk}/report/")
    assert "1 new" in page.text
    assert "due from now on" in page.text
    digest = page.context["approve"].initial["digest"]
    page = browser.post(
        f"/programmes/revisions/{draft.pk}/report/", {"digest": digest, "reference": "DK-7"}, follow=True
    )
    assert "is approved" in page.text
    with acting_in(account):
        assert not DueItem.objects.exists()
    page = browser.post(f"/programmes/revisions/{draft.pk}/step/activate/", follow=True)
    assert "Revision 1 is in force" in page.text
    with acting_in(account):
        assert DueItem.objects.get().aircraft_id == craft.aircraft.pk
        assert Requirement.objects.get().kept_by == "amp"
    kept = browser.get(f"/programmes/revisions/{draft.pk}/report/").text
    assert "DK-7" in kept
    assert "OY-SKA" in kept


def test_the_review_shows_both_sides_and_the_dues(
    browser: Client, account: Account, craft: Craft, programme: Programme
) -> None:
    draft = make_draft(account, programme)
    with acting_in(account):
        fifty = {**TASK, "schedule": {"repeat": {"kind": "counter", "counter": "airborne", "every": 50 * HOUR}}}
        put_task(draft, "05-20-01", acting_user=SYSTEM, **fifty)
        put_task(draft, "12-10", acting_user=SYSTEM, **{**TASK, "title": "Oil"})
        submit_revision(draft, acting_user=SYSTEM)
    text = browser.get(f"/programmes/revisions/{draft.pk}/report/").text
    assert "When differs" in text
    assert "every 100 h" in text
    assert "every 50 h" in text
    assert "1 changed, 1 new, 0 taken out" in text


def test_an_approval_of_another_report_is_refused_and_shows_the_new_one(
    browser: Client, account: Account, programme: Programme
) -> None:
    draft = make_draft(account, programme)
    with acting_in(account):
        put_task(draft, "12-10", acting_user=SYSTEM, **TASK)
        submit_revision(draft, acting_user=SYSTEM)
    answer = browser.post(f"/programmes/revisions/{draft.pk}/report/", {"digest": "old", "reference": "R"})
    assert answer.status_code == 422
    assert "Read the report again" in answer.text
    assert answer.context["approve"].initial["reference"] == "R"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"serials": "9 to 1"}, "ends before it begins"),
        ({"serials": "BB-1 to BL-2"}, "differ in their last number"),
        ({"post": "SB 1", "pre": "SB-1"}, "with and without"),
        ({"reference": ""}, "This field is required"),
        ({"ata": "5-20"}, "is not an ATA chapter"),
    ],
)
def test_what_is_wrong_with_a_task_is_said(
    browser: Client, account: Account, programme: Programme, fields: dict[str, str], says: str
) -> None:
    draft = make_draft(account, programme)
    answer = browser.post(f"/programmes/revisions/{draft.pk}/tasks/new/", typed(HOURS) | fields)
    assert answer.status_code == 422
    assert says in answer.text.replace("&#x27;", "'")
    with acting_in(account):
        assert draft.tasks.count() == 1


def test_a_draft_of_another_account_is_not_there(
    browser: Client, account: Account, other_account: Account, craft: Craft, programme: Programme
) -> None:
    member = make_member(other_account, email="x@example.com", role="Maintenance controller")
    other = sign_in(member)
    draft = make_draft(account, programme)
    for path in (f"/programmes/{programme.pk}/", f"/programmes/revisions/{draft.pk}/",
                 f"/programmes/revisions/{draft.pk}/report/"):  # fmt: skip
        assert other.get(path).status_code == 404
        assert browser.get(path).status_code == 200
    assert other.post(f"/programmes/revisions/{draft.pk}/step/discard/", {"reason": "x"}).status_code == 404


def test_who_drafts_may_not_approve(account: Account, programme: Programme) -> None:
    planner = sign_in(make_member(account, "programme.view", "amp.edit", email="planner@example.com"))
    draft = make_draft(account, programme)
    with acting_in(account):
        put_task(draft, "12-10", acting_user=SYSTEM, **TASK)
    assert planner.post(f"/programmes/revisions/{draft.pk}/step/submit/").status_code == 302
    page = planner.get(f"/programmes/revisions/{draft.pk}/report/")
    assert "Approving takes the right" in page.text
    assert planner.post(f"/programmes/revisions/{draft.pk}/report/", {"digest": "x"}).status_code == 403
    assert planner.post(f"/programmes/revisions/{draft.pk}/step/return/", {"reason": "x"}).status_code == 403


def test_lists_cost_the_same_however_many(
    browser: Client, account: Account, craft: Craft, programme: Programme, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(path: str) -> int:
        browser.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(path).status_code == 200
        return len(seen)

    few = cost("/programmes/")
    for number in range(4):
        many = make_programme(account, craft, f"AMP-{number}", tasks=5)
    assert cost("/programmes/") <= few
    with acting_in(account):
        first, last = programme.revisions.get(), many.revisions.get()
    assert cost(f"/programmes/revisions/{last.pk}/") <= cost(f"/programmes/revisions/{first.pk}/")


def test_empty_lists_teach(browser: Client, account: Account) -> None:
    assert "No maintenance programmes yet" in browser.get("/programmes/").text
    browser.post("/programmes/new/", {"code": "A", "name": "B"})
    with acting_in(account):
        draft = Revision.objects.get()
    assert "No tasks yet" in browser.get(f"/programmes/revisions/{draft.pk}/").text


def test_taking_back_closes_the_items(browser: Client, account: Account, programme: Programme) -> None:
    with acting_in(account):
        one = programme.assignments.get()
    page = browser.post(f"/programmes/{programme.pk}/unassign/{one.pk}/", {"reason": "Sold"}, follow=True)
    assert "no longer holds" in page.text
    with acting_in(account):
        assert not DueTerm.objects.exists()
