"""The port by which rooms above say whether a component may be installed.

A room registers its check when it starts (`AppConfig.ready`). It is asked once for everything that is about to be
installed, together with what goes along with it, before anything is written; it answers with findings. One that is
REFUSED stops the installation, one that is NOTED stays with it on record.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hangarlink.maintenance.components.rules.fitting import Finding


class Check(Protocol):
    """What stands against having these components on this aircraft from that moment on. A fixed number of statements.

    aircraft_id  null: onto a component that is on no aircraft
    """

    def __call__(
        self, component_ids: Collection[UUID], *, aircraft_id: UUID | None, at: datetime
    ) -> Iterable[Finding]: ...


_checks: list[Check] = []


def register(check: Check) -> None:
    """Ask this check from now on. Registering twice is harmless."""
    if check not in _checks:
        _checks.append(check)


def unregister(check: Check) -> None:
    """For tests that register their own."""
    if check in _checks:
        _checks.remove(check)


def ask_others(component_ids: Collection[UUID], *, aircraft_id: UUID | None, at: datetime) -> list[Finding]:
    """What the registered checks say, in the order they were registered."""
    return [finding for check in _checks for finding in check(component_ids, aircraft_id=aircraft_id, at=at)]
