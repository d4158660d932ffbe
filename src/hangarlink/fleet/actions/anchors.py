"""The common part of typing something about one counter: lock, write, settle, refuse, record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from hangarlink.fleet.ledger import counters
from hangarlink.fleet.ledger.discrepancies import Reconciled
from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.ledger.movements import Movements
from hangarlink.fleet.ledger.settle import settle
from hangarlink.fleet.models import Correction, Counter, UsageEntry
from hangarlink.fleet.rules.readings import falling
from hangarlink.fleet.vocabulary import EntryKind
from hangarlink.platform.audit.actions import entry as audit_entry
from hangarlink.platform.audit.actions import record_many
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.events.registry import Event
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account

_UNKNOWN = "Nobody knows yet where this counter stands. Set its opening balance first."


class Desk:
    """One counter on the desk, its aircraft locked. `add` or `replace`, then `close`; inside one transaction."""

    def __init__(self, counter_id: UUID, acting_user: Actor) -> None:
        counter = Counter.objects.filter(pk=counter_id).first()
        if counter is None:
            raise Missing("There is no such counter in this account.")
        if counter.formula is not None:
            raise RuleBroken(
                f"{counter.name} is worked out from other counters by a formula. Record usage on those; it follows.",
                field="counter",
            )
        lock_aircraft([counter.of_aircraft])
        self._standing = counters.of_aircraft([counter.of_aircraft])
        self.counter, self.unit = counter, self._standing[counter.id].unit
        self.now, self._acting_user = timezone.now(), acting_user
        self._movements, self._audit = Movements(), list[AuditEntry]()
        self._live = UsageEntry.objects.filter(counter=counter, superseded_at=None).exclude(kind=EntryKind.FLIGHT)

    def opening(self) -> UsageEntry | None:
        """The opening balance that counts."""
        return self._live.filter(kind=EntryKind.OPENING).first()

    def same_reading(self, reading: int, at: datetime) -> UsageEntry | None:
        """This very reading, if it is recorded."""
        return self._live.filter(kind=EntryKind.READING, at=at, reading=reading).first()

    def standing(self, entry: UsageEntry, kind: EntryKind) -> UsageEntry:
        """The entry as it is now, if it still counts and is of this kind."""
        stood = self._live.filter(pk=entry.pk).first()
        if stood is None:
            raise RuleBroken("This entry was corrected or withdrawn already. Open the counter again and look.")
        if stood.kind != kind:
            raise RuleBroken(f"This entry is not a {kind}.")
        return stood

    def add(self, entry: UsageEntry) -> None:
        """Write a new entry, behind those of the same instant."""
        self._insert(entry, sequence=self._next(entry.at))
        self._note(f"{entry.kind} recorded", None, _values(entry))

    def replace(self, stood: UsageEntry, entry: UsageEntry | None, *, reason: str) -> None:
        """Supersede an entry, with a new one or with nothing. Old and new values are kept."""
        UsageEntry.objects.filter(pk=stood.pk).update(superseded_at=self.now)
        self._movements.anchored(stood.counter_id, stood.at, corrected=True)
        old, new = _values(stood), None if entry is None else _values(entry)
        Correction.objects.create(
            account=current_account(), entry=stood, old=old, new=new, reason=reason,
            made_by=self._acting_user.id, made_by_label=self._acting_user.label[:200],
        )  # fmt: skip
        if entry is not None:
            self._insert(entry, sequence=stood.sequence if entry.at == stood.at else self._next(entry.at))
        verb = "withdrawn" if entry is None else "corrected"
        self._note(f"{stood.kind} {verb}", old, {**(new or {}), "reason": reason})

    def close(self, entry: UsageEntry, event: Event, *, field: str) -> UsageEntry:
        """Settle the counter, or refuse what makes its total fall. Returns the entry with what is derived on it."""
        announce_many([event, *self._settle(entry, field)])
        return entry

    def close_without(self) -> None:
        """Settle the counter after an entry was withdrawn, or refuse when what is left contradicts itself."""
        announce_many(self._settle(None, ""))

    def _settle(self, entry: UsageEntry | None, field: str) -> Sequence[Event]:
        typed = entry.id if entry else None

        def check(reconciled: Reconciled) -> None:
            if entry is not None:
                entry.refresh_from_db()
                if entry.total_after is None:
                    raise RuleBroken(_UNKNOWN)
            for contradiction in sorted(reconciled.new, key=lambda c: c.ref != typed):
                raise falling(contradiction, typed, self.unit, field=field)

        settled = settle(self._movements, self._standing, now=self.now, acting_user=self._acting_user, check=check)
        record_many(self._audit)
        return settled.announcements

    def _insert(self, entry: UsageEntry, *, sequence: int) -> None:
        entry.account, entry.counter, entry.sequence = current_account(), self.counter, sequence
        entry.recorded_by = self._acting_user.id
        entry.save(force_insert=True)
        self._movements.anchored(self.counter.id, entry.at)

    def _next(self, at: datetime) -> int:
        taken = self._live.filter(at=at).order_by("-sequence").values_list("sequence", flat=True).first()
        return 0 if taken is None else taken + 1

    def _note(self, verb: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
        self._audit.append(audit_entry(self._acting_user, self.counter, verb, old=old, new=new))


def _values(entry: UsageEntry) -> dict[str, Any]:
    """The facts of an entry, without what is derived."""
    facts = {"at": entry.at, "total": entry.stated, "reading": entry.reading, "new_start": entry.new_start}
    return {name: value for name, value in facts.items() if value is not None}
