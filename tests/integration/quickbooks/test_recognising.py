"""Customers that exist on both sides before the first pull: none is doubled, none is overwritten, doubts are asked."""

import pytest

from hangarlink.integration.conflicts.actions import OURS, decide_match, decide_review
from hangarlink.integration.conflicts.models import Review, ReviewKind, ReviewState
from hangarlink.integration.connections.models import Link
from hangarlink.integration.synclog.vocabulary import Flow, State
from hangarlink.operations.customers.actions import add_customer, change_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.integration.quickbooks.conftest import Office

ADDRESS = "billing@nordicwind.example"


def ours(office: Office, name: str, email: str = "", **more: str) -> Customer:
    return add_customer(name=name, email=email, acting_user=office.acting_user, currency="USD", **more)  # type: ignore[arg-type]


def question(name: str) -> Review:
    return Review.objects.get(kind=ReviewKind.MATCH, state=ReviewState.OPEN, subject=name)


def test_one_with_the_same_address_is_linked_and_both_stay_as_they_are(office: Office) -> None:
    row = ours(office, "Nordic Wind Group", "Billing@NordicWind.example", phone="+45 1234")
    plan = office.read(Flow.CUSTOMERS, dry_run=True)
    assert (plan.created, plan.unchanged, Link.objects.filter(internal_id=row.pk).count()) == (3, 1, 0)
    office.app.journal.clear()
    run = office.read(Flow.CUSTOMERS)
    assert (run.state, run.created, run.updated, run.conflicted) == (State.SUCCEEDED, 3, 0, 0)
    there = office.company.find("Customer", DisplayName="Nordic Wind A/S")
    assert office.link(row).external_id == there["Id"]
    row.refresh_from_db()
    assert (row.name, row.phone, row.version) == ("Nordic Wind Group", "+45 1234", 1)
    assert office.send(Flow.CUSTOMERS).updated == 0, "the match tells neither side anything"
    assert office.app.journal.entries("update", "Customer") == []
    assert (office.read(Flow.CUSTOMERS).created, Customer.objects.count()) == (0, 4)


def test_a_later_change_here_is_sent_to_the_linked_one(office: Office) -> None:
    row = ours(office, "Nordic Wind A/S", ADDRESS)
    office.read(Flow.CUSTOMERS)
    change_customer(row, phone="+45 99", acting_user=office.acting_user)
    assert office.send(Flow.CUSTOMERS).updated == 1
    there = office.company.find("Customer", DisplayName="Nordic Wind A/S")
    assert there["PrimaryPhone"]["FreeFormNumber"] == "+45 99"


def test_a_name_alone_is_asked_about_and_nothing_moves_meanwhile(office: Office) -> None:
    row = ours(office, "nordic  wind a/s")
    run = office.read(Flow.CUSTOMERS)
    assert (run.created, run.conflicted) == (3, 1)
    asked = question("Nordic Wind A/S")
    assert asked.candidates == [str(row.pk)]
    sent = office.send(Flow.CUSTOMERS)
    assert (sent.created, sent.updated) == (0, 0), "the one that may be there is not sent as a new one"
    assert office.read(Flow.CUSTOMERS).created == 0
    assert Review.objects.filter(state=ReviewState.OPEN).count() == 1, "it is asked once"

    decide_match(asked, row.pk, acting_user=office.acting_user)
    row.refresh_from_db()
    assert (row.name.split(), row.email) == (["nordic", "wind", "a/s"], "")
    assert office.link(row).external_id == office.company.find("Customer", DisplayName="Nordic Wind A/S")["Id"]
    assert (office.send(Flow.CUSTOMERS).updated, Customer.objects.count()) == (0, 4)


def test_another_one_of_the_same_name_is_taken_in_as_new(office: Office) -> None:
    row = ours(office, "Nordic Wind A/S", "hello@other.example")
    office.read(Flow.CUSTOMERS)
    asked = question("Nordic Wind A/S")
    decide_match(asked, None, acting_user=office.acting_user)
    made = Customer.objects.get(email=ADDRESS)
    assert made.pk != row.pk
    assert office.link(made).state == "linked"
    asked.refresh_from_db()
    assert (asked.choice, asked.internal_id) == ("new", made.pk)
    with pytest.raises(RuleBroken, match="already"):
        decide_match(asked, row.pk, acting_user=office.acting_user)


def test_two_of_ours_are_both_named_and_only_they_can_be_chosen(office: Office) -> None:
    both = {ours(office, name, ADDRESS).pk for name in ("Nordic Wind", "Nordic Wind Crew")}
    stranger = ours(office, "Somebody Else")
    office.read(Flow.CUSTOMERS)
    asked = question("Nordic Wind A/S")
    assert set(asked.candidates) == {str(pk) for pk in both}
    with pytest.raises(RuleBroken, match="not among"):
        decide_match(asked, stranger.pk, acting_user=office.acting_user)
    with pytest.raises(RuleBroken, match="which of ours"):
        decide_review(asked, OURS, acting_user=office.acting_user)
    nobody = Actor(office.acting_user.kind, office.acting_user.id, "Reader", frozenset({"integrations.view"}))
    with pytest.raises(NotPermitted):
        decide_match(asked, next(iter(both)), acting_user=nobody)
    assert question("Nordic Wind A/S").pk == asked.pk


def test_what_changes_there_meanwhile_asks_anew(office: Office) -> None:
    row = ours(office, "Nordic Wind A/S")
    office.read(Flow.CUSTOMERS)
    first = question("Nordic Wind A/S")
    there = office.company.find("Customer", DisplayName="Nordic Wind A/S")
    office.company.edit("Customer", there["Id"], PrimaryPhone={"FreeFormNumber": "+45 77"})
    office.read(Flow.CUSTOMERS)
    second = question("Nordic Wind A/S")
    assert second.pk != first.pk
    assert (second.theirs or {})["phone"] == "+45 77"
    decide_match(second, row.pk, acting_user=office.acting_user)
    row.refresh_from_db()
    assert row.phone == ""


def test_a_linked_customer_is_nobodys_double(office: Office) -> None:
    row = ours(office, "Nordic Wind A/S", ADDRESS)
    office.read(Flow.CUSTOMERS)
    office.company.save("Customer", {"DisplayName": "Nordic Wind Ground", "PrimaryEmailAddr": {"Address": ADDRESS}})
    assert office.read(Flow.CUSTOMERS).created == 1
    assert Link.objects.filter(internal_id=row.pk).count() == 1
