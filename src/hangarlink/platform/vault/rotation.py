"""Give every secret of the installation the active key. For `hangarlink vault rotate`.

Every batch commits by itself and what is done is known by its key id, so an interrupted rotation goes on where it
stopped when it is started again. While it runs, everything keeps working: old keys open, new secrets use the new one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from hangarlink.platform.audit.actions import record
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault.crypto import KeyRing, VaultError
from hangarlink.platform.vault.installation import installed_keys
from hangarlink.platform.vault.models import VaultEntry

BATCH = 200
Progress = Callable[[int, int], None]
"""Called with (done, total)."""


class Holder(Protocol):
    """Sealed tokens that live outside the vault's table, such as second factors of people.

    Whoever keeps some registers a holder at start-up, or a rotation would retire the key they need.
    """

    def outdated(self, key_id: str) -> int:
        """How many tokens are sealed with another key."""

    def rotate(self, ring: KeyRing) -> tuple[int, list[str]]:
        """Seal them all with the active key; return how many, and a name for each that could not be opened."""

    def key_ids(self) -> set[str]:
        """The keys that its tokens need."""


HOLDERS: list[Holder] = []


def register(holder: Holder) -> None:
    """Called from an app's `ready()`. Registering twice is once."""
    if holder not in HOLDERS:
        HOLDERS.append(holder)


@dataclass
class Rotation:
    """What came of it. `unreadable` names the secrets that are damaged or whose key is missing; they stay as found."""

    rewritten: int = 0
    unreadable: list[str] = field(default_factory=list)


def rotate_all(*, progress: Progress | None = None) -> Rotation:
    """Re-encrypt every secret that is not sealed with the active key. Add that key first: `installed_keys().add()`."""
    ring = installed_keys().ring()
    accounts = list(Account.objects.order_by("id"))
    result = Rotation()
    report: Progress = progress or (lambda done, total: None)  # noqa: ARG005
    total = sum(_outdated(account, ring) for account in accounts) + sum(h.outdated(ring.active.id) for h in HOLDERS)
    report(0, total)
    for account in accounts:
        before = result.rewritten
        for _ in _batches(account, ring, result):
            report(result.rewritten + len(result.unreadable), total)
        _note(account, result.rewritten - before, ring)
    for holder in HOLDERS:
        rewritten, unreadable = holder.rotate(ring)
        result.rewritten += rewritten
        result.unreadable += unreadable
        report(result.rewritten + len(result.unreadable), total)
    return result


def keys_in_use() -> set[str]:
    """The ids of all keys that some secret still needs; `installed_keys().retire(...)` drops the others."""
    used = set[str]().union(*(holder.key_ids() for holder in HOLDERS))
    for account in Account.objects.all():
        with acting_in(account):
            used |= set(VaultEntry.objects.values_list("key_id", flat=True).distinct())
    return used


def _outdated(account: Account, ring: KeyRing) -> int:
    with acting_in(account):
        return VaultEntry.objects.exclude(key_id=ring.active.id).count()


def _batches(account: Account, ring: KeyRing, result: Rotation) -> Iterator[None]:
    last: UUID | None = None
    while True:
        with acting_in(account):
            rows = VaultEntry.objects.select_for_update().exclude(key_id=ring.active.id).order_by("id")
            batch = list((rows.filter(id__gt=last) if last else rows)[:BATCH])
            if not batch:
                return
            _rewrite(account, batch, ring, result)
        last = batch[-1].id  # past the unreadable ones, which stay outdated
        yield


def _rewrite(account: Account, batch: list[VaultEntry], ring: KeyRing, result: Rotation) -> None:
    done = []
    for entry in batch:
        try:
            entry.token = ring.rotate(entry.token, entry.place)
        except VaultError:
            result.unreadable.append(f"{account.subdomain}: {entry}")
            continue
        entry.key_id = ring.active.id
        done.append(entry)
    VaultEntry.objects.bulk_update(done, ["token", "key_id"])
    result.rewritten += len(done)


def _note(account: Account, count: int, ring: KeyRing) -> None:
    if count:
        with acting_in(account):
            record(SYSTEM, account, "secrets_reencrypted", new={"count": count, "key": ring.active.id})
