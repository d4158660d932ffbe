"""How Python runs while a sync does."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Python lets a thread that computes run 5 ms before another may go on. The thread that writes waits for PostgreSQL some
# twenty times a batch, and would stand behind the one that reads ahead as often.
TURN = 0.0005
# What a page makes is freed by counting references. The search for cycles begins after 700 new objects by default, and
# walking through the records of a batch over and over took half of a sync's processor time.
SEARCH_AFTER = (50_000, 20, 20)


@contextmanager
def at_work() -> Iterator[None]:
    """Fewer searches for cycles and shorter turns of threads, until the sync is done."""
    searched, turn = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(*SEARCH_AFTER)
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        gc.set_threshold(*searched)
        sys.setswitchinterval(turn)
