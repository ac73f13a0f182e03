"""Servers are the targets of a client: the servers that share one history, one of which is used at a time."""

from __future__ import annotations

import random
import threading
from typing import Callable, List, Sequence, Union

from ._calls import Calls


def targets_of(given: Union[str, Sequence[str]]) -> List[str]:
    """A target, several with commas between them, or a list of them."""
    return [one.strip() for one in given.split(",")] if isinstance(given, str) else list(given)


class Servers:
    """Thread-safe. Each client has them in its own order, so that those of a server that stops spread over the others."""

    def __init__(self, targets: Sequence[str], connect: Callable[[str], Calls]) -> None:
        if not targets:
            raise ValueError("no target: give at least one HOST:PORT or unix:/PATH")
        self._connect = connect
        self._lock = threading.Lock()
        # Each is looked at now: a mistake in one is not to be found years later, when the others are down.
        connected = [(target, connect(target)) for target in targets]
        random.shuffle(connected)
        self._targets = [target for target, _ in connected]
        self._at = 0
        self._now = connected[0][1]
        for _, other in connected[1:]:
            other.end()
        #: How many were left, one after the other, since one has answered; and how many of the last ones because no further attempt
        #: can help there.
        self._passed = 0
        self._hopeless = 0

    @property
    def are_several(self) -> bool:
        return len(self._targets) > 1

    def now(self) -> Calls:
        return self._now

    def next(self, no_help: bool) -> bool:
        """Makes the next one the present one, and leaves the one before it. True when all were left since one has answered: it is time
        for a pause."""
        with self._lock:
            self._hopeless = self._hopeless + 1 if no_help else 0
            self._passed += 1
            self._at = (self._at + 1) % len(self._targets)
            before, self._now = self._now, self._connect(self._targets[self._at])
            before.leave()
            return self._passed % len(self._targets) == 0

    def reached(self) -> None:
        """The present one has answered."""
        with self._lock:
            self._passed = self._hopeless = 0

    @property
    def others_are_hopeless(self) -> bool:
        """Whether no further attempt can help at any of the others."""
        return self._hopeless >= len(self._targets) - 1

    def __str__(self) -> str:
        return ",".join(sorted(self._targets))
