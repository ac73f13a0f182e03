"""Give-backs are the releases that the server has not answered yet."""

from __future__ import annotations

from typing import Dict, Optional, Set


class GiveBacks:
    """Guarded by the keeper's lock. A release is repeated until it is answered, also for leases that are not known to be there: a
    lease whose grant was lost on the way would live as long as its session."""

    def __init__(self) -> None:
        # A dict for its order: first come, first told.
        self._due: Dict[str, None] = {}
        self._in_hand: Set[str] = set()

    def add(self, lease_id: str) -> None:
        self._due[lease_id] = None

    def take(self, lease_id: str) -> None:
        """It is being told by a thread, so no other one does."""
        self._in_hand.add(lease_id)

    def put_back(self, lease_id: str) -> None:
        self._in_hand.discard(lease_id)

    def answered(self, lease_id: str) -> None:
        self._in_hand.discard(lease_id)
        self._due.pop(lease_id, None)

    def next(self) -> Optional[str]:
        """One that nobody has in hand."""
        return next((one for one in self._due if one not in self._in_hand), None)

    def __contains__(self, lease_id: str) -> bool:
        return lease_id in self._due or lease_id in self._in_hand

    def __len__(self) -> int:
        return len(self._due.keys() | self._in_hand)
