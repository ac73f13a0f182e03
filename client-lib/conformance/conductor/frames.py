"""Frame tricks are what the contract allows, or forbids to believe, but a server seldom does. Each takes a message of a watch and
the one before, and answers the messages to send; None when it cannot be played on this one."""

from __future__ import annotations

from typing import Callable, Dict, List, Optional

from datastored.v1.datastore_service_pb2 import WatchGenerationResponse

# A field that no version has yet, of type message and empty.
_UNKNOWN_KIND = bytes([15 << 3 | 2, 0])


def _again(message: bytes, before: Optional[bytes]) -> Optional[List[bytes]]:
    """After a second change comes the first once more, and then the second once more: both are old news."""
    for one in (before, message):
        if one is None or WatchGenerationResponse.FromString(one).WhichOneof("frame") != "change":
            return None
    return [message, before, message]


def _parts(message: bytes, before: Optional[bytes]) -> Optional[List[bytes]]:
    """A frame in parts: one for each datastore; the revision, and how many generations it was, ride on the last."""
    whole = WatchGenerationResponse.FromString(message)
    kind = whole.WhichOneof("frame")
    if kind not in ("snapshot", "change"):
        return None
    field = "datastores" if kind == "snapshot" else "changed"
    entries = list(getattr(getattr(whole, kind), field))
    if not entries:
        return None
    last = WatchGenerationResponse()
    last.CopyFrom(whole)
    del getattr(getattr(last, kind), field)[:]
    parts = []
    for entry in entries:
        part = WatchGenerationResponse()
        getattr(getattr(part, kind), field).append(entry)
        if kind == "snapshot":
            part.snapshot.reason = whole.snapshot.reason
        parts.append(part.SerializeToString())
    return [*parts, last.SerializeToString()]


def _unknown(message: bytes, before: Optional[bytes]) -> Optional[List[bytes]]:
    """A frame of a later version in place of a change, though with its revision."""
    frame = WatchGenerationResponse.FromString(message)
    if frame.WhichOneof("frame") != "change":
        return None
    told = WatchGenerationResponse(revision=frame.revision)
    return [told.SerializeToString() + _UNKNOWN_KIND]


TRICKS: Dict[str, Callable[[bytes, Optional[bytes]], Optional[List[bytes]]]] = {
    "again": _again,
    "parts": _parts,
    "unknown": _unknown,
}
