"""A held lease is what this library knows of one lease, from before it is asked for until its release is answered."""

from __future__ import annotations

import enum
import threading
import uuid
from collections import OrderedDict
from typing import TYPE_CHECKING, Callable, List, Optional

from .values import Operation

if TYPE_CHECKING:
    from ._holdings import Session
    from ._notices import Notices
    from .lease import Reference


class State(enum.Enum):
    ASKED = "asked"
    HELD = "held"
    LOST = "lost"
    RELEASED = "released"


class Held:
    """Guarded by the keeper's lock, but for how it was lost: that has a lock of its own."""

    def __init__(self, session: "Session", name: str, operation: Operation, purpose: str) -> None:
        self.lease_id = str(uuid.uuid4())
        self.session = session
        self.name = name
        self.operation = operation
        self.purpose = purpose
        self.state = State.ASKED
        self.fencing_token = 0
        #: The server's own proof that it has granted the lease, sent back as it is; empty from a server too old to make one.
        self.continuation = ""
        self.etag = ""
        #: When it was granted, by the keeper's clock.
        self.since = 0.0
        #: None while it lives as long as the session; a time while the server must still confirm it.
        self.ends: Optional[float] = None
        #: The one in its user's hands.
        self.reference: Optional["Reference"] = None
        self.lock = threading.Lock()
        self.lost = threading.Event()
        self.cause: Optional[str] = None
        self.told: List[Callable[[str], None]] = []

    def lose(self, cause: str, notices: "Notices") -> None:
        """Once or more; the first cause counts. Under the keeper's lock."""
        if self.state is State.ASKED:
            # Nobody has it yet, and its grant comes too late.
            self.state = State.LOST
        if self.state is not State.HELD:
            return
        self.state = State.LOST
        with self.lock:
            self.cause = cause
            told, self.told = self.told, []
        self.lost.set()
        for callback in told:
            notices.post(lambda tell=callback: tell(cause))


class GiveBacks:
    """Guarded by the keeper's lock. The leases whose release the server has not answered: a release is repeated until then, also for
    leases that are not known to be there, for one whose grant was lost on the way would live as long as its session."""

    def __init__(self) -> None:
        # Ordered for a pop from the front that does not look at what was popped before.
        self._due: "OrderedDict[str, Held]" = OrderedDict()
        self._in_hand: "OrderedDict[str, Held]" = OrderedDict()

    def add(self, held: Held) -> None:
        """It is to be told by the next who has time, and is in nobody's hand."""
        self._due[held.lease_id] = held
        self._in_hand.pop(held.lease_id, None)

    def take(self, held: Held) -> None:
        """It is being told by a thread, so no other one does."""
        self._in_hand[held.lease_id] = held
        self._due.pop(held.lease_id, None)

    def next(self) -> Optional[Held]:
        """Takes the one that has waited longest."""
        if not self._due:
            return None
        _, held = self._due.popitem(last=False)
        self._in_hand[held.lease_id] = held
        return held

    def answered(self, held: Held) -> None:
        self._due.pop(held.lease_id, None)
        self._in_hand.pop(held.lease_id, None)

    def __contains__(self, held: Held) -> bool:
        return held.lease_id in self._due or held.lease_id in self._in_hand

    def __len__(self) -> int:
        return len(self._due) + len(self._in_hand)
