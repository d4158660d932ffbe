"""Who may not, where not, and what must never be in a message."""

import dataclasses
import typing
from datetime import date, datetime
from enum import Enum
from ipaddress import IPv4Address
from types import NoneType, UnionType
from typing import Any, Union
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, connection, transaction

from hangarlink.integration.alerts.models import Alert
from hangarlink.integration.webhooks import actions, queries
from hangarlink.integration.webhooks.actions import IssuedSecret, create_endpoint
from hangarlink.integration.webhooks.catalogue import READERS, catalogue, types_for
from hangarlink.integration.webhooks.delivery import posting
from hangarlink.integration.webhooks.models import Attempt, Delivery, Endpoint
from hangarlink.platform import outbound
from hangarlink.platform.applications.actions import change_application, create_application, revoke_application
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.events.registry import CATALOGUE
from hangarlink.platform.outbound import UrlRefused
from hangarlink.platform.people.permissions import SYSTEM, Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, Feature
from hangarlink.platform.vault.models import VaultEntry
from tests.integration.webhooks.conftest import add_hook, make_due, pump, report_defects, states, the
from tests.integration.webhooks.receiver import Answer, Receiver

# Names of text fields that hold codes. A new one is a decision: is it a code, or could it be a name or a note?
CODES = {
    "action", "cadence", "channel", "code", "connector", "dataset", "decision", "direction", "flow", "kind", "method",
    "choice", "key",
    "mode", "reason_code", "result", "rule", "scopes", "source", "start", "state", "status", "verdict", "changed",
    "old_state", "new_state", "category", "currency", "severity", "shade", "frequency", "was", "now", "cause",
    "because", "place", "stage",
}  # fmt: skip
NEVER = {
    "name",
    "email",
    "phone",
    "address",
    "text",
    "title",
    "description",
    "note",
    "notes",
    "label",
    "remarks",
    "url",
}


def leaves(hint: Any) -> list[Any]:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType, tuple):
        return [leaf for one in inner if one not in (NoneType, Ellipsis) for leaf in leaves(one)]
    return [hint]


@pytest.mark.parametrize("name", sorted(n for n in CATALOGUE if not n.startswith("test.")))
def test_an_event_holds_ids_codes_numbers_and_moments_only(name: str) -> None:
    hints = typing.get_type_hints(CATALOGUE[name])
    for field in dataclasses.fields(CATALOGUE[name]):  # type: ignore[arg-type]
        for leaf in leaves(hints[field.name]):
            assert leaf in (UUID, int, bool, str, datetime, date) or issubclass(leaf, Enum), field.name
            if leaf is str:
                assert field.name in CODES, f"{name}.{field.name}: is that a code?"
        assert field.name not in NEVER


def test_the_catalogue_describes_every_type(acting: Account) -> None:
    for one in catalogue().values():
        assert one.meaning.endswith((".", ":")), one.name
        assert set(one.example) == set(one.fields) == set(one.schema["required"])
    assert "member.joined" not in types_for([scope.value for scope in set(READERS.values())])


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
        "http://0.0.0.0/", "http://2130706433/", "ftp://example.com/", "http://user:pw@example.com/", "javascript:1",
        "http://[fd00::1]/", "http://100.64.0.1/", "https://example.com:22/", "http://127.0.0.1:6379\\@example.com/",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused(acting: Account, url: str) -> None:
    with pytest.raises(UrlRefused):
        create_endpoint(url=url, acting_user=SYSTEM)
    assert not Endpoint.objects.exists()


def test_a_name_that_moves_inside_is_not_called(
    acting: Account, receiver: Receiver, hook: IssuedSecret, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when it was entered, private when it is dialled. The dialled address is what is checked."""
    rebound = lambda host, port, seconds: [IPv4Address("10.1.2.3")]  # noqa: E731

    def client(deadline: float) -> Any:
        return outbound.client(deadline=deadline, resolver=rebound)

    monkeypatch.setattr("hangarlink.integration.webhooks.delivery.pump.new_client", client)
    Endpoint.objects.update(url="http://receiver.example.com/hook")
    report_defects(3)
    pump(acting)
    assert receiver.messages == []
    assert Attempt.objects.get().outcome == "forbidden"
    assert "10.1.2.3" not in Attempt.objects.get().answer


def test_a_range_that_the_operator_closed_is_not_called(
    acting: Account, receiver: Receiver, hook: IssuedSecret, settings: Any
) -> None:
    settings.HANGARLINK_OUTBOUND_ALLOW = []
    report_defects()
    pump(acting)
    assert receiver.messages == []
    assert Attempt.objects.get().outcome == "forbidden"


def test_redirects_are_not_followed(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    receiver.behave = lambda message: Answer(307, headers={"Location": "http://169.254.169.254/latest"})
    report_defects(2)
    pump(acting)
    assert len(receiver.messages) == 1
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.status) == ("redirected", 307)


def test_every_verb_needs_the_right(acting: Account, hook: IssuedSecret) -> None:
    nobody = Actor(ActorKind.PERSON, UUID(int=7), "Nobody", frozenset({"webhooks.view"}))
    stranger = Actor(ActorKind.PERSON, UUID(int=8), "Stranger", frozenset())
    report_defects()
    pump(acting)
    delivery = Delivery.objects.get()
    before = list(Endpoint.objects.values())
    verbs: list[Any] = [
        lambda: create_endpoint(url=hook.endpoint.url, acting_user=nobody),
        lambda: actions.change_endpoint(hook.endpoint, url="https://example.com", acting_user=nobody),
        lambda: actions.rotate_secret(hook.endpoint, acting_user=nobody),
        lambda: actions.pause_endpoint(hook.endpoint, acting_user=nobody),
        lambda: actions.resume_endpoint(hook.endpoint, acting_user=nobody),
        lambda: actions.delete_endpoint(hook.endpoint, acting_user=nobody),
        lambda: actions.send_test(hook.endpoint, acting_user=nobody),
        lambda: actions.replay(delivery, acting_user=nobody),
        lambda: actions.replay_since(hook.endpoint, delivery.event_at, acting_user=nobody),
        lambda: queries.endpoints(acting_user=stranger),
        lambda: queries.find_endpoint(hook.endpoint.pk, acting_user=stranger),
        lambda: queries.delivery_detail(delivery.pk, acting_user=stranger),
    ]
    for verb in verbs:
        with pytest.raises(NotPermitted):
            verb()
    assert list(Endpoint.objects.values()) == before


def test_another_accounts_endpoint_does_not_exist(account: Account, other_account: Account, receiver: Receiver) -> None:
    with acting_in(account):
        mine = add_hook(receiver).endpoint
    with acting_in(other_account):
        with pytest.raises(Missing):
            queries.find_endpoint(mine.pk, acting_user=SYSTEM)
        theirs = add_hook(receiver, "/theirs").endpoint
        report_defects(2)
    with acting_in(account):
        report_defects(1)
    pump(account)
    pump(other_account)
    assert len(receiver.on("/hook")) == 1
    assert len(receiver.on("/theirs")) == 2
    assert {message.body["account_id"] for message in receiver.on("/theirs")} == {str(other_account.id)}
    with acting_in(account), pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(
            account=account, endpoint_id=theirs.id, event_id=UUID(int=1), event_type="x", event_at=mine.created_at,
            due_at=mine.created_at,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_applications_endpoint_follows_its_scopes(acting: Account, receiver: Receiver) -> None:
    application = create_application(
        name="Portal", scopes=["defects_read", "aircraft_read"], acting_user=SYSTEM
    ).application
    with pytest.raises(RuleBroken, match="may not read"):
        add_hook(receiver, event_types=["flight.recorded"], application=application)
    with pytest.raises(RuleBroken, match="may not read"):
        add_hook(receiver, event_types=["member.joined"], application=application)
    add_hook(receiver, event_types=[], application=application)
    report_defects(1)
    announce_many([CATALOGUE["member.joined"](UUID(int=1), UUID(int=2))])  # type: ignore[call-arg]
    pump(acting)
    assert [message.body["type"] for message in receiver.messages] == ["defect.reported"]
    change_application(application, scopes=["aircraft_read"], acting_user=SYSTEM)
    report_defects(1)
    pump(acting)
    assert len(receiver.messages) == 1, "a scope taken away works at once"
    change_application(application, scopes=["defects_read"], acting_user=SYSTEM)
    report_defects(1)
    revoke_application(application, acting_user=SYSTEM)
    pump(acting)
    assert len(receiver.messages) == 1, "a revoked application is told nothing, not even what waited"


def test_with_the_api_switched_off_applications_are_told_nothing(acting: Account, receiver: Receiver) -> None:
    application = create_application(name="Portal", scopes=["defects_read"], acting_user=SYSTEM).application
    add_hook(receiver, event_types=[], application=application)
    acting.features = [one for one in acting.features if one != Feature.OAUTH_API.value]
    acting.save()
    report_defects(1)
    pump(acting)
    assert receiver.messages == []


def test_the_secret_is_nowhere_but_in_the_vault(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    newer = actions.rotate_secret(hook.endpoint, acting_user=SYSTEM)
    report_defects()
    pump(acting)
    with connection.cursor() as cursor:
        dump = ""
        for table in ("webhook_endpoint", "webhook_delivery", "webhook_attempt", "audit_entry", "outbox_event"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            dump += "\n".join(row[0] for row in cursor.fetchall())
    for secret in (hook.secret, newer.secret):
        assert secret not in dump
        assert secret.removeprefix("whsec_") not in dump
        assert secret not in repr(hook) + repr(newer)
        assert all(secret not in str(message.headers) + message.raw.decode() for message in receiver.messages)
    assert VaultEntry.objects.filter(owner_id=hook.endpoint.id).count() == 2
    actions.delete_endpoint(hook.endpoint, acting_user=SYSTEM)
    assert not VaultEntry.objects.filter(owner_id=hook.endpoint.id).exists()


def test_without_its_secret_nothing_leaves(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    VaultEntry.objects.filter(owner_id=hook.endpoint.id).delete()
    report_defects(2)
    pump(acting)
    assert receiver.messages == [], "unsigned is no alternative"
    assert states(hook.endpoint) == ["pending"] * 2


def test_one_alert_per_incident_and_its_end(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    receiver.behave = lambda message: Answer(503)
    report_defects(2)
    for _ in range(6):
        pump(acting)
        make_due()
    alert = Alert.objects.get(subject_id=hook.endpoint.id)
    assert (alert.code, alert.closed_at, alert.permission) == ("endpoint_dead", None, "webhooks.manage")
    actions.resume_endpoint(the(hook.endpoint), acting_user=SYSTEM)
    assert Alert.objects.get(subject_id=hook.endpoint.id).closed_at is not None


def test_old_deliveries_are_forgotten_and_waiting_ones_are_not(
    acting: Account, receiver: Receiver, hook: IssuedSecret, settings: Any
) -> None:
    from hangarlink.integration.webhooks.tasks import tidy

    report_defects(3)
    pump(acting)
    receiver.behave = lambda message: Answer(500)
    report_defects(1)
    pump(acting)
    settings.HANGARLINK_WEBHOOK_DAYS = 0
    tidy(acting)
    assert states(hook.endpoint) == ["pending"]
    assert Attempt.objects.count() == 1
    assert OutboxEvent.objects.filter(type="defect.reported").count() == 4, "events are not ours to delete"


def test_a_changed_field_lets_it_pass_and_another_does_not(acting: Account, receiver: Receiver) -> None:
    add_hook(receiver, event_types=["aircraft.changed"], changed_fields={"aircraft.changed": ["status", "location"]})
    changed = CATALOGUE["aircraft.changed"]
    for number, fields in enumerate((("notes",), ("notes", "status"), ())):
        announce_many([changed(UUID(int=number), "in_service", fields)])  # type: ignore[call-arg]
    pump(acting)
    assert [message.body["data"]["changed"] for message in receiver.messages] == [["notes", "status"]]
    with pytest.raises(RuleBroken, match="does not say which fields"):
        add_hook(receiver, event_types=[], changed_fields={"defect.reported": ["x"]})
    with pytest.raises(RuleBroken, match="not among the chosen"):
        add_hook(receiver, event_types=["defect.reported"], changed_fields={"aircraft.changed": ["x"]})


def test_the_answer_shown_is_short_printable_and_redacted() -> None:
    answer = posting.httpx2.Response(500, content=b"\x1b[31m" + b"api_key=hunter2hunter2 " * 100)
    shown = posting._beginning(answer)
    assert len(shown) <= 300
    assert "hunter2" not in shown
    assert "\x1b" not in shown


def test_the_settings_are_sane() -> None:
    assert django_settings.HANGARLINK_WEBHOOK_SECONDS <= 15
