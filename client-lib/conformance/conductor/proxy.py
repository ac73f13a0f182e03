"""A proxy stands between a runner and the server on the level of gRPC: it passes bytes on, counts, and plays faults."""

from __future__ import annotations

import threading
import time
from concurrent import futures
from typing import Any, Callable, Dict, Iterator, List, Optional

import grpc
from google.rpc import status_pb2

from . import contract
from .falsehood import Falsehood
from .frames import TRICKS
from .link import Link

_WORKERS = 64


class Proxy:
    """Thread-safe: one lock guards the faults to come and the counts; the channel to the server is replaced whole."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._answered: Dict[str, List[float]] = {}
        self._lost: Dict[str, int] = {}
        self._held_back: Dict[str, List[float]] = {}
        self._tricks: List[str] = []
        self._falsehoods: List[Falsehood] = []
        self._channel: Optional[grpc.Channel] = None
        self._server = grpc.server(
            futures.ThreadPoolExecutor(_WORKERS), handlers=[_Handlers(self)], options=[("grpc.so_reuseport", 0)]
        )
        self.link = Link(self._server.add_insecure_port("127.0.0.1:0"))
        self._server.start()

    def serve(self, port: int) -> None:
        """From now on passes calls on to the server on that port."""
        before, self._channel = self._channel, grpc.insecure_channel(f"127.0.0.1:{port}")
        if before is not None:
            before.close()

    def close(self) -> None:
        self.link.cut()
        self._server.stop(0).wait()
        if self._channel is not None:
            self._channel.close()

    def lose_answer(self, method: str) -> None:
        """The next answer of the method is lost, after the server has processed the call."""
        with self._lock:
            self._lost[method] = self._lost.get(method, 0) + 1

    def hold_back_answer(self, method: str, seconds: float) -> None:
        """The next answer of the method is on its way for so long, after the server has processed the call."""
        with self._lock:
            self._held_back.setdefault(method, []).append(seconds)

    def play(self, trick: str) -> None:
        """Plays a trick on the next frame of a watch that can be so treated."""
        if trick not in TRICKS:
            raise ValueError(f"no such trick: {trick}")
        with self._lock:
            self._tricks.append(trick)

    def falsify(self, falsehood: Falsehood) -> None:
        """Tells it from now on, until reset."""
        with self._lock:
            self._falsehoods.append(falsehood)

    def reset(self) -> None:
        """No fault is to come."""
        with self._lock:
            self._lost.clear()
            self._held_back.clear()
            self._tricks.clear()
            self._falsehoods = []
        self.link.heal()

    def await_answered(self, method: str, count: int, timeout: float) -> bool:
        """Waits until so many calls have been answered that came after this one was made."""
        since = time.monotonic()
        with self._lock:
            return self._lock.wait_for(
                lambda: sum(came >= since for came in self._answered.get(method, ())) >= count, timeout
            )

    def unary(self, path: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        method = _name(path)
        came = time.monotonic()
        falsehoods = self._falsehoods_of(method)
        for one in falsehoods:
            if one.swallows:
                return one.swallowed()
        for one in falsehoods:
            request = one.asked_instead_of(request)
        answer: Optional[bytes] = None
        error: Optional[grpc.RpcError] = None
        try:
            answer = self._call("unary_unary", path)(request, timeout=_left(context))
        except grpc.RpcError as e:
            error = e
        held_back = self._holds_back(method)
        if held_back:
            # As a slow network does; ends early when nobody waits any more.
            ended = threading.Event()
            if context.add_callback(ended.set):
                ended.wait(held_back)
        if self._loses(method):
            self.link.reset()
            context.abort(grpc.StatusCode.UNAVAILABLE, "lost on purpose")
        try:
            for one in falsehoods:
                refusal = one.refusal()
                if refusal is not None:
                    _refuse(context, refusal)
                told = one.instead_of(answer)
                if told is not None:
                    return told
            if error is not None:
                _pass_on(context, error)
            assert answer is not None
            return answer
        finally:
            with self._lock:
                self._answered.setdefault(method, []).append(came)
                self._lock.notify_all()

    def stream(self, path: str, request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        method = _name(path)
        call = self._call("unary_stream", path)(request, timeout=_left(context))
        context.add_callback(call.cancel)
        before: Optional[bytes] = None
        try:
            for message in call:
                told = message
                for one in self._falsehoods_of(method):
                    refusal = one.refusal()
                    if refusal is not None:
                        call.cancel()
                        _refuse(context, refusal)
                    told = one.instead_of(told) or told
                yield from self._tricked(method, told, before)
                before = told
        except grpc.RpcError as e:
            _pass_on(context, e)

    def _tricked(self, method: str, message: bytes, before: Optional[bytes]) -> List[bytes]:
        if method != "WatchGeneration":
            return [message]
        with self._lock:
            for trick in self._tricks:
                played = TRICKS[trick](message, before)
                if played is not None:
                    self._tricks.remove(trick)
                    return played
        return [message]

    def _call(self, kind: str, path: str) -> Callable[..., Any]:
        channel = self._channel
        assert channel is not None
        return getattr(channel, kind)(path)

    def _falsehoods_of(self, method: str) -> List[Falsehood]:
        with self._lock:
            return [one for one in self._falsehoods if one.method == method]

    def _loses(self, method: str) -> bool:
        with self._lock:
            left = self._lost.get(method, 0)
            if left:
                self._lost[method] = left - 1
            return left > 0

    def _holds_back(self, method: str) -> float:
        with self._lock:
            waiting = self._held_back.get(method)
            return waiting.pop(0) if waiting else 0


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        path = details.method
        if _name(path) in contract.STREAMS:
            return grpc.unary_stream_rpc_method_handler(lambda request, context: self._proxy.stream(path, request, context))
        return grpc.unary_unary_rpc_method_handler(lambda request, context: self._proxy.unary(path, request, context))


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _left(context: grpc.ServicerContext) -> Optional[float]:
    """A call without a deadline has centuries left, which is more than gRPC bears as a timeout."""
    left = context.time_remaining()
    return left if left is not None and left < 86400 else None


def _refuse(context: grpc.ServicerContext, status: status_pb2.Status) -> None:
    context.set_trailing_metadata(((contract.DETAILS, status.SerializeToString()),))
    code = next(code for code in grpc.StatusCode if code.value[0] == status.code)
    context.abort(code, status.message)


def _pass_on(context: grpc.ServicerContext, error: grpc.RpcError) -> None:
    trailers = [pair for pair in error.trailing_metadata() or () if pair[0] == contract.DETAILS]
    context.set_trailing_metadata(trailers)
    context.abort(error.code(), error.details() or "")
