"""A client is this process's connection to a datastored server."""

from __future__ import annotations

import os
import sys
import threading
from types import TracebackType
from typing import List, Optional, Type

import grpc

from datastored.v1 import datastore_pb2, datastore_service_pb2

from ._calls import Calls, Tls
from ._holding import Holding
from ._keeper import Keeper
from ._time import Backoff, Clock, now
from .errors import ClientClosed, Failure
from .lease import Lease
from .values import Datastore, Found, Operation, Revision
from .watch import Watch


class Client:
    """Asks, holds and watches datastores. Thread-safe. To be used with `with`, or by `open` and `close`.

    `target` is HOST:PORT or unix:/PATH. `name` tells operators who this is. `ttl` is how many seconds this client may be silent
    before the server gives away what it holds; the server may grant another one. Beyond this host it wants `tls`, or
    `insecure=True`.

    It has one thread from `open` on, and one more after a lease was lost; none after `close`.
    """

    def __init__(
        self,
        target: str = "127.0.0.1:7400",
        *,
        name: Optional[str] = None,
        ttl: float = 10.0,
        timeout: float = 10.0,
        tls: Optional[Tls] = None,
        insecure: bool = False,
        clock: Clock = now,
    ) -> None:
        self._target = target
        self._timeout = timeout
        self._clock = clock
        self._calls = Calls(target, tls, insecure)
        self._keeper = Keeper(self._calls, name or os.path.basename(sys.argv[0]) or "python", ttl, clock, Backoff())
        self._lock = threading.Lock()
        self._watches: List[Watch] = []
        self._open = False
        self._closed = False

    def open(self, timeout: Optional[float] = None) -> "Client":
        """Opens a session. Raises Unanswered when no server answers in time, and Refused."""
        with self._lock:
            if self._closed:
                raise ClientClosed("the client is closed")
            if self._open:
                return self
            self._keeper.start(self._timeout if timeout is None else timeout)
            self._open = True
        return self

    @property
    def session_id(self) -> str:
        """The session, as operators see it; empty while there is none. After a loss it is another one."""
        return self._keeper.session_id()

    @property
    def session_ttl(self) -> float:
        """Seconds, as granted; 0 while there is no session."""
        return self._keeper.session_ttl()

    def lookup(self, name: str, *, at_least: Optional[Revision] = None, timeout: Optional[float] = None) -> Found:
        """Asks for a datastore; nothing is counted. With `at_least` the server waits until it knows that revision."""
        self._require_open()
        deadline = self._clock() + (self._timeout if timeout is None else timeout)
        request = datastore_service_pb2.LookupRequest(
            datastore=name,
            operation=datastore_pb2.OPERATION_LOOKUP,
            at_least=at_least.message() if at_least is not None else None,
        )
        backoff = Backoff()
        while True:
            try:
                answer = self._calls.lookup(request, timeout=max(0.001, deadline - self._clock()))
                return Found(Datastore.of(answer.datastore), Revision.of(answer.revision))
            except grpc.RpcError as e:
                failure = Failure(e)
            except ValueError:  # gRPC's word for a channel that was closed meanwhile
                raise ClientClosed("the client is closed") from None
            wait = backoff.next(failure.retry_after)
            if not failure.transient or self._clock() + wait >= deadline:
                raise failure.error()
            threading.Event().wait(wait)

    def hold(
        self,
        name: str,
        operation: Operation,
        *,
        purpose: str = "",
        at_least: Optional[Revision] = None,
        timeout: Optional[float] = None,
    ) -> Lease:
        """Takes a lease: `with client.hold("main", WRITE, purpose="nightly backup") as lease: ...`. Raises Refused when the datastore
        does not allow the operation now, Unanswered when no server answers in time."""
        self._require_open()
        holding = Holding(self._calls, self._keeper, self._clock, name, operation, purpose, at_least)
        return holding.lease(self._timeout if timeout is None else timeout)

    def watch(
        self, *names: str, known: Optional[Revision] = None, settings: bool = True, bookmarks: bool = False
    ) -> Watch:
        """Follows datastores: names, or prefixes that end in `*`; all when there are none. `known` is the revision of an earlier watch
        of the same names from which to go on."""
        with self._lock:
            self._require_open()
            watch = Watch(self._calls, self._clock, names, known, settings, bookmarks, self._end)
            self._watches.append(watch)
        self._keeper.patrol(watch.look)
        return watch

    def close(self, timeout: float = 5.0) -> None:
        """Ends watches, session and leases, at the server too if it answers in time. Once only, however often called."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            watches, self._watches = self._watches, []
        for watch in watches:
            watch.close()
        self._keeper.close(timeout)
        self._calls.close()

    def __enter__(self) -> "Client":
        try:
            return self.open()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"session {self.session_id}" if self.session_id else "no session"
        return f"<Client of {self._target}: {state}>"

    def _require_open(self) -> None:
        if self._closed or not self._open:
            raise ClientClosed("the client is closed" if self._closed else "the client is not open: use `with`, or open()")

    def _end(self, watch: Watch) -> None:
        self._keeper.dismiss(watch.look)
        with self._lock:
            if watch in self._watches:
                self._watches.remove(watch)
