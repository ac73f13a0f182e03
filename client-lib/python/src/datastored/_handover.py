"""A handover is what becomes of the session at a server that was left for another one."""

from __future__ import annotations

import queue
import threading
from typing import Any, Dict, List, Tuple

from datastored.v1 import session_service_pb2

from ._calls import Calls


class LeftSessions:
    """Sessions at servers that were left, and that may still count what this client has. Guarded by the keeper's lock, but for
    `await_closed`.

    A client leaves a server for good when nothing depends on it any more: make before break. Each other order is wrong.

    1. The session is open at the present server.
    2. Each lease is confirmed there. If the session were closed before: closed at server A | a drain finds the lease counted neither
       at A nor at B | DRAINED | its holder still works, until the end of the term of A by its own clock.
    3. What A has granted and nobody has taken over yet is not taken over any more, and then the session is closed at A.
    """

    def __init__(self) -> None:
        self._left: List[Tuple[Calls, str]] = []
        self._closing: Dict[int, "queue.SimpleQueue[None]"] = {}
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._left)

    def add(self, calls: Calls, session_id: str) -> None:
        self._left.append((calls, session_id))

    def forget(self) -> None:
        """The session is over, and its holders are told."""
        left, self._left = self._left, []
        for calls, _ in left:
            calls.end()

    def close(self, present: str, timeout: float) -> bool:
        """Closes them, but for the one that goes on: a client that has come back to a server, or has found it at two addresses, has
        the same session there again. True when one was told to close."""
        left, self._left = self._left, []
        told = False
        for calls, session_id in left:
            if session_id == present:
                calls.end()
            else:
                told = True
                self._close(calls, session_id, timeout)
        return told

    def _close(self, calls: Calls, session_id: str, timeout: float) -> None:
        """Sent once: if it does not arrive, the session ends with its ttl."""
        done: "queue.SimpleQueue[None]" = queue.SimpleQueue()
        with self._lock:
            self._closing[id(done)] = done

        def closed(_: Any) -> None:
            with self._lock:
                self._closing.pop(id(done), None)
            calls.end()
            done.put(None)

        request = session_service_pb2.CloseSessionRequest(session_id=session_id)
        calls.close_session.future(request, timeout=timeout).add_done_callback(closed)

    def await_closed(self) -> None:
        """Waits until all were answered, or were not in time."""
        with self._lock:
            closing = list(self._closing.values())
        for done in closing:
            done.get()
