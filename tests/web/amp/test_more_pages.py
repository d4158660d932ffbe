"""Import with its plan, examples, modifications, annual reviews, the reference."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from hangarlink.maintenance.amp.files import read_file
from hangarlink.maintenance.amp.models import Programme, Review, Revision
from hangarlink.maintenance.programme.models import DueItem, Modification
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.amp.conftest import Craft, make_draft
from tests.web.conftest import sign_in
from tests.web.markup import problems_of


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("amp.csv", text.encode())


def test_an_import_shows_its_plan_and_then_does_it(browser: Client, account: Account, programme: Programme) -> None:
    draft = make_draft(account, programme)
    path = f"/programmes/revisions/{draft.pk}/import/"
    file = upload("Task,Title,Limit 1\n12-10,Oil,every 50 h airborne\n05-20-01,Inspection,every 90 h airborne\n")
    page = browser.post(path, {"file": file})
    assert "1 changed, 1 new" in page.text
    assert "every 90 h" in page.text
    with acting_in(account):
        assert draft.tasks.count() == 1
    done = browser.post(path, {"plan": page.context["signed"]}, follow=True)
    assert "Imported: 1 changed, 1 new." in done.text
    with acting_in(account):
        assert draft.tasks.count() == 2


def test_a_plan_that_was_changed_is_refused(browser: Client, account: Account, programme: Programme) -> None:
    draft = make_draft(account, programme)
    path = f"/programmes/revisions/{draft.pk}/import/"
    page = browser.post(path, {"file": upload("Task,Title,Limit 1\n12-10,Oil,every 50 h airborne\n")})
    signed = page.context["signed"]
    assert browser.post(path, {"plan": signed[:-2] + "xx"}).status_code == 422
    with acting_in(account):
        programme.revisions.filter(pk=draft.pk).update(stage="discarded")
    other = make_draft(account, programme)
    assert browser.post(f"/programmes/revisions/{other.pk}/import/", {"plan": signed}).status_code == 422


def test_problems_are_told_by_row(browser: Client, account: Account, programme: Programme) -> None:
    draft = make_draft(account, programme)
    page = browser.post(
        f"/programmes/revisions/{draft.pk}/import/",
        {"file": upload("Task,Title,Limit 1\n12-10,<b>Oil,every 50 h warp\n")},
    )
    assert "1 problem in the file" in page.text
    assert "no counter &#x27;warp&#x27;" in page.text
    refused = browser.post(f"/programmes/revisions/{draft.pk}/import/", {"file": upload("Titel\nx\n")})
    assert refused.status_code == 422
    assert "unknown columns Titel" in refused.text


def test_exports_read_back(browser: Client, account: Account, programme: Programme) -> None:
    with acting_in(account):
        revision = programme.revisions.get()
    for kind in ("xlsx", "csv"):
        answer = browser.get(f"/programmes/revisions/{revision.pk}/export/{kind}/")
        assert f'.{kind}"' in answer["Content-Disposition"]
        ((_, row),) = read_file(answer.content, kind)
        assert (row["Task"], row["Limit 1"]) == ("05-20-01", "every 100 h airborne")


def test_an_example_becomes_a_marked_draft(browser: Client, account: Account) -> None:
    assert "Not for operational use" in browser.get("/programmes/examples/").text
    page = browser.post("/programmes/examples/", {"key": "pc12"}, follow=True)
    assert "Not for operational use" in page.text
    assert "every 300 h" in page.text
    assert browser.post("/programmes/examples/", {"key": "pc12"}).status_code == 422


def test_a_modification_shows_what_it_closes_before_it_does(
    browser: Client, account: Account, craft: Craft, programme: Programme
) -> None:
    draft = make_draft(account, programme)
    path = f"/programmes/revisions/{draft.pk}/import/"
    page = browser.post(path, {"file": upload("Task,Title,Limit 1,Only without\nPRE,Look,every 50 h airborne,SB 1\n")})
    browser.post(path, {"plan": page.context["signed"]})
    browser.post(f"/programmes/revisions/{draft.pk}/step/submit/")
    report = browser.get(f"/programmes/revisions/{draft.pk}/report/")
    browser.post(f"/programmes/revisions/{draft.pk}/report/", {"digest": report.context["approve"].initial["digest"]})
    browser.post(f"/programmes/revisions/{draft.pk}/step/activate/")
    at = f"/programmes/aircraft/{craft.aircraft.pk}/"
    form = {"code": "SB 1", "embodied_on": timezone.now().date().isoformat()}
    assert "no longer due" in browser.post(f"{at}modifications/new/", form | {"preview": "yes"}).text
    with acting_in(account):
        assert not Modification.objects.exists()
    page = browser.post(f"{at}modifications/new/", form, follow=True)
    assert "it is for aircraft without SB 1, which is embodied" in page.text
    with acting_in(account):
        one = Modification.objects.get()
        assert DueItem.objects.filter(closed_at__isnull=True).count() == 1
    form = {"removed_on": form["embodied_on"], "reason": "Reverted"}
    browser.post(f"{at}modifications/{one.pk}/remove/", form)
    with acting_in(account):
        assert DueItem.objects.filter(closed_at__isnull=True).count() == 2


def test_a_review_is_recorded_with_the_figures_of_the_year(
    browser: Client, account: Account, programme: Programme
) -> None:
    assert "The annual review is due" in browser.get(f"/programmes/{programme.pk}/").text
    path = f"/programmes/{programme.pk}/review/"
    assert "OY-SKA" in browser.get(path).text
    assert browser.post(path, {"held_on": "2020-01-01", "remains_fit": "yes"}).status_code == 422
    day = timezone.now().date()
    form = {"held_on": day.isoformat(), "remains_fit": "yes", "conclusion": "Fits"}
    assert browser.post(path, form | {"next_on": f"{day.year + 2}-01-01"}).status_code == 422
    page = browser.post(path, form, follow=True)
    assert "It still fits" in page.text
    with acting_in(account):
        review = Review.objects.get()
        assert review.facts["aircraft"] == ["OY-SKA"]
        assert review.facts["use"]
    assert "Fits" in browser.get(f"/programmes/reviews/{review.pk}/").text


def test_another_account_sees_none_of_it(
    account: Account, other_account: Account, craft: Craft, programme: Programme
) -> None:
    draft = make_draft(account, programme)
    other = sign_in(make_member(other_account, email="x@example.com", role="Maintenance controller"))
    for path in (f"/programmes/aircraft/{craft.aircraft.pk}/", f"/programmes/revisions/{draft.pk}/import/",
                 f"/programmes/revisions/{draft.pk}/export/csv/", f"/programmes/{programme.pk}/review/"):  # fmt: skip
        assert other.get(path).status_code == 404, path
    with acting_in(other_account):
        assert not Revision.objects.exists()


def test_the_reference_is_found_by_number_and_word(browser: Client) -> None:
    assert "Landing gear" in browser.get("/programmes/reference/?q=32").text
    assert browser.get("/programmes/reference/?export=xlsx").status_code == 200


def test_every_page_can_be_used_without_seeing_it(
    browser: Client, account: Account, craft: Craft, programme: Programme
) -> None:
    draft = make_draft(account, programme)
    with acting_in(account):
        active, task = programme.revisions.get(number=1), draft.tasks.get()
    one, rev = f"/programmes/{programme.pk}/", f"/programmes/revisions/{draft.pk}/"
    for path in (
        "/programmes/", "/programmes/new/", "/programmes/examples/", "/programmes/reference/", one, f"{one}change/",
        f"{one}assign/", f"{one}review/", rev, f"{rev}report/", f"{rev}import/", f"{rev}step/submit/",
        f"{rev}step/discard/", f"{rev}tasks/new/", f"/programmes/tasks/{task.pk}/",
        f"/programmes/tasks/{task.pk}/change/",
        f"/programmes/tasks/{task.pk}/remove/", f"/programmes/revisions/{active.pk}/report/",
        f"/programmes/aircraft/{craft.aircraft.pk}/", f"/programmes/aircraft/{craft.aircraft.pk}/modifications/new/",
    ):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert problems_of(answer.text) == [], path


def test_a_task_of_the_library_fills_the_form_of_a_draft(
    browser: Client, account: Account, other_account: Account, craft: Craft, programme: Programme
) -> None:
    browser.post("/programmes/new/", {"code": "AMP-X", "name": "Other"})
    with acting_in(account):
        draft = Revision.objects.get(stage="draft")
        known = programme.revisions.get().tasks.get()
    page = browser.get(f"/programmes/revisions/{draft.pk}/library/?q=100-hour").text
    assert f"/programmes/revisions/{draft.pk}/tasks/new/?like={known.pk}" in page
    form = browser.get(f"/programmes/revisions/{draft.pk}/tasks/new/?like={known.pk}").text
    assert 'value="05-20-01"' in form
    assert 'value="100-hour inspection"' in form
    assert "disabled" not in form.split('name="reference"')[1].split(">")[0]
    assert browser.get(f"/programmes/revisions/{draft.pk}/tasks/new/?like=nonsense").status_code == 404
    other = sign_in(make_member(other_account, email="x@example.com", role="Maintenance controller"))
    assert "No tasks to begin with yet" in other.get("/programmes/library/").text


def test_a_requirement_of_a_programme_says_so_and_offers_no_change(
    browser: Client, account: Account, programme: Programme
) -> None:
    with acting_in(account):
        kept = programme.requirements.get().requirement_id
    page = browser.get(f"/requirements/{kept}/").text
    assert "it changes by a revision of the programme" in page
    assert f"/requirements/{kept}/revise/" not in page
    assert "/withdraw/" not in page
