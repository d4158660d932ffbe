"""Export shows everything, erasure takes out what may go, and says which regulation keeps the rest."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.serializers.json import DjangoJSONEncoder

from hangarlink.integration.connections.models import Link
from hangarlink.integration.notifications.models import Rule
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.documents.models import Document
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.models import Membership, User
from hangarlink.platform.privacy.actions import erase, export
from hangarlink.platform.privacy.models import Erased
from hangarlink.platform.privacy.queries import findings, subject_of
from hangarlink.platform.privacy.registry import ROOMS, Treatment
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.integration.privacy.conftest import EMAIL, NAME, Life, reporters

EXPECTED = {
    ("Users", "membership of this account"): (1, Treatment.ERASE),
    ("Users", "sign-in"): (1, Treatment.PSEUDONYMISE),
    ("Documents", "uploads"): (1, Treatment.PSEUDONYMISE),
    ("Defects", "reports of the last 36 months"): (2, Treatment.HOLD),
    ("Defects", "older reports"): (1, Treatment.PSEUDONYMISE),
    ("Customers", "customers that were never invoiced"): (1, Treatment.PSEUDONYMISE),
    ("Integrations", "what partners said of the person"): (1, Treatment.PSEUDONYMISE),
    ("Notifications", "addresses in rules"): (2, Treatment.ERASE),
}


def test_the_dry_run_lists_every_room_and_changes_nothing(life: Life) -> None:
    found = {(one.room, one.what): one for one in findings(subject_of(email=EMAIL), acting_user=life.admin)}
    trail = found.pop(("Audit trail", "entries by or about the person"))
    assert trail.treatment is Treatment.HOLD
    assert {key: (one.count, one.treatment) for key, one in found.items()} == EXPECTED
    assert all(one.reason for one in (trail, *found.values()) if one.treatment is Treatment.HOLD)
    assert User.objects.filter(email=EMAIL).exists()
    assert Customer.objects.filter(email=EMAIL).exists()


def test_the_export_holds_the_values_and_the_trail_only_counts(life: Life) -> None:
    made = export(subject_of(email=EMAIL), acting_user=life.admin)
    text = json.dumps(made, cls=DjangoJSONEncoder)
    for value in (EMAIL, NAME, "Found 2000 days ago", "release.pdf", "Roskilde", "+45 1234"):
        assert value in text
    assert "Somebody Else" not in text
    entry = AuditEntry.objects.get(action="personal_data_exported")
    assert entry.new["records"] > 8
    assert EMAIL not in json.dumps(entry.new)


def test_erasure_does_what_the_dry_run_said(life: Life) -> None:
    Authenticator.objects.create(user=life.member.user, type=Authenticator.Type.TOTP, data={})
    planned = findings(subject_of(email=EMAIL), acting_user=life.admin)
    made = erase(subject_of(email=EMAIL), basis="gdpr", acting_user=life.admin)
    assert [(one["room"], one["what"], one["count"]) for one in made.done] == [
        (one.room, one.what, one.count) for one in planned
    ]
    user = User.objects.get(pk=life.member.user_id)
    assert (user.name, user.is_active, user.has_usable_password()) == (made.alias, False, False)
    assert user.email.endswith("@invalid")
    assert not Authenticator.objects.filter(user=user).exists()
    member = Membership.objects.get(user=user)
    assert not member.is_active
    assert not member.roles.exists()
    assert reporters() == [made.alias, EMAIL.upper(), "Somebody Else", NAME], "36 months are held"
    assert Document.objects.get().uploaded_by_label == made.alias
    customer = Customer.objects.get()
    assert (customer.name, customer.email, customer.phone, customer.city) == (made.alias, "", "", "")
    assert customer.version == 2, "partners that know the customer are told"
    link = Link.objects.get()
    assert (link.label, link.facts) == (made.alias, {})
    assert list(Rule.objects.values_list("name", "channel")) == [("Together", "ops@example.com")]


def test_the_certificate_names_nobody(life: Life) -> None:
    made = erase(subject_of(email=EMAIL), basis="gdpr", acting_user=life.admin)
    text = json.dumps(made.done) + made.alias
    assert EMAIL not in text
    assert NAME not in text
    assert "M.A.306" in text
    assert all(one["reason"] for one in made.done if one["treatment"] == "hold")
    trail = AuditEntry.objects.get(action="person_erased")
    assert NAME not in json.dumps([trail.new, trail.object_label])


def test_nothing_is_left_to_erase_a_second_time_but_what_is_held(life: Life) -> None:
    erase(subject_of(email=EMAIL, name=NAME), basis="gdpr", acting_user=life.admin)
    left = findings(subject_of(email=EMAIL, name=NAME), acting_user=life.admin)
    assert {one.treatment for one in left} == {Treatment.HOLD}


def test_customers_that_were_invoiced_keep_what_tax_law_keeps(life: Life) -> None:
    from hangarlink.operations.billing.models import Invoice

    Invoice.objects.create(
        account=life.account, customer=Customer.objects.get(), currency="EUR", status="issued", payment_days=14,
        number=1, issued_on="2026-10-01", due_on="2026-10-15", total=100,
    )  # fmt: skip
    made = erase(subject_of(email=EMAIL), basis="gdpr", acting_user=life.admin)
    customer = Customer.objects.get()
    assert (customer.name, customer.city) == (NAME, "Roskilde")
    assert (customer.email, customer.phone) == ("", "")
    held = [one for one in made.done if one["treatment"] == "hold" and one["room"] == "Customers"]
    assert "2006/112/EC" in held[0]["reason"]


def test_a_sign_in_that_is_used_elsewhere_stays(life: Life, other_account: Account) -> None:
    from django.db import connection

    from hangarlink.platform.privacy.registry import Subject

    # Another account's row, written past the scope as the owner would.
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hangarlink.account_id', %s, true)", [str(other_account.id)])
        cursor.execute(
            "INSERT INTO membership (id, account_id, user_id, is_active, joined_at) "
            "VALUES (gen_random_uuid(), %s, %s, true, now())",
            [other_account.id, life.member.user_id],
        )
        cursor.execute("SELECT set_config('hangarlink.account_id', %s, true)", [str(life.account.id)])
    made = erase(Subject(EMAIL, NAME, life.member.user_id), basis="gdpr", acting_user=life.admin)
    user = User.objects.get(pk=life.member.user_id)
    assert (user.email, user.is_active) == (EMAIL, True)
    assert not Membership.objects.get(user=user).is_active
    held = next(one for one in made.done if one["what"] == "sign-in")
    assert "used elsewhere" in held["reason"]


def test_somebody_who_never_had_a_sign_in(life: Life) -> None:
    made = erase(subject_of(name="somebody else"), basis="ccpa", acting_user=life.admin)
    assert [(one["what"], one["treatment"]) for one in made.done] == [("reports of the last 36 months", "hold")]


@pytest.mark.parametrize(
    ("asked", "basis", "says"),
    [
        ({"email": "nobody@example.com"}, "gdpr", "Nothing here names"),
        ({"email": EMAIL}, "whim", "whim"),
        ({"email": "admin@example.com"}, "gdpr", "themselves"),
        ({"email": " "}, "gdpr", "Enter the e-mail"),
    ],
)
def test_refusals(life: Life, asked: dict[str, str], basis: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        erase(subject_of(**asked), basis=basis, acting_user=life.admin)
    assert not Erased.objects.exists()


def test_it_takes_a_right_of_its_own(life: Life) -> None:
    manager = make_member(life.account, "people.view", "people.manage", email="hr@example.com", role="HR").actor()
    for verb in (lambda: export(subject_of(email=EMAIL), acting_user=manager),
                 lambda: findings(subject_of(email=EMAIL), acting_user=manager),
                 lambda: erase(subject_of(email=EMAIL), basis="gdpr", acting_user=manager)):  # fmt: skip
        with pytest.raises(NotPermitted):
            verb()


def test_all_or_nothing(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """A room that fails leaves everything as it was."""
    from collections.abc import Iterator

    from hangarlink.platform.privacy import queries
    from hangarlink.platform.privacy.registry import Erasure, Finding, Subject

    def broken(_erasure: Erasure) -> int:
        raise RuleBroken("no")

    def find(subject: Subject) -> Iterator[Finding]:
        yield Finding("things", 1, Treatment.ERASE, carry_out=broken)

    monkeypatch.setattr(queries, "ROOMS", [*ROOMS, ("Broken", find)])
    with pytest.raises(RuleBroken):
        erase(subject_of(email=EMAIL), basis="gdpr", acting_user=life.admin)
    assert User.objects.filter(email=EMAIL, is_active=True).exists()
    assert Customer.objects.filter(email=EMAIL).exists()


def test_events_name_nobody(life: Life) -> None:
    erase(subject_of(email=EMAIL), basis="gdpr", acting_user=life.admin)
    told: list[Any] = list(OutboxEvent.objects.values_list("type", "data"))
    assert "customer.changed" in [type for type, _ in told]
    assert EMAIL not in json.dumps(told)
    assert NAME not in json.dumps(told)
