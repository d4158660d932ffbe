"""Pure decisions about traffic: how calls are spaced, when a partner is left alone and for how long."""

import math
from dataclasses import dataclass

from hangarlink.integration.contract import PartnerError, Rate, ServerTrouble, Unreachable

# Part of a rate that may be called at once; the rest is spread.
BURST = 4
OPENS_AFTER = 5
SHORTEST_REST = 60.0
LONGEST_REST = 900.0


@dataclass(frozen=True)
class Spacing:
    """A rate as the generic cell rate algorithm wants it.

    apart   seconds from one call to the next, once the burst is spent
    slack   seconds that calls may come too early: the burst
    """

    apart: float
    slack: float


def spacing(rate: Rate) -> Spacing:
    """Calls spaced so that no window of the rate's length ever holds more than its calls, wherever it begins.

    A quarter of the calls may come at once; the others are spread over the window. A plain bucket of all the calls
    would let through nearly twice the rate around the edge of the partner's own window.
    """
    burst = max(1, math.ceil(rate.calls / BURST)) if rate.calls > 1 else 1
    spread = max(rate.calls - burst, 1)
    apart = rate.seconds / spread if rate.calls > 1 else rate.seconds
    return Spacing(apart, (burst - 1) * apart)


def opens_circuit(error: PartnerError) -> bool:
    """Whether a call that was given up counts against the partner: it is down, not just unwilling."""
    return isinstance(error, Unreachable | ServerTrouble)


def rest(reopenings: int) -> float:
    """Seconds until somebody tries again, longer each time."""
    return min(SHORTEST_REST * 2.0 ** min(reopenings, 10), LONGEST_REST)
