"""Notices are calls of the user's functions, made on a thread of their own: a slow one must not keep a session from being kept."""

from __future__ import annotations

import logging
import queue
import threading
from typing import Callable, Optional

_log = logging.getLogger("datastored")

Notice = Callable[[], None]


class Notices:
    """Thread-safe. Its thread is started by the first notice."""

    def __init__(self) -> None:
        self._queue: "queue.SimpleQueue[Optional[Notice]]" = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: Optional[threading.Thread] = None
        self._closed = False

    def post(self, notice: Notice) -> None:
        with self._lock:
            if self._closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="datastored-notices", daemon=True)
                self._thread.start()
            # Under the lock: behind the end of the queue nobody would take it.
            self._queue.put(notice)

    def close(self) -> None:
        """Returns when what was posted has been called; at once on the thread of a notice."""
        with self._lock:
            thread = self._thread
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        while True:
            notice = self._queue.get()
            if notice is None:
                return
            try:
                notice()
            except Exception:
                _log.exception("a function that was to be told of a lost lease has failed")
