"""Holdings are one session and the leases under it, with the time until which each is promised. No calls are made here."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Dict, Iterable, List, Optional

from ._held import Held, State

if TYPE_CHECKING:
    from ._calls import Calls


class Session:
    """The liveness of this client at the server, as far as it was promised. Guarded by the keeper's lock."""

    def __init__(self, session_id: str, sent: float, ttl: float) -> None:
        self.session_id = session_id
        #: Rises whenever the server has forgotten the session. A promise of an earlier epoch says nothing of a later one.
        self.epoch = 0
        #: The server does not know it: it must be opened again under its id before anything else.
        self.forgotten = False
        #: What was granted in an earlier epoch is counted nowhere any more: the servers that were left were told to close.
        self.least_epoch = 0
        self.promise(sent, ttl)

    def promise(self, sent: float, ttl: float) -> None:
        """The ttl counts from sending, so this side always stops first."""
        self.sent = sent
        self.ttl = ttl
        self.valid_until = sent + ttl

    @property
    def renew_at(self) -> float:
        return self.sent + self.ttl / 3


class Standing:
    """What is known of a session when a call is sent, and at which server. Immutable."""

    def __init__(self, session: Session, calls: "Calls") -> None:
        self.session = session
        self.calls = calls
        self.session_id = session.session_id
        self.epoch = session.epoch
        self.valid_until = session.valid_until


class Holdings:
    """Guarded by the keeper's lock. Nothing that is done for one lease looks at the others."""

    def __init__(self) -> None:
        self.session: Optional[Session] = None
        #: What the server may count: asked for, held, lost and not given back, being given back.
        self._ledger: Dict[str, Held] = {}
        #: Held, and live as long as the session.
        self._sure: Dict[str, Held] = {}
        #: Held, each with an end of its own until the server confirms it; and those of them that it must be asked about.
        self._doubtful: Dict[str, Held] = {}
        self._unasked: "OrderedDict[str, Held]" = OrderedDict()
        #: Not later than the first end of a doubtful one.
        self._first_end = math.inf

    def ask(self, held: Held) -> None:
        """Known before it is asked for: what the server counts and this does not know is nobody's."""
        self._ledger[held.lease_id] = held

    def grant(self, held: Held, epoch: int, promised_until: float) -> None:
        """A lease that was granted when the session had that epoch and that end. If the server has forgotten the session since, it
        may have been granted before or after: only the earlier promise is sure until it is confirmed."""
        session = self.session
        assert session is not None
        held.state = State.HELD
        if session.epoch == epoch and not session.forgotten:
            held.ends = None
            self._sure[held.lease_id] = held
        else:
            self._doubt(held, promised_until)

    def settle(self, held: Held) -> None:
        """It is not held any more, but the server may still count it."""
        self._sure.pop(held.lease_id, None)
        self._doubtful.pop(held.lease_id, None)
        self._unasked.pop(held.lease_id, None)

    def forget(self, held: Held) -> None:
        """The server does not count it."""
        self.settle(held)
        self._ledger.pop(held.lease_id, None)

    def find(self, lease_id: str) -> Optional[Held]:
        return self._ledger.get(lease_id)

    def all(self) -> List[Held]:
        return list(self._ledger.values())

    def size(self) -> int:
        return len(self._ledger)

    def vouches_for(self, held: Held, now: float) -> bool:
        session = self.session
        if held.state is not State.HELD or session is None or held.session is not session:
            return False
        return now < (session.valid_until if held.ends is None else held.ends)

    @property
    def all_are_sure(self) -> bool:
        """Whether the present server counts each that is held."""
        return not self._doubtful

    def sure(self) -> List[Held]:
        return list(self._sure.values())

    def still_sure(self, before: Iterable[Held]) -> List[Held]:
        return [held for held in before if held.lease_id in self._sure]

    def next_unasked(self) -> Optional[Held]:
        """Takes one that the server must be asked about; it is put back by `ask_again`."""
        return self._unasked.popitem(last=False)[1] if self._unasked else None

    def ask_again(self, held: Held) -> None:
        if held.lease_id in self._doubtful:
            self._unasked[held.lease_id] = held

    def confirm(self, held: Held) -> None:
        if self._doubtful.pop(held.lease_id, None) is not None:
            self._unasked.pop(held.lease_id, None)
            held.ends = None
            self._sure[held.lease_id] = held

    def doubt(self, leases: Iterable[Held]) -> None:
        """From now on these keep only what was promised so far, until the server confirms them."""
        session = self.session
        assert session is not None
        for held in leases:
            if self._sure.pop(held.lease_id, None) is not None:
                self._doubt(held, session.valid_until)

    def _doubt(self, held: Held, ends: float) -> None:
        held.ends = ends
        self._doubtful[held.lease_id] = held
        self._unasked[held.lease_id] = held
        self._first_end = min(self._first_end, ends)

    def forget_session(self) -> None:
        """The server does not know the session any more, but may take it and its leases up again."""
        session = self.session
        assert session is not None
        session.epoch += 1
        session.forgotten = True
        self.doubt(self.sure())
        # What was asked of the start before is not answered for this one.
        self._unasked = OrderedDict(self._doubtful)

    def end_session(self) -> List[Held]:
        """There is no session any more; answers what was known under it."""
        ended = self.all()
        self.session = None
        self._ledger.clear()
        self._sure.clear()
        self._doubtful.clear()
        self._unasked.clear()
        self._first_end = math.inf
        return ended

    def overdue(self, now: float) -> List[Held]:
        """Doubtful ones whose time is over though the session's is not."""
        if now < self._first_end:
            return []
        over = [held for held in self._doubtful.values() if held.ends is not None and now >= held.ends]
        left = (held.ends for held in self._doubtful.values() if held.ends is not None and now < held.ends)
        self._first_end = min(left, default=math.inf)
        return over

    def next_end(self) -> Optional[float]:
        """When the next time is over, if nothing is renewed."""
        return min(self.session.valid_until, self._first_end) if self.session is not None else None
