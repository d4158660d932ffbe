"""Open an address, take what arrives there, ask for the runs it hints at."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.db import connection as database
from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.integration.connections.actions import WEBHOOK_SECRET
from hangarlink.integration.connections.catalogue import connector_of, is_switched_on, manifest_of
from hangarlink.integration.connections.flows import flow_of
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.rights import EDIT, require_right
from hangarlink.integration.contract import Directions, Manifest, SignedInbound, Verification
from hangarlink.integration.inbound.models import Hook, Received
from hangarlink.integration.inbound.rules import NotVerified, Refusal, message_id, read_notice, verify
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, State, Trigger
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.jobs.bells import subject_of
from hangarlink.platform.jobs.queue import enqueue, is_waiting, lock_of
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.people.permissions import SYSTEM, Actor
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from hangarlink.platform.vault.queries import fields_of

log = structlog.get_logger(__name__)

PROCESS_TASK, TIDY_TASK = "inbound.process", "inbound.tidy"
DAILY = 24 * 3600
AT_ONCE = 500
# A run that was under way when the hint came may have read past it: look again after that long.
LOOK_AGAIN = timedelta(seconds=20)
NOTE_REFUSALS_EVERY = timedelta(minutes=1)
_KEEP = """
INSERT INTO inbound_message (id, account_id, hook_id, message_id, received_at, body, repetitions, asked_for)
VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, 0, '')
ON CONFLICT (hook_id, message_id) DO UPDATE SET
    repetitions = inbound_message.repetitions + 1,
    received_at = CASE WHEN %s OR inbound_message.processed_at IS NULL
                       THEN inbound_message.received_at ELSE excluded.received_at END,
    body = CASE WHEN %s OR inbound_message.processed_at IS NULL THEN inbound_message.body ELSE excluded.body END,
    processed_at = CASE WHEN %s THEN inbound_message.processed_at END
RETURNING processed_at IS NULL
"""


@dataclass(frozen=True)
class IssuedHook:
    """An address with the only sight of the secret that was made for it."""

    hook: Hook
    secret: str = field(repr=False)


# For partners that sign nothing themselves: a script, an automation service, the partner's own hook behind either.
GENERIC = SignedInbound(family=Verification.STANDARD_WEBHOOKS, label="Signing secret")


def signed_by(manifest: Manifest) -> SignedInbound | None:
    """How what is sent to a connection is signed; None where there is nothing to read and so nothing to hint at."""
    if manifest.inbound is not None:
        return manifest.inbound
    own = next((one for one in manifest.auths if isinstance(one, SignedInbound)), None)
    if own is None and any(way is not Directions.PUSH for way in manifest.datasets.values()):
        return GENERIC
    return own


@atomic
def open_hook(connection: Connection, *, acting_user: Actor) -> Hook:
    """The connection's address; made when it has none. Needs edit of the connection's area.

    Raises RuleBroken for a connection that reads nothing.
    """
    require_right(acting_user, connection.connector, EDIT)
    if signed_by(manifest_of(connection.connector)) is None:
        raise RuleBroken(f"Nothing is read from {connection.name}, so there is nothing a webhook could hint at.")
    hook, is_new = Hook.objects.get_or_create(
        connection=connection, account=current_account(), defaults={"key": _new_key()}
    )
    if is_new:
        record(acting_user, connection, "webhook address made")
        set_schedule(hook.account, TIDY_TASK, subject_of(TIDY_TASK, hook.account), every_seconds=DAILY)
    return hook


@atomic
def renew_address(hook: Hook, *, acting_user: Actor) -> Hook:
    """Another address; the old one answers 404 at once. For one that is being flooded."""
    require_right(acting_user, hook.connection.connector, EDIT)
    held = Hook.objects.select_for_update().get(pk=hook.pk)
    held.key = _new_key()
    held.save(update_fields=["key"])
    record(acting_user, held.connection, "webhook address replaced")
    return held


@atomic
def set_secret(connection: Connection, secret: Secret, *, acting_user: Actor) -> None:
    """Store the secret that the partner gave. Nothing is taken before there is one."""
    require_right(acting_user, connection.connector, EDIT)
    text = secret.reveal()
    if not 8 <= len(text) <= 500 or not all("!" <= character <= "~" for character in text):
        raise RuleBroken(
            "Enter the secret as the partner shows it: 8 to 500 characters without blanks.", field=WEBHOOK_SECRET
        )
    vault.put(connection, WEBHOOK_SECRET, secret, acting_user=acting_user)


@atomic
def issue_secret(connection: Connection, *, acting_user: Actor) -> IssuedHook:
    """Make a secret for a sender that takes ours. It is shown once."""
    hook = open_hook(connection, acting_user=acting_user)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode("ascii")
    set_secret(connection, Secret(secret), acting_user=acting_user)
    return IssuedHook(hook, secret)


def find_hook(key: str) -> Hook | None:
    """The address of this account with that key, while its connection is connected."""
    found = Hook.objects.select_related("connection", "account").filter(key=key).first()
    return found if found is not None and found.connection.state != "disconnected" else None


def receive(hook: Hook, headers: Mapping[str, str], body: bytes) -> str:
    """Verify, keep once, start the queue; return what to answer. Raises NotVerified, having noted that.

    headers  with lower-case names
    """
    signed = signed_by(manifest_of(hook.connection.connector))
    now = timezone.now()
    try:
        if signed is None or WEBHOOK_SECRET not in fields_of(hook.connection):
            raise NotVerified(Refusal.NO_SECRET)
        secret = vault.reveal(hook.connection, WEBHOOK_SECRET).reveal()
        verify(signed, secret, headers, body, now.timestamp())
    except NotVerified as refused:
        note_refusal(hook, refused.code)
        raise
    notice = read_notice(body)
    _keep(hook, *message_id(signed.family, headers, notice, body), body)
    # Slack asks once whether the address is ours, and signs the question like everything else.
    asks = isinstance(notice, dict) and notice.get("type") == "url_verification"
    return str(notice.get("challenge", ""))[:200] if asks else ""


@atomic
def _keep(hook: Hook, id: str, is_named: bool, body: bytes) -> None:
    now = timezone.now()
    with database.cursor() as cursor:
        cursor.execute(_KEEP, [hook.account_id, hook.id, id, now, body, is_named, is_named, is_named])
        row = cursor.fetchone()
    Hook.objects.filter(pk=hook.pk).update(last_received_at=now, last_refusal="")
    if row and row[0]:
        start(hook)


def start(hook: Hook) -> None:
    """Let a worker look at what waits. However much arrives meanwhile, it is one job."""
    lock = lock_of(hook.id)
    if not is_waiting(hook.account, lock=lock):
        enqueue(PROCESS_TASK, hook.account, lock=lock, subject_id=str(hook.id))


def note_refusal(hook: Hook, code: Refusal) -> None:
    """For the connection's page. At most once a minute: whoever sends rubbish shall not make us write."""
    now = timezone.now()
    quiet = Hook.objects.filter(pk=hook.pk).exclude(
        last_refusal=code.value, last_refused_at__gt=now - NOTE_REFUSALS_EVERY
    )
    if quiet.update(last_refused_at=now, last_refusal=code.value):
        log.warning("webhook_refused", connection=str(hook.connection_id), code=code.value)


@atomic
def process(hook: Hook) -> int:
    """Ask for the runs that waiting messages hint at; return how many messages were done with."""
    waiting = list(
        Received.objects.select_for_update(skip_locked=True)
        .filter(hook=hook, processed_at=None)
        .order_by("received_at")[:AT_ONCE]
    )
    connection = hook.connection
    connector = connector_of(connection.connector)
    done: list[Received] = []
    for message in waiting:
        datasets = set(connector.touched(read_notice(bytes(message.body or b""))))
        flows = {flow_of(dataset) for dataset in datasets if dataset in connector.manifest.datasets}
        runs = [run for flow in sorted(flows) if (run := _ask(connection, flow)) is not None]
        # What a run has read already cannot be known: only one that begins after the hint has surely seen it.
        if any(
            run.state == State.RUNNING and (run.started_at or message.received_at) <= message.received_at
            for run in runs
        ):
            continue
        message.asked_for = ",".join(run.flow for run in runs)[:200]
        done.append(message)
    now = timezone.now()
    for message in done:
        message.processed_at, message.body = now, None
    Received.objects.bulk_update(done, ["processed_at", "body", "asked_for"])
    _look_again(hook, len(done) < len(waiting))
    return len(done)


def _look_again(hook: Hook, is_needed: bool) -> None:
    next_at = timezone.now() + LOOK_AGAIN
    every = 60 if is_needed else None
    set_schedule(hook.account, PROCESS_TASK, hook.id, every_seconds=every, next_at=next_at)


def _ask(connection: Connection, flow: Flow) -> SyncRun | None:
    """The run of a flow that may run: active connection, switched on, planned. A hint is no reason to overrule that."""
    stream = Stream.objects.filter(connection=connection, flow=flow, direction=Direction.IN, is_enabled=True).first()
    if stream is None or stream.planned_at is None or not connection.is_active:
        return None
    if not is_switched_on(connection.connector, connection.account):
        return None
    return request_run(connection, flow, trigger=Trigger.WEBHOOK, acting_user=SYSTEM)


def _new_key() -> str:
    return secrets.token_urlsafe(24)
