"""A link is the line between a runner and the proxy, or the server itself: it passes bytes on until it is cut."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import List, Optional

_CHUNK = 65536
# SO_LINGER with time 0: closing sends RST, as when a host is gone.
_ABORT = struct.pack("ii", 1, 0)


class Link:
    """Thread-safe: one lock guards the list of open sockets and the listener. Two threads for each connection."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._open: List[socket.socket] = []
        self._listener: Optional[socket.socket] = None
        self.port = 0
        self.heal()

    def aim(self, target: int) -> None:
        """From now on new connections are passed on to that port."""
        self._target = target

    def heal(self) -> None:
        """Accepts connections (again), on the same port."""
        with self._lock:
            if self._listener is not None:
                return
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self.port))
            listener.listen(64)
            self.port = listener.getsockname()[1]
            self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Breaks all connections; new ones are refused until healed."""
        with self._lock:
            listener, self._listener = self._listener, None
        if listener is not None:
            # Wakes the thread in accept(), which close() alone does not.
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.reset()

    def reset(self) -> None:
        """Breaks all connections; new ones are accepted."""
        with self._lock:
            broken, self._open = self._open, []
        for one in broken:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                alive = self._listener is listener
                if alive:
                    self._open += [near, far]
            if not alive:  # cut while it was being connected
                near.close()
                far.close()
                return
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            data = source.recv(_CHUNK)
            if not data:
                break
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
