"""Invoices out, payments in, and what both sides change: the whole way, against the sandbox over real sockets."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hangarlink.integration.conflicts.actions import decide_review
from hangarlink.integration.conflicts.models import Review, ReviewState
from hangarlink.integration.connections.models import Connection, DeletionPolicy, Stream
from hangarlink.integration.connections.oauth.models import Grant
from hangarlink.integration.connections.proving import Unproven
from hangarlink.integration.connections.streams import change_stream, stream_of, switch_on
from hangarlink.integration.datasets.booking import bookings, unbooked
from hangarlink.integration.inbound.actions import open_hook, process, receive, set_secret
from hangarlink.integration.inbound.rules import NotVerified
from hangarlink.integration.ledger.actions import map_accounts
from hangarlink.integration.ledger.models import LedgerAccount
from hangarlink.integration.sync.actions import retry_records
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, State
from hangarlink.operations.billing.actions.expenses import void_expense
from hangarlink.operations.billing.actions.invoices import void_invoice
from hangarlink.operations.billing.models import Payment
from hangarlink.operations.customers.actions import change_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from hangarlink.sandbox.quickbooks import VERIFIER_TOKEN, Company, QuickBooksApp, fill, signature
from hangarlink.sandbox.server import Served
from tests.integration.quickbooks.conftest import IN, OUT, Office, authorise


def test_connecting_opens_the_chosen_company_and_switches_nothing_on(connected: Office) -> None:
    connection = connected.connection
    assert (connection.identity_key, connection.identity_name) == (connected.company.realm_id, "Skyline Air Charter")
    assert connection.options["realmId"] == connected.company.realm_id
    assert not Stream.objects.filter(connection=connection, is_enabled=True).exists()
    assert {entry["operation"] for entry in connected.app.journal.entries()} == {"token", "query"}


def test_authorising_again_keeps_to_the_company(connected: Office) -> None:
    other = Company("9341453000000002", "Skyline Flight School", recipe=fill)
    connected.app.companies[other.realm_id] = other
    with pytest.raises((RuleBroken, Unproven), match="Skyline"):
        authorise(
            connected.account, connected.served, connected.acting_user,
            realm_id=other.realm_id, connection=connected.connection,
        )  # fmt: skip
    again = authorise(connected.account, connected.served, connected.acting_user, connection=connected.connection)
    assert again.pk == connected.connection.pk
    assert again.options["paid_from"] == "Fuel Card", "what was entered before stays"


def test_only_what_is_switched_on_moves(connected: Office) -> None:
    connected.app.journal.clear()
    with pytest.raises(RuleBroken, match="switched off"):
        connected.send(Flow.INVOICES)
    switch_on(connected.connection, [Flow.LEDGER_ACCOUNTS], acting_user=connected.acting_user)
    connected.read(Flow.LEDGER_ACCOUNTS)
    asked = {entry["query"].split(" where ")[0] for entry in connected.app.journal.entries()}
    assert asked == {"select * from Account"}


def test_a_dry_run_shows_the_invoice_and_sends_nothing(office: Office) -> None:
    office.invoice(450_000)
    office.app.journal.clear()
    run = office.send(dry_run=True)
    assert (run.state, run.created) == (State.SUCCEEDED, 1)
    assert office.app.journal.entries("create") == []
    assert list(office.there()) == ["1001"]


def test_an_invoice_goes_out_and_its_payment_comes_back(office: Office) -> None:
    invoice = office.invoice(450_000, 12_345)
    assert office.send(Flow.CUSTOMERS).created == 1
    assert office.send().created == 1
    row = office.there()[f"HL-{invoice.number}"]
    assert (row["TotalAmt"], row["CustomerRef"]["name"]) == (Decimal("4623.45"), "Polar Survey ApS")
    assert office.link(invoice).external_id == row["Id"]
    assert office.send().created == 0, "what was sent is not sent again"

    office.company.pay(row["Id"], "1000.25", reference="SEPA 1")
    run = office.read()
    assert (run.created, run.rejected) == (1, 0)
    payment = Payment.objects.get()
    invoice.refresh_from_db()
    assert (payment.amount, payment.reference, invoice.paid, invoice.status) == (100_025, "SEPA 1", 100_025, "issued")
    office.company.pay(row["Id"])
    office.read()
    invoice.refresh_from_db()
    assert (invoice.paid, invoice.status) == (462_345, "paid")


def test_a_payment_is_no_change_of_the_invoice_on_either_side(office: Office) -> None:
    """It moves QuickBooks' SyncToken and balance, and our version and standing: still nobody changed the invoice."""
    invoice = office.invoice()
    office.send(Flow.CUSTOMERS)
    office.send()
    row = office.there()[f"HL-{invoice.number}"]
    office.company.pay(row["Id"], "100.00")
    for flow, direction in ((Flow.INVOICES, IN), (Flow.PAYMENTS, IN), (Flow.INVOICES, OUT), (Flow.INVOICES, IN)):
        run = office.run(flow, direction)
        assert (run.state, run.rejected, run.conflicted) == (State.SUCCEEDED, 0, 0), office.reasons(run)
    assert Review.objects.count() == 0
    assert office.app.journal.entries("update", "Invoice") == []
    assert office.link(invoice).external_version == office.there()[f"HL-{invoice.number}"]["SyncToken"]


def test_payments_and_invoices_of_others_stay_there(office: Office) -> None:
    office.company.pay(office.there()["1001"]["Id"], "50")
    assert (office.read().created, Payment.objects.count()) == (0, 0)
    run = office.read(Flow.INVOICES)
    assert (run.created, run.rejected, run.conflicted) == (0, 0, 0)


def test_a_payment_that_changes_or_goes_is_reversed_and_recorded_anew(office: Office) -> None:
    invoice = office.invoice()
    office.send(Flow.CUSTOMERS)
    office.send()
    row = office.there()[f"HL-{invoice.number}"]
    paid = office.company.pay(row["Id"], "1000")
    office.read()
    part = {"Amount": Decimal(900), "LinkedTxn": [{"TxnId": row["Id"], "TxnType": "Invoice"}]}
    office.company.edit("Payment", paid["Id"], TotalAmt=Decimal(900), Line=[part])
    assert office.read().updated == 1
    invoice.refresh_from_db()
    assert (invoice.paid, Payment.objects.filter(reversed_at=None).count(), Payment.objects.count()) == (90_000, 1, 2)
    stream = stream_of(office.connection, Flow.PAYMENTS)
    change_stream(stream, deletion_policy=DeletionPolicy.DELETE, acting_user=office.acting_user)
    office.company.delete("Payment", paid["Id"])
    office.read()
    invoice.refresh_from_db()
    assert (invoice.paid, Payment.objects.filter(reversed_at=None).count()) == (0, 0)


def test_changed_on_both_sides_a_person_decides(office: Office) -> None:
    invoice = office.invoice()
    office.send(Flow.CUSTOMERS)
    office.send()
    number = f"HL-{invoice.number}"
    office.company.edit("Invoice", office.there()[number]["Id"], DueDate="2027-03-01")
    void_invoice(invoice, reason="Flown by another", acting_user=office.acting_user)
    run = office.send()
    assert (run.conflicted, office.there()[number]["TotalAmt"]) == (1, Decimal(4500)), "nothing was written"
    review = Review.objects.get(state=ReviewState.OPEN)
    assert (review.ours or {})["status"] == "void"
    assert (review.theirs or {})["due_on"] == "2027-03-01"
    assert office.send().conflicted == 0, "it waits"
    decide_review(review, "ours", acting_user=office.acting_user)
    office.send()
    assert (office.there()[number]["TotalAmt"], Review.objects.filter(state=ReviewState.OPEN).count()) == (0, 0)


def test_an_issued_invoice_that_was_changed_there_is_a_question_too(office: Office) -> None:
    invoice = office.invoice()
    office.send(Flow.CUSTOMERS)
    office.send()
    number = f"HL-{invoice.number}"
    row = office.there()[number]
    office.company.edit("Invoice", row["Id"], TxnDate="2026-01-05")
    assert office.read(Flow.INVOICES).conflicted == 1
    decide_review(Review.objects.get(state=ReviewState.OPEN), "ours", acting_user=office.acting_user)
    office.send()
    invoice.refresh_from_db()
    assert date.fromisoformat(office.there()[number]["TxnDate"]) == invoice.issued_on


def test_customers_are_the_same_on_both_sides(office: Office) -> None:
    assert office.read(Flow.CUSTOMERS).created == 4
    wind = Customer.objects.get(name="Nordic Wind A/S")
    change_customer(wind, phone="+45 75 12", acting_user=office.acting_user)
    assert (office.send(Flow.CUSTOMERS).updated, office.read(Flow.CUSTOMERS).updated) == (1, 0), "no echo"
    there = office.company.find("Customer", DisplayName="Nordic Wind A/S")
    assert there["PrimaryPhone"]["FreeFormNumber"] == "+45 75 12"
    office.company.edit("Customer", there["Id"], PrimaryEmailAddr={"Address": "new@wind.example"})
    office.read(Flow.CUSTOMERS)
    wind.refresh_from_db()
    assert wind.email == "new@wind.example"


def test_expenses_go_out_and_are_withdrawn(office: Office) -> None:
    expense = office.expense()
    assert office.send(Flow.EXPENSES).created == 1
    row = office.company.find("Purchase", TotalAmt=Decimal("812.40"))
    assert (row["AccountRef"]["name"], row["EntityRef"]["name"]) == ("Fuel Card", "Skagen Fuel")
    stream = stream_of(office.connection, Flow.EXPENSES, Direction.OUT)
    change_stream(stream, deletion_policy=DeletionPolicy.DELETE, acting_user=office.acting_user)
    void_expense(expense, reason="Entered twice", acting_user=office.acting_user)
    office.send(Flow.EXPENSES)
    assert office.company.books["Purchase"] == {}


# --- accounts ------------------------------------------------------------------------------------------------------


def test_a_line_without_an_account_is_refused_with_the_reason_and_goes_once_it_is_mapped(office: Office) -> None:
    category = office.category("charter")
    map_accounts(office.connection, {category.id: None}, acting_user=office.acting_user)
    assert unbooked(office.connection) > 0
    invoice = office.invoice()
    office.send(Flow.CUSTOMERS)
    run = office.send()
    assert (run.rejected, run.created) == (1, 0)
    (reason,) = office.reasons(run)
    assert "The category charter is not mapped to an account of QuickBooks" in reason
    assert office.send().rejected == 0, "refused once, not with every run"
    account = LedgerAccount.objects.get(name="Charter Revenue")
    map_accounts(office.connection, {category.id: account.id}, acting_user=office.acting_user)
    assert office.send().created == 1
    assert f"HL-{invoice.number}" in office.there()
    assert not SyncRecord.objects.filter(connection_id=office.connection.id, is_open=True).exists()


def test_proposals_know_the_usual_names_and_only_suit_what_they_may(office: Office) -> None:
    rows = {row.category.key: row for row in bookings(office.connection)}
    named = {key: row.proposed.name for key, row in rows.items() if row.proposed}
    assert named["fuel"] == "Fuel Expense"
    assert named["landing_fees"] == "Airport Fees"
    assert named["handling"] == "Ground Handling Expense"
    assert named["crew_costs"] == "Crew Payroll"
    assert "Checking" not in {one.name for row in rows.values() for one in row.choices}
    assert "Charter Revenue" not in {one.name for one in rows["fuel"].choices}


def test_an_account_that_is_closed_there_takes_nothing_any_more(office: Office) -> None:
    charter = office.company.find("Account", Name="Charter Revenue")
    office.company.edit("Account", charter["Id"], Active=False)
    office.read(Flow.LEDGER_ACCOUNTS)
    (row,) = (one for one in bookings(office.connection) if one.category.key == "charter")
    assert row.is_closed
    office.invoice()
    office.send(Flow.CUSTOMERS)
    assert office.send().rejected == 1
    closed = LedgerAccount.objects.get(name="Charter Revenue")
    with pytest.raises(RuleBroken, match="no such account open"):
        map_accounts(office.connection, {office.category("fuel").id: closed.id}, acting_user=office.acting_user)


def test_reading_the_chart_again_changes_nothing(office: Office) -> None:
    before = list(LedgerAccount.objects.order_by("pk").values_list("pk", "version"))
    run = office.read(Flow.LEDGER_ACCOUNTS, full=True)
    assert (run.created, run.updated) == (0, 0)
    assert list(LedgerAccount.objects.order_by("pk").values_list("pk", "version")) == before


def test_mapping_takes_the_right_to_edit(office: Office, acting_user: Actor) -> None:

    with pytest.raises(NotPermitted):
        map_accounts(office.connection, {}, acting_user=replace(acting_user, permissions=frozenset()))


# --- what gets lost, ends or comes by itself -----------------------------------------------------------------------


def test_a_lost_answer_makes_no_second_invoice(office: Office) -> None:
    invoice = office.invoice()
    office.send(Flow.CUSTOMERS)
    office.app.faults.add("lost_response", operation="create", entity="Invoice", times=4)
    run = office.send()
    assert run.state == State.FAILED
    assert office.link(invoice).external_id == "", "we do not know that it is there"
    office.company.replays.clear()
    run = office.send()
    assert (run.state, len(office.company.books["Invoice"])) == (State.SUCCEEDED, 2)
    assert office.link(invoice).external_id == office.there()[f"HL-{invoice.number}"]["Id"]
    keys = {entry["request_id"] for entry in office.app.journal.entries("create", "Invoice")}
    assert len(keys) == 1, "the same key again"


def test_tokens_are_renewed_in_the_middle_of_a_run(office: Office) -> None:
    first = vault.reveal(office.connection, "refresh_token").reveal()
    for _ in range(3):
        office.invoice()
    office.send(Flow.CUSTOMERS)
    office.app.faults.add("expired_token", operation="create", entity="Invoice", skip=1)
    run = office.send()
    assert (run.state, run.created) == (State.SUCCEEDED, 3)
    assert vault.reveal(office.connection, "refresh_token").reveal() != first, "it rotates"
    assert Grant.objects.get(connection=office.connection).serial == 2
    assert office.read().state == State.SUCCEEDED


def test_disconnected_inside_quickbooks_somebody_has_to_authorise_again(office: Office) -> None:
    office.app.tokens.disconnect(office.company.realm_id)
    run = office.read()
    assert run.state == State.FAILED
    connection = Connection.objects.get(pk=office.connection.pk)
    assert connection.alert_code == "auth_failed"
    asked = len(office.app.journal.entries("token"))
    office.read()
    assert len(office.app.journal.entries("token")) <= asked + 1, "it does not loop"
    authorise(office.account, office.served, office.acting_user, connection=connection)
    assert office.read().state == State.SUCCEEDED
    assert Connection.objects.get(pk=connection.pk).alert_code == ""


def deliver(office: Office) -> list[bytes]:
    """What QuickBooks would post now, one body for everything that happened."""
    from hangarlink.sandbox.quickbooks.webhooks import as_event

    return [json.dumps([as_event(office.company, change) for change in office.company.changes[-2:]]).encode()]


def test_a_webhook_is_a_hint_that_reads_changes(office: Office) -> None:
    invoice = office.invoice()
    office.send(Flow.CUSTOMERS)
    office.send()
    for flow in (Flow.PAYMENTS, Flow.INVOICES):
        office.read(flow, dry_run=True)
        office.read(flow)
    hook = open_hook(office.connection, acting_user=office.acting_user)
    set_secret(office.connection, Secret(VERIFIER_TOKEN), acting_user=office.acting_user)
    office.company.pay(office.there()[f"HL-{invoice.number}"]["Id"], "77")
    (body,) = deliver(office)
    with pytest.raises(NotVerified):
        receive(hook, {"intuit-signature": signature("guess", body)}, body)
    for _ in range(2):
        receive(hook, {"intuit-signature": signature(VERIFIER_TOKEN, body)}, body)
    office.app.journal.clear()
    process(hook)
    waiting = SyncRun.objects.filter(connection_id=office.connection.id, trigger="webhook", state=State.REQUESTED)
    assert {run.flow for run in waiting} == {"payments", "invoices"}, "a duplicate asks for nothing more"
    office.drain()
    assert Payment.objects.get().amount == 7_700
    assert {entry["operation"] for entry in office.app.journal.entries()} <= {"cdc", "query"}
    assert len(office.app.journal.entries("cdc")) == 2


def test_what_was_refused_can_be_tried_again(office: Office) -> None:
    office.invoice(category="other_income")
    office.send(Flow.CUSTOMERS)
    item = office.company.find("Item", Name="Other services")
    office.company.edit("Item", item["Id"], Active=False)
    run = office.send()
    (reason,) = office.reasons(run)
    assert "No product or service in QuickBooks is booked to" in reason
    office.company.edit("Item", item["Id"], Active=True)
    records = SyncRecord.objects.filter(run=run)
    retry_records(office.connection, records, acting_user=office.acting_user)
    office.drain()
    assert len(office.company.books["Invoice"]) == 2


def test_nothing_secret_is_kept_where_people_look(office: Office, served: Served[QuickBooksApp]) -> None:
    office.app.faults.add("unauthorized", times=None)
    office.read()
    secrets = [vault.reveal(office.connection, name).reveal() for name in ("access_token", "refresh_token")]
    shown = json.dumps(list(SyncRun.objects.values()), default=str)
    shown += json.dumps(list(Connection.objects.values()), default=str)
    assert not any(secret in shown for secret in secrets)
