"""Errands are what the main thread has done by another one, because gRPC may not be interrupted."""

from __future__ import annotations

import _thread
import queue
import threading
from typing import Any, Callable, Optional

import grpc

Errand = Callable[[], None]

#: Seconds after which a thread that has nothing to do ends. The next errand starts one.
_IDLE = 1.0


class Errands:
    """Thread-safe, and safe to be interrupted at any point. Its thread is there while there are errands.

    A signal handler runs on the main thread, between any two steps of Python code there. If it raises between the taking of one of
    gRPC's locks and the note that it was taken, that lock is never given back, and the channel stands still for good. So nothing of
    gRPC is called on the main thread.
    """

    def __init__(self) -> None:
        self._queue: "queue.SimpleQueue[Optional[Errand]]" = queue.SimpleQueue()
        self._started = threading.Lock()

    def run(self, errand: Errand) -> None:
        self._queue.put(errand)
        if not self._started.locked():
            # By the primitive: the start of a threading.Thread waits for it, and may be cut short at that.
            _thread.start_new_thread(self._start, ())

    def wait(self, errand: Errand) -> None:
        """Returns when it is done."""
        done: "queue.SimpleQueue[None]" = queue.SimpleQueue()

        def last() -> None:
            try:
                errand()
            finally:
                done.put(None)

        self.run(last)
        done.get()

    def finish(self, errand: Errand) -> None:
        """Returns when it is done. No thread is left then."""
        self.wait(errand)
        self._queue.put(None)

    def _start(self) -> None:
        threading.Thread(target=self._run, name="datastored-calls", daemon=True).start()

    def _run(self) -> None:
        # Several may have been started; one stays.
        if not self._started.acquire(blocking=False):
            return
        while True:
            try:
                errand = self._queue.get(timeout=_IDLE)
            except queue.Empty:
                errand = None
            if errand is not None:
                errand()
                continue
            self._started.release()
            # Put after the look at the queue, and no thread was started for it because this one was still there.
            if self._queue.empty() or not self._started.acquire(blocking=False):
                return


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
