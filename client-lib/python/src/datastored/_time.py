"""Time and waiting. The clock is injected wherever it decides anything."""

from __future__ import annotations

import random
import time
from typing import Callable

Clock = Callable[[], float]


def now() -> float:
    """Seconds on a clock that nobody sets. Where there is one it runs on while the host sleeps: time.monotonic() stands still then,
    and a lease would look alive that ended an hour ago."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Backoff:
    """A backoff says how long to wait before the next attempt: longer each time, never the same for two clients, never shorter than
    the server asked for. Confined to one thread."""

    def __init__(self, first: float = 0.1, longest: float = 5.0, draw: Callable[[], float] = random.random) -> None:
        self._first = first
        self._longest = longest
        self._draw = draw
        self._ceiling = first

    def next(self, asked_for: float = 0.0) -> float:
        """Half of the ceiling at least, so that a server that fails at once is not asked in a loop."""
        wait = self._ceiling * (0.5 + 0.5 * self._draw())
        self._ceiling = min(2 * self._ceiling, self._longest)
        return max(wait, asked_for)

    def reset(self) -> None:
        self._ceiling = self._first
