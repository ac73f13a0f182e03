"""Errands are what the main thread has done by another one, because gRPC may not be interrupted."""

from __future__ import annotations

import queue
import threading
from typing import Any, Callable, Optional

import grpc

Errand = Callable[[], None]


class Errands:
    """Thread-safe, and safe to be interrupted at any point. Its thread is started by the first errand.

    A signal handler runs on the main thread, between any two steps of Python code there. If it raises between the taking of one of
    gRPC's locks and the note that it was taken, that lock is never given back, and the channel stands still for good. So nothing of
    gRPC is called on the main thread.
    """

    def __init__(self) -> None:
        self._queue: "queue.SimpleQueue[Optional[Errand]]" = queue.SimpleQueue()
        self._started = threading.Lock()

    def run(self, errand: Errand) -> None:
        self._queue.put(errand)
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._run, name="datastored-calls", daemon=True).start()

    def finish(self, errand: Errand) -> None:
        """Returns when it is done. No thread is left then."""
        done: "queue.SimpleQueue[None]" = queue.SimpleQueue()

        def last() -> None:
            try:
                errand()
            finally:
                done.put(None)

        self.run(last)
        self._queue.put(None)
        done.get()

    def _run(self) -> None:
        while True:
            errand = self._queue.get()
            if errand is None:
                return
            errand()


class Unary:
    """A method that is called and waited for, or asked for a future. Thread-safe."""

    def __init__(self, method: Any, errands: Errands) -> None:
        self._method = method
        self._errands = errands
        self.future = method.future

    def __call__(self, request: Any, timeout: float) -> Any:
        if threading.current_thread() is not threading.main_thread():
            return self._method(request, timeout=timeout)
        call = _Call(self._method, request, timeout)
        try:
            self._errands.run(call.send)
            answer, error = call.answer.get()
        except BaseException:
            self._errands.run(call.cancel)
            raise
        if error is not None:
            raise error
        return answer


class _Call:
    """One call of the main thread. Sent and cancelled by the thread of the errands, answered by one of gRPC's."""

    def __init__(self, method: Any, request: Any, timeout: float) -> None:
        self._method = method
        self._request = request
        self._timeout = timeout
        self._future: Any = None
        #: Takes one pair: the answer, or the error.
        self.answer: "queue.SimpleQueue[Any]" = queue.SimpleQueue()

    def send(self) -> None:
        try:
            self._future = self._method.future(self._request, timeout=self._timeout)
            self._future.add_done_callback(self._done)
        except ValueError as e:  # gRPC's word for a channel that was closed meanwhile
            self.answer.put((None, e))

    def cancel(self) -> None:
        if self._future is not None:
            self._future.cancel()

    def _done(self, future: Any) -> None:
        try:
            self.answer.put((future.result(), None))
        except grpc.FutureCancelledError:
            self.answer.put((None, ValueError("cancelled")))
        except Exception as e:
            self.answer.put((None, e))
