"""A frame assembly keeps the parts of a frame until it is whole."""

from __future__ import annotations

from typing import Optional

from datastored.v1.datastore_service_pb2 import WatchGenerationResponse


class UnknownFrame(Exception):
    """A frame of a later version, or parts that do not belong together: watch again without a known revision."""


class FrameAssembly:
    """Confined to the thread of its watch."""

    def __init__(self) -> None:
        self._parts = WatchGenerationResponse()

    def add(self, message: WatchGenerationResponse) -> Optional[WatchGenerationResponse]:
        """Adds a message of the stream; answers the frame when it was its last part, the one with a revision."""
        kind = message.WhichOneof("frame")
        before = self._parts.WhichOneof("frame")
        if kind is None or before not in (None, kind):
            raise UnknownFrame()
        # Merging appends the lists, which is what parts are.
        self._parts.MergeFrom(message)
        if not message.HasField("revision"):
            return None
        whole, self._parts = self._parts, WatchGenerationResponse()
        return whole
