"""Add, change, rotate, pause, resume, delete endpoints; test them; send again. Each is one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.integration.alerts.actions import clear_alerts, raise_alert
from hangarlink.integration.alerts.rules import Kind
from hangarlink.integration.webhooks import events, fan_out, rules
from hangarlink.integration.webhooks.catalogue import catalogue, types_for
from hangarlink.integration.webhooks.models import Delivery, Endpoint
from hangarlink.integration.webhooks.vocabulary import DeliveryState, EndpointState, StopCode
from hangarlink.platform.applications.models import Application
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.events.following import follow, unfollow
from hangarlink.platform.jobs.bells import ring, subject_of
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.outbound import check_url
from hangarlink.platform.people.permissions import SYSTEM, Actor, require
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from hangarlink.platform.vault.queries import fields_of

VIEW, MANAGE = "webhooks.view", "webhooks.manage"
DELIVER_TASK, TIDY_TASK = "webhooks.deliver", "webhooks.tidy"
SECRET, PREVIOUS = "signing_secret", "previous_signing_secret"
MOST_ENDPOINTS = 500
DAILY = 24 * 3600
NEWS_AT_ONCE = 1_000
# A transaction that was under way when an endpoint stopped may have announced its events with earlier moments.
MARGIN = timedelta(minutes=10)


@dataclass(frozen=True)
class IssuedSecret:
    """An endpoint with the only sight of its signing secret. Show it once; it cannot be read again."""

    endpoint: Endpoint
    secret: str = field(repr=False)


@atomic
def create_endpoint(
    *,
    url: str,
    description: str = "",
    event_types: Iterable[str] = (),
    changed_fields: Mapping[str, Sequence[str]] | None = None,
    strict_order: bool = False,
    application: Application | None = None,
    acting_user: Actor,
) -> IssuedSecret:
    """Add an endpoint, which gets what happens from now on. Events: webhook_endpoint.created.

    event_types     names of the catalogue; none means all, also those of later versions
    changed_fields  {event type: names}: that type only when one of these fields changed
    application     whose endpoint it is: it gets only what the application's scopes let it read; None: the account's

    Raises UrlRefused (field url), RuleBroken (event_types, changed_fields), NotPermitted.
    """
    require(acting_user, MANAGE)
    check_url(url, field="url")
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        raise RuleBroken(f"There are {MOST_ENDPOINTS} endpoints already. Delete one that is not needed.", field="url")
    if application is not None and application.is_revoked:
        raise RuleBroken(f"{application} is revoked and gets no events.", field="application")
    types = _checked_types(event_types, application)
    endpoint = Endpoint(
        account=current_account(),
        application=application,
        url=url,
        description=_checked_text(description),
        event_types=types,
        changed_fields=_checked_fields(changed_fields or {}, types),
        strict_order=strict_order,
        secret_set_at=timezone.now(),
    )
    endpoint.save(force_insert=True)
    secret = rules.new_secret()
    vault.put(endpoint, SECRET, Secret(secret), acting_user=acting_user)
    follow(DELIVER_TASK)
    set_schedule(endpoint.account, TIDY_TASK, subject_of(TIDY_TASK, endpoint.account), every_seconds=DAILY)
    record(acting_user, endpoint, "created", new=_audited(endpoint))
    announce(events.EndpointCreated(endpoint.id))
    return IssuedSecret(endpoint, secret)


@atomic
def change_endpoint(
    endpoint: Endpoint,
    *,
    url: str | None = None,
    description: str | None = None,
    event_types: Iterable[str] | None = None,
    changed_fields: Mapping[str, Sequence[str]] | None = None,
    strict_order: bool | None = None,
    acting_user: Actor,
) -> Endpoint:
    """Change what is given; None leaves it. What already waits for the endpoint still goes there.

    Events: webhook_endpoint.changed. Raises as `create_endpoint`.
    """
    require(acting_user, MANAGE)
    held = _held(endpoint)
    before = _audited(held)
    if url is not None and url != held.url:
        check_url(url, field="url")
        # What was wrong with the old address says nothing about the new one.
        held.url, held.held_until = url, None
    if description is not None:
        held.description = _checked_text(description)
    if event_types is not None:
        held.event_types = _checked_types(event_types, held.application)
    if changed_fields is not None:
        held.changed_fields = _checked_fields(changed_fields, held.event_types)
    if strict_order is not None:
        held.strict_order = strict_order
    moved = url is not None and url != endpoint.url
    old, new = _differences(before, _audited(held))
    if not new and not moved:
        return held
    held.save()
    record(acting_user, held, "changed", old=old, new=new or {"address": "replaced"})
    announce(events.EndpointChanged(held.id))
    ring(DELIVER_TASK, current_account())
    return held


@atomic
def rotate_secret(
    endpoint: Endpoint, *, keep_old_for: timedelta = timedelta(hours=24), acting_user: Actor
) -> IssuedSecret:
    """Give a new signing secret. Events: webhook_endpoint.changed.

    keep_old_for  how long deliveries carry a second signature with the old one, at most seven days; zero when it leaked
    """
    require(acting_user, MANAGE)
    if not timedelta(0) <= keep_old_for <= rules.LONGEST_OVERLAP:
        raise RuleBroken("The old secret may sign along for 0 to 7 days.", field="keep_old_for")
    held = _held(endpoint)
    if keep_old_for and _has_secret(held):
        vault.put(held, PREVIOUS, vault.reveal(held, SECRET), acting_user=acting_user)
    else:
        vault.forget(held, PREVIOUS, acting_user=acting_user)
    secret = rules.new_secret()
    vault.put(held, SECRET, Secret(secret), acting_user=acting_user)
    held.secret_set_at = timezone.now()
    held.previous_until = held.secret_set_at + keep_old_for if keep_old_for else None
    held.save(update_fields=["secret_set_at", "previous_until"])
    record(acting_user, held, "secret rotated", new={"old_secret_signs_until": held.previous_until})
    announce(events.EndpointChanged(held.id))
    return IssuedSecret(held, secret)


@atomic
def pause_endpoint(endpoint: Endpoint, *, acting_user: Actor) -> Endpoint:
    """Send nothing until it is resumed. Events: webhook_endpoint.paused."""
    require(acting_user, MANAGE)
    held = _held(endpoint)
    if not held.is_active:
        return held
    held.state, held.missed_since = EndpointState.PAUSED, timezone.now()
    held.save(update_fields=["state", "missed_since"])
    record(acting_user, held, "paused")
    announce(events.EndpointPaused(held.id))
    return held


@atomic
def stop_endpoint(endpoint: Endpoint, code: StopCode) -> None:
    """It does not take what it is sent: leave it alone and let somebody look. Events: webhook_endpoint.stopped.

    What it did not take since it began to fail counts as missed, so that resuming can send it.
    """
    held = _held(endpoint)
    if not held.is_active:
        return
    held.state, held.stop_code = EndpointState.STOPPED, code
    held.missed_since = held.failing_since or timezone.now()
    held.save(update_fields=["state", "stop_code", "missed_since"])
    record(SYSTEM, held, "stopped", new={"code": code.value})
    announce(events.EndpointStopped(held.id, code.value))
    raise_alert(
        Kind.WEBHOOK_ENDPOINT,
        held.id,
        label=f"Webhook {held}",
        code=f"endpoint_{code.value}",
        message="Hangarlink stopped sending to this endpoint.",
        permission=MANAGE,
    )


@atomic
def resume_endpoint(endpoint: Endpoint, *, replay: bool = True, acting_user: Actor) -> Endpoint:
    """Send again. Events: webhook_endpoint.resumed.

    replay  send what was missed meanwhile, oldest first; otherwise it is passed over for good
    """
    require(acting_user, MANAGE)
    held = _held(endpoint)
    if held.is_active:
        return held
    if not _has_secret(held):
        raise RuleBroken(f"{held} has no signing secret. Give it one first: New secret.")
    follow(DELIVER_TASK)
    set_schedule(held.account, TIDY_TASK, subject_of(TIDY_TASK, held.account), every_seconds=DAILY)
    missed_since = held.missed_since or timezone.now()
    # What was announced until now and not fanned out yet was missed as well: it must not slip through as new.
    while fan_out.fan_out(DELIVER_TASK, limit=NEWS_AT_ONCE):
        pass
    held.state, held.stop_code, held.missed_since = EndpointState.ACTIVE, "", None
    held.failures, held.failing_since, held.held_until = 0, None, None
    held.save()
    if replay:
        sent = fan_out.repeat_since(held, missed_since - MARGIN, undelivered_only=True)
    else:
        sent = 0
        waiting = Delivery.objects.filter(endpoint=held, state=DeliveryState.PENDING)
        waiting.update(state=DeliveryState.SKIPPED)
    record(acting_user, held, "resumed", new={"sent_again": sent})
    announce(events.EndpointResumed(held.id))
    clear_alerts(held.id)
    ring(DELIVER_TASK, current_account())
    return held


@atomic
def delete_endpoint(endpoint: Endpoint, *, acting_user: Actor) -> None:
    """Delete it with its log and its secret. Events: webhook_endpoint.deleted."""
    require(acting_user, MANAGE)
    held = _held(endpoint)
    record(acting_user, held, "deleted", old=_audited(held))
    announce(events.EndpointDeleted(held.id))
    clear_alerts(held.id, works_again=False)
    vault.forget(held, acting_user=acting_user)
    fan_out.forget_endpoint(held.id)
    if not Endpoint.objects.exists():
        unfollow(DELIVER_TASK)
        account = current_account()
        set_schedule(account, TIDY_TASK, subject_of(TIDY_TASK, account), every_seconds=None)


@atomic
def send_test(endpoint: Endpoint, *, acting_user: Actor) -> None:
    """Send a harmless event to this endpoint alone, through everything a real one goes through.

    Events: webhook_endpoint.tested. Raises RuleBroken for an endpoint that is not active.
    """
    require(acting_user, MANAGE)
    held = _held(endpoint)
    _check_active(held)
    # A person waits for the answer: being held back after a failure does not count for them.
    Endpoint.objects.filter(pk=held.pk).update(held_until=None)
    announce(events.EndpointTested(held.id))


@atomic
def replay(delivery: Delivery, *, acting_user: Actor) -> Delivery:
    """Send one delivery again, with the same id. Raises RuleBroken for an endpoint that is not active."""
    require(acting_user, MANAGE)
    endpoint = _held(delivery.endpoint)
    _check_active(endpoint)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.PENDING, attempts=0, replays=F("replays") + 1, due_at=timezone.now()
    )
    Endpoint.objects.filter(pk=endpoint.pk).update(held_until=None)
    record(acting_user, endpoint, "sent again", new={"event": str(delivery.event_id)})
    ring(DELIVER_TASK, current_account())
    delivery.refresh_from_db()
    return delivery


@atomic
def replay_since(endpoint: Endpoint, since: datetime, *, undelivered_only: bool = True, acting_user: Actor) -> int:
    """Send what happened since a moment again, oldest first; return how many deliveries that are.

    undelivered_only  leave out what it has taken. Otherwise everything goes again, with the same ids
    """
    require(acting_user, MANAGE)
    held = _held(endpoint)
    _check_active(held)
    if since > timezone.now():
        raise RuleBroken("Choose a moment in the past.", field="since")
    count = fan_out.repeat_since(held, since, undelivered_only=undelivered_only)
    Endpoint.objects.filter(pk=held.pk).update(held_until=None)
    record(acting_user, held, "sent again", new={"since": since, "deliveries": count})
    ring(DELIVER_TASK, current_account())
    return count


def _held(endpoint: Endpoint) -> Endpoint:
    """The row as it is now, held until the transaction ends."""
    return Endpoint.objects.select_for_update(of=("self",)).select_related("application").get(pk=endpoint.pk)


def _has_secret(endpoint: Endpoint) -> bool:
    """False only for one that a migration made of an application's former address."""
    return SECRET in fields_of(endpoint)


def _check_active(endpoint: Endpoint) -> None:
    if not endpoint.is_active:
        raise RuleBroken(f"{endpoint} is {endpoint.state}. Resume it first: that can send what it missed.")


def _checked_text(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > 200:
        raise RuleBroken("Keep the description to 200 characters.", field="description")
    return text


def _checked_types(names: Iterable[str], application: Application | None) -> list[str]:
    wanted = sorted(set(names))
    known = catalogue()
    if strange := [name for name in wanted if name not in known]:
        raise RuleBroken(f"There is no event type {', '.join(strange)}. See the event catalogue.", field="event_types")
    if application is not None:
        allowed = set(types_for(application.scopes))
        if beyond := [name for name in wanted if name not in allowed]:
            raise RuleBroken(
                f"{application} may not read what {', '.join(beyond)} is about. Give it the scope, or leave that out.",
                field="event_types",
            )
    return wanted


def _checked_fields(given: Mapping[str, Sequence[str]], event_types: Sequence[str]) -> dict[str, list[str]]:
    known = catalogue()
    checked: dict[str, list[str]] = {}
    for name, fields in given.items():
        if name not in known or (event_types and name not in event_types):
            raise RuleBroken(f"{name} is not among the chosen event types.", field="changed_fields")
        if not known[name].has_changed_fields:
            raise RuleBroken(f"{name} does not say which fields changed.", field="changed_fields")
        if words := sorted({word.strip() for word in fields if word.strip()}):
            checked[name] = words
    return checked


def _audited(endpoint: Endpoint) -> dict[str, Any]:
    """A path or query may be a secret: the audit trail keeps where it leads, not how."""
    return {
        "address": endpoint.origin,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "changed_fields": endpoint.changed_fields,
        "strict_order": endpoint.strict_order,
        "application": _text(endpoint.application_id),
    }


def _text(id: UUID | None) -> str | None:
    return None if id is None else str(id)


def _differences(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}
