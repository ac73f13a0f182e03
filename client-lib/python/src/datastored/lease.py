"""A lease is the permission for one operation on one datastore, counted at the server until it is given back."""

from __future__ import annotations

import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Callable, Optional, Type

from ._held import Held
from .errors import LeaseLost
from .values import Datastore, Operation, Revision

if TYPE_CHECKING:
    from ._keeper import Keeper


class Reference(weakref.ref):  # type: ignore[type-arg]
    """A reference to a lease in its user's hands."""

    __slots__ = ("lease_id",)
    lease_id: str


class Lease:
    """A lease that the server has granted. To be used with `with`, which gives it back. Thread-safe. One that nobody refers to any
    more is given back too.

    It survives a restart of the server, and is lost when the server ends it by force, when nobody answers for its term, or when
    the client is closed. Code that writes for longer than a moment asks `check()` before each step; storage that can compares
    `fencing_token`s, because a process may stand still between the check and the write.
    """

    def __init__(self, keeper: "Keeper", held: Held, datastore: Datastore, revision: Revision) -> None:
        self._held = held
        self._keeper = keeper
        #: As it was when the lease was granted.
        self.datastore = datastore
        #: The revision that the grant was decided on.
        self.revision = revision
        # Between the grant and the name that its caller gives it a signal handler may raise: then nobody else has it. Told by a
        # method that is no Python code, for in a __del__ the exception of a signal handler would be swallowed.
        held.reference = Reference(self, keeper.dropped.put)
        held.reference.lease_id = held.lease_id

    @property
    def lease_id(self) -> str:
        return self._held.lease_id

    @property
    def fencing_token(self) -> int:
        """Rises with every lease granted, over restarts of the server too."""
        return self._held.fencing_token

    @property
    def operation(self) -> Operation:
        return self._held.operation

    @property
    def purpose(self) -> str:
        return self._held.purpose

    @property
    def alive(self) -> bool:
        """Whether the lease is good now, by this host's own clock. Never waits."""
        return self._keeper.vouches_for(self._held)

    @property
    def lost_cause(self) -> Optional[str]:
        """Why it was lost: `forced`, `expired`, `session-ended`, `closed`, or the reason of a refusal; None when it was not."""
        return self._held.cause

    def check(self) -> None:
        """Raises LeaseLost unless the lease is good now."""
        if not self.alive:
            raise LeaseLost(self.lease_id, self.lost_cause or "it was given back, or its term is over")

    def on_lost(self, callback: Callable[[str], None]) -> None:
        """Calls back once, with the cause, when the lease is lost; at once when it is lost already. On a thread of the library."""
        with self._held.lock:
            cause = self._held.cause
            if cause is None:
                self._held.told.append(callback)
                return
        self._keeper.notices.post(lambda: callback(cause))

    def wait_lost(self, timeout: Optional[float] = None) -> Optional[str]:
        """Waits until the lease is lost and answers the cause; None when the timeout comes first."""
        self._held.lost.wait(timeout)
        return self._held.cause

    def release(self, timeout: float = 5.0) -> bool:
        """Gives the lease back; also one that was lost, for a drain waits until its holder has stopped. Whether the server has
        heard it yet: otherwise it is told again and again in the background. Once only, however often called."""
        return self._keeper.release(self._held, timeout)

    def __enter__(self) -> "Lease":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.release()

    def __repr__(self) -> str:
        state = f"lost: {self.lost_cause}" if self.lost_cause else "alive" if self.alive else "over"
        return f"<Lease {self.lease_id} {self.operation.name} {self.datastore.name} token {self.fencing_token} {state}>"
