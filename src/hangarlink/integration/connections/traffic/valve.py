"""Quotas and circuit of one line, asked before every call and told what became of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hangarlink.integration.connections.traffic import circuit, quota
from hangarlink.integration.connections.traffic.rules import Spacing, opens_circuit
from hangarlink.integration.contract import PartnerError, RateLimited

# A place in the queue up to so far away is waited for; further ones give the worker back.
LONGEST_WAIT = 60.0
# The circuit is looked at once in a while: a look costs a statement, a call of a dead partner costs a time-out.
LOOK_EVERY = 5.0


class Valve(Protocol):
    def wait(self) -> float:
        """Seconds to wait before the next call. Raises Closed when that is too long to stand and wait."""
        ...

    def told(self, error: PartnerError | None, *, is_final: bool) -> None:
        """What became of a call: None is a success. `is_final`: it will not be repeated now."""
        ...


class Closed(PartnerError):
    """Not now: go on after so many seconds."""

    code = "waiting"

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class Unlimited:
    """No limits: for lines that belong to no partner."""

    def wait(self) -> float:
        return 0.0

    def told(self, error: PartnerError | None, *, is_final: bool) -> None:
        """Nobody counts."""


@dataclass
class Shared:
    """The valve of a partner.

    place       what the circuit is for: the connector and where it is
    limits      (key, spacing) of every rate that counts
    is_patient  False: a person waits, and may try although the circuit is open
    """

    place: str
    limits: Sequence[tuple[str, Spacing]] = ()
    is_patient: bool = True
    clock: Callable[[], float] = time.monotonic
    _looked_at: float = field(default=-LOOK_EVERY, init=False)
    _seen: circuit.Look = field(default=circuit.Look(0), init=False)

    def wait(self) -> float:
        self._check_circuit()
        waits = [0.0]
        for key, spacing in self.limits:
            has_place, seconds = quota.reserve(key, spacing, longest=LONGEST_WAIT)
            if not has_place:
                raise Closed("The calls that the partner allows are used up.", seconds)
            waits.append(seconds)
        return max(waits)

    def told(self, error: PartnerError | None, *, is_final: bool) -> None:
        if isinstance(error, RateLimited) and error.retry_after:
            for key, spacing in self.limits:
                quota.block(key, spacing, error.retry_after)
        if error is not None and opens_circuit(error):
            if is_final:
                circuit.note_failure(self.place, code=error.code, is_probe=self._seen.is_probe)
                self._seen, self._looked_at = circuit.Look(1), self.clock() - LOOK_EVERY
        elif self._seen.failures:
            # Any answer will do, a refusal as well: somebody is there.
            circuit.note_success(self.place)
            self._seen = circuit.Look(0)

    def _check_circuit(self) -> None:
        if self._seen.is_probe or self.clock() - self._looked_at < LOOK_EVERY:
            return
        self._seen, self._looked_at = circuit.look(self.place), self.clock()
        if self._seen.wait and self.is_patient:
            self._looked_at -= LOOK_EVERY
            raise Closed(
                f"The partner failed {self._seen.failures} times on end and is left alone for a while.",
                self._seen.wait,
            )
