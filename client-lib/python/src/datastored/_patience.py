"""Patience is the time that a caller has, and what has stood in the way of the answer so far."""

from __future__ import annotations

import threading
from typing import Optional

from ._time import Backoff, Clock
from .errors import Failure, Unanswered

#: A server that is back is asked again within a second.
_LONGEST_PAUSE = 1.0


class Patience:
    """Confined to the thread of its caller."""

    def __init__(self, clock: Clock, timeout: float, what: str) -> None:
        self._clock = clock
        self._timeout = timeout
        self._what = what
        self._backoff = Backoff(longest=_LONGEST_PAUSE)
        self._cause: Optional[Failure] = None
        self.deadline = clock() + timeout

    def left(self) -> float:
        return max(0.001, self.deadline - self._clock())

    def meet(self, failure: Failure) -> None:
        """Waits a little before the next attempt. Raises when the failure does not pass, or the time is over before."""
        if not failure.transient:
            raise failure.error()
        self.note(failure)
        self.pause(failure.retry_after)

    def note(self, failure: Optional[Failure]) -> None:
        """That an attempt's time was over says less than what was met before."""
        if failure is not None and not failure.is_silence:
            self._cause = failure

    def pause(self, asked_for: float = 0.0) -> None:
        wait = self._backoff.next(asked_for)
        if self._clock() + wait >= self.deadline:
            raise self.over()
        threading.Event().wait(wait)

    def over(self) -> Unanswered:
        why = f": {self._cause.text}" if self._cause is not None else ""
        over = Unanswered(f"{self._what}: no answer within {self._timeout:g} s{why}")
        over.__cause__ = self._cause.refusal if self._cause is not None else None
        return over
