"""Holdings are one session and the leases under it, with the time until which each is promised. No calls are made here."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional

from .lease import Lease


class Session:
    """The liveness of this client at the server, as far as it was promised. Guarded by the keeper's lock."""

    def __init__(self, session_id: str, sent: float, ttl: float) -> None:
        self.session_id = session_id
        #: Rises whenever the server has forgotten the session. A promise of an earlier epoch says nothing of a later one.
        self.epoch = 0
        #: The server does not know it: it must be opened again under its id before anything else.
        self.forgotten = False
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
    """What is known of a session when a call is sent. Immutable."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.session_id = session.session_id
        self.epoch = session.epoch
        self.valid_until = session.valid_until
        self.ttl = session.ttl


class _Held:
    """A lease with its own end: None while it lives as long as the session, a time while the server must still confirm it."""

    def __init__(self, lease: Lease, ends: Optional[float]) -> None:
        self.lease = lease
        self.ends = ends


class Holdings:
    """Guarded by the keeper's lock."""

    def __init__(self) -> None:
        self.session: Optional[Session] = None
        self._held: Dict[str, _Held] = {}

    def add(self, lease: Lease, epoch: int, promised_until: float) -> None:
        """A lease that was granted when the session had that epoch and that end. If the server has forgotten the session since, it
        may have been granted before or after: only the earlier promise is sure until it is confirmed."""
        session = self.session
        assert session is not None
        sure = session.epoch == epoch and not session.forgotten
        self._held[lease.lease_id] = _Held(lease, None if sure else promised_until)

    def remove(self, lease: Lease) -> None:
        self._held.pop(lease.lease_id, None)

    def find(self, lease_id: str) -> Optional[Lease]:
        held = self._held.get(lease_id)
        return held.lease if held is not None else None

    def all(self) -> List[Lease]:
        return [held.lease for held in self._held.values()]

    def vouches_for(self, lease: Lease, now: float) -> bool:
        held = self._held.get(lease.lease_id)
        session = self.session
        if held is None or held.lease is not lease or session is None:
            return False
        return now < (session.valid_until if held.ends is None else held.ends)

    def confirmed(self) -> List[Lease]:
        return [held.lease for held in self._held.values() if held.ends is None]

    def unconfirmed(self) -> List[Lease]:
        return [held.lease for held in self._held.values() if held.ends is not None]

    def confirm(self, lease: Lease) -> None:
        held = self._held.get(lease.lease_id)
        if held is not None:
            held.ends = None

    def doubt(self, leases: Iterable[Lease]) -> None:
        """From now on these keep only what was promised so far, until the server confirms them."""
        session = self.session
        assert session is not None
        for lease in leases:
            held = self._held.get(lease.lease_id)
            if held is not None and held.ends is None:
                held.ends = session.valid_until

    def forget_session(self) -> None:
        """The server does not know the session any more, but may take it and its leases up again."""
        session = self.session
        assert session is not None
        self.doubt(self.confirmed())
        session.forgotten = True
        session.epoch += 1

    def overdue(self, now: float) -> List[Lease]:
        """Leases whose time is over; all of them when the session's is."""
        return [held.lease for held in self._held.values() if not self.vouches_for(held.lease, now)]

    def next_end(self) -> Optional[float]:
        """When the next time is over, if nothing is renewed."""
        if self.session is None:
            return None
        ends = [held.ends for held in self._held.values() if held.ends is not None]
        return min([self.session.valid_until, *ends])
