"""The page that maps categories to accounts: what it proposes, what it refuses, whom it lets in."""

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.streams import make_streams
from hangarlink.integration.ledger.models import AccountMapping, LedgerAccount
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.operations.billing.actions.categories import add_category, add_usual_categories
from hangarlink.operations.billing.models import CostCategory
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in

CHART = [
    ("Checking", "Bank", "1000"),
    ("Charter Revenue", "Income", "4000"),
    ("Fuel Expense", "Cost of Goods Sold", "5000"),
    ("Airport Fees", "Expense", "5100"),
    ("Old Fees", "Expense", "5101"),
]


@pytest.fixture
def books(account: Account, admin: Membership) -> Connection:
    """Connected to QuickBooks; its chart is here, nothing is mapped."""
    with acting_in(account):
        made = Connection.objects.create(
            account=account,
            connector="quickbooks",
            name="Books",
            base_url="https://quickbooks.api.intuit.com",
            identity_key="9341453000000001",
            identity_name="Skyline Air Charter",
        )
        make_streams(made, manifest_of("quickbooks"))
        add_usual_categories(acting_user=admin.actor())
        for place, (name, kind, number) in enumerate(CHART):
            LedgerAccount.objects.create(
                account=account, connection=made, external_id=str(place), name=name, kind=kind, number=number,
                is_active=name != "Old Fees",
            )  # fmt: skip
    return made


def address(connection: Connection, page: str = "accounts/") -> str:
    return f"/ops/settings/integrations/connections/{connection.pk}/{page}"


def id_of(account: Account, name: str) -> str:
    with acting_in(account):
        return str(LedgerAccount.objects.get(name=name).pk)


def key_of(account: Account, key: str) -> str:
    with acting_in(account):
        return str(CostCategory.objects.get(key=key).pk)


def test_what_is_surely_meant_is_proposed_and_counts_only_once_it_is_saved(
    browser: Client, account: Account, books: Connection
) -> None:
    page = browser.get(address(books)).text
    assert f'<option value="{id_of(account, "Fuel Expense")}" selected>5000 Fuel Expense</option>' in page
    assert "Proposed by its name" in page
    assert "have no account" in page
    with acting_in(account):
        assert AccountMapping.objects.count() == 0


def test_costs_are_offered_cost_accounts_and_never_a_bank_or_a_closed_one(browser: Client, books: Connection) -> None:
    page = browser.get(address(books)).text
    fuel = page.split('aria-label="Account of Fuel"')[1].split("</select>")[0]
    assert "5100 Airport Fees" in fuel
    for name in ("Checking", "Charter Revenue", "Old Fees"):
        assert name not in fuel


def test_saving_maps_and_keeps_old_and_new_in_the_trail(browser: Client, account: Account, books: Connection) -> None:
    fuel, fees = key_of(account, "fuel"), id_of(account, "Airport Fees")
    saved = browser.post(address(books), {fuel: id_of(account, "Fuel Expense")})
    assert saved.status_code == 302
    browser.post(address(books), {fuel: fees})
    with acting_in(account):
        assert str(AccountMapping.objects.get().ledger_account_id) == fees
        entry = AuditEntry.objects.filter(action="accounts_mapped").order_by("-pk").first()
        assert entry is not None
        assert (entry.old, entry.new) == ({fuel: "5000 Fuel Expense"}, {fuel: "5100 Airport Fees"})
    browser.post(address(books), {})
    with acting_in(account):
        assert AccountMapping.objects.count() == 0


@pytest.mark.parametrize("wrong", ["not an id", "00000000-0000-0000-0000-000000000000", "Charter Revenue", "Old Fees"])
def test_an_account_that_does_not_suit_is_refused_at_its_field_and_nothing_is_saved(
    browser: Client, account: Account, books: Connection, wrong: str
) -> None:
    value = id_of(account, wrong) if wrong in dict(zip([row[0] for row in CHART], CHART, strict=True)) else wrong
    sent = {key_of(account, "fuel"): value, key_of(account, "charter"): id_of(account, "Charter Revenue")}
    refused = browser.post(address(books), sent)
    assert refused.status_code == 422
    assert 'class="error"' in refused.text
    chosen = f'<option value="{id_of(account, "Charter Revenue")}" selected>'
    assert chosen in refused.text, "what was chosen elsewhere stays"
    with acting_in(account):
        assert AccountMapping.objects.count() == 0


def test_a_closed_account_is_named(browser: Client, account: Account, books: Connection) -> None:
    with acting_in(account):
        closed = LedgerAccount.objects.get(name="Old Fees")
        AccountMapping.objects.create(
            account=account, connection=books, category_id=key_of(account, "landing_fees"), ledger_account=closed
        )
    assert "5101 Old Fees is closed there" in browser.get(address(books)).text


def test_before_the_chart_is_here_the_page_says_what_it_is_for_and_reads_it(
    browser: Client, account: Account, books: Connection
) -> None:
    with acting_in(account):
        LedgerAccount.objects.all().delete()
    assert "Read the chart of accounts first" in browser.get(address(books)).text
    assert browser.post(address(books, "accounts/read/")).status_code == 302
    with acting_in(account):
        on = Stream.objects.filter(connection=books, is_enabled=True)
        assert [(one.flow, one.direction) for one in on] == [("ledger_accounts", "in")]
        assert SyncRun.objects.filter(flow="ledger_accounts").count() == 2
    assert "The accounts are being read" in browser.get(address(books)).text


def test_the_connections_page_says_how_many_are_open_once_invoices_go_out(
    browser: Client, account: Account, books: Connection
) -> None:
    page = address(books, "")
    assert "lines of it are not sent" not in browser.get(page).text
    with acting_in(account):
        Stream.objects.filter(connection=books, flow="invoices", direction="out").update(is_enabled=True)
        income = CostCategory.objects.filter(kind="income").count()
    shown = browser.get(page).text
    assert f"{income} categories have no account" in shown
    assert f'href="{address(books)}"' in shown


def test_the_page_takes_as_many_queries_for_many_categories(
    browser: Client, account: Account, admin: Membership, books: Connection
) -> None:
    from django.db import connection as database

    def count() -> int:
        with CaptureQueriesContext(database) as seen:
            assert browser.get(address(books)).status_code == 200
        return len(seen)

    before = count()
    with acting_in(account):
        for n in range(30):
            add_category(key=f"more_{n}", name=f"More {n}", kind="cost", acting_user=admin.actor())
    assert count() == before


def test_who_may_look_may_not_change(account: Account, books: Connection) -> None:
    reader = sign_in(make_member(account, "integrations.view", email="looker@example.com"))
    page = reader.get(address(books))
    assert page.status_code == 200
    assert "<select" not in page.text.split('id="help"')[0]
    assert reader.post(address(books), {}).status_code == 403
    assert reader.post(address(books, "accounts/read/")).status_code == 403


def test_somebody_with_safety_rights_only_is_kept_out(account: Account, books: Connection) -> None:
    rights = ["safety_integrations.view", "safety_integrations.edit", "safety_integrations.manage_sync"]
    safety = sign_in(make_member(account, *rights, email="safety@example.com"))
    assert safety.get(address(books)).status_code == 403
    assert safety.get(address(books).replace("/ops/", "/safety/")).status_code == 404
    assert safety.post(address(books), {}).status_code == 403


def test_a_partner_without_accounts_has_no_such_page(browser: Client, account: Account) -> None:
    with acting_in(account):
        made = Connection.objects.create(
            account=account, connector="slack", name="Slack", identity_key="T1", identity_name="Team"
        )
    assert browser.get(address(made)).status_code == 404
    assert f'href="{address(made)}"' not in browser.get(address(made, "")).text
