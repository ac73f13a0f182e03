"""A lease is the permission for one operation on one datastore, counted at the server until it is given back."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Callable, List, Optional, Type

from .errors import LeaseLost
from .values import Datastore, Operation, Revision

if TYPE_CHECKING:
    from ._keeper import Keeper


class Lease:
    """A lease that the server has granted. To be used with `with`, which gives it back. Thread-safe.

    It outlives a restart of the server, and is lost when the server ends it by force or nobody answers for its term. Code that
    writes for longer than a moment asks `check()` before each step; storage that can compares `fencing_token`s, because a process
    may stand still between the check and the write.
    """

    def __init__(
        self,
        keeper: "Keeper",
        lease_id: str,
        fencing_token: int,
        operation: Operation,
        datastore: Datastore,
        revision: Revision,
        purpose: str,
    ) -> None:
        self._keeper = keeper
        self.lease_id = lease_id
        #: Rises with every lease granted, over restarts of the server too.
        self.fencing_token = fencing_token
        self.operation = operation
        #: As it was when the lease was granted.
        self.datastore = datastore
        #: The revision that the grant was decided on.
        self.revision = revision
        self.purpose = purpose
        #: Guarded by the keeper's lock.
        self._released = False
        self._lock = threading.Lock()
        self._lost = threading.Event()
        self._cause: Optional[str] = None
        self._told: List[Callable[[str], None]] = []

    @property
    def alive(self) -> bool:
        """Whether the lease is good now, by this host's own clock. Never waits."""
        return self._cause is None and self._keeper.vouches_for(self)

    @property
    def lost_cause(self) -> Optional[str]:
        """Why it was lost: `forced`, `expired`, `session-ended`, or the reason of a refusal; None when it was not."""
        return self._cause

    def check(self) -> None:
        """Raises LeaseLost unless the lease is good now."""
        if not self.alive:
            raise LeaseLost(self.lease_id, self._cause or "it was given back, or its term is over")

    def on_lost(self, callback: Callable[[str], None]) -> None:
        """Calls back once, with the cause, when the lease is lost; at once when it is lost already. On a thread of the library."""
        with self._lock:
            if self._cause is None:
                self._told.append(callback)
                return
            cause = self._cause
        self._keeper.notices.post(lambda: callback(cause))

    def wait_lost(self, timeout: Optional[float] = None) -> Optional[str]:
        """Waits until the lease is lost and answers the cause; None when the timeout comes first."""
        self._lost.wait(timeout)
        return self._cause

    def release(self, timeout: float = 5.0) -> bool:
        """Gives the lease back; also one that was lost, for a drain waits until its holder has stopped. Whether the server has
        heard it yet: otherwise it is told again and again in the background. Once only, however often called."""
        return self._keeper.release(self, timeout)

    def __enter__(self) -> "Lease":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.release()

    def __repr__(self) -> str:
        state = f"lost: {self._cause}" if self._cause else "alive" if self.alive else "over"
        return f"<Lease {self.lease_id} {self.operation.name} {self.datastore.name} token {self.fencing_token} {state}>"

    def _lose(self, cause: str) -> None:
        """Called by the keeper, once or more; the first cause counts."""
        with self._lock:
            if self._cause is not None:
                return
            self._cause = cause
            told, self._told = self._told, []
        self._lost.set()
        for callback in told:
            self._keeper.notices.post(lambda tell=callback: tell(cause))
