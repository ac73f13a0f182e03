"""A client is this process's connection to a datastored server."""

from __future__ import annotations

import os
import sys
import threading
from types import TracebackType
from typing import List, Optional, Sequence, Type, Union

import grpc

from datastored.v1 import datastore_pb2, datastore_service_pb2

from ._calls import Accepted, Calls, Tls
from ._errands import Errands
from ._holding import Holding
from ._keeper import Keeper
from ._patience import Patience
from ._servers import Servers, targets_of
from ._time import Backoff, Clock, now
from .errors import ClientClosed
from .lease import Lease
from .values import Datastore, Found, Operation, Revision
from .watch import Watch


#: The server's bounds. Out of them is a mistake, such as milliseconds.
_SHORTEST_TTL = 1
_LONGEST_TTL = 60

#: A server that is back is found within a second: its leases have the rest of their term only.
_LONGEST_PAUSE = 1.0

#: Seconds for the server to answer the end of a session.
_CLOSE = 5.0


class Client:
    """Asks, holds and watches datastores. Thread-safe. To be used with `with`, or by `open` and `close`.

    `target` is HOST:PORT or unix:/PATH. Where several servers share one history it is a list of them, or one text with commas, in any
    order: one of them is used at a time, and the session, its leases and the watches go on at another one when it stops, cannot be
    reached, or can promise nothing. `name` tells operators who this is. `ttl` is how many seconds, 1 to 60, this client may be
    silent before the server gives away what it holds; the server may grant another one. All times are in seconds. Beyond this
    host it wants `tls`, or `insecure=True`. `call_credentials` add something to every call, such as a token (see
    `grpc.access_token_call_credentials`); they are asked for again with each attempt.

    It has one thread from `open` on, one more for the calls of the main thread (which a signal handler may interrupt at any point:
    then what was granted meanwhile is given back), one more after a lease was lost, and with several servers one that looks after the
    connection; none after `close`.
    """

    def __init__(
        self,
        target: Union[str, Sequence[str]] = "127.0.0.1:7400",
        *,
        name: Optional[str] = None,
        ttl: float = 10.0,
        timeout: float = 10.0,
        tls: Optional[Tls] = None,
        call_credentials: Optional[grpc.CallCredentials] = None,
        insecure: bool = False,
        clock: Clock = now,
    ) -> None:
        if not _SHORTEST_TTL <= ttl <= _LONGEST_TTL:
            raise ValueError(f"invalid ttl {ttl!r} (expected {_SHORTEST_TTL} to {_LONGEST_TTL} seconds)")
        self._timeout = timeout
        self._clock = clock
        self._errands = Errands()
        accepted = Accepted()
        connect = lambda one: Calls(one, tls, insecure, call_credentials, self._errands, accepted)  # noqa: E731
        self._servers = Servers(targets_of(target), connect)
        self._name = name or os.path.basename(sys.argv[0]) or "python"
        self._ttl = ttl
        self._keeper = self._new_keeper()
        self._lock = threading.Lock()
        self._watches: List[Watch] = []
        self._open = False
        self._closed = False
        self._ended = False

    def open(self, timeout: Optional[float] = None) -> "Client":
        """Opens a session. Raises Unanswered when no server answers in time, and Refused."""
        with self._lock:
            if self._closed:
                raise ClientClosed("the client is closed")
            if self._open:
                return self
            patience = self._patience(timeout, f"open a session with {self._servers}")
            try:
                self._keeper.start()
                self._keeper.await_session(patience)
            except BaseException:
                # The server may have opened what nobody was told of.
                self._keeper.close(_CLOSE)
                self._keeper = self._new_keeper()
                raise
            self._open = True
        return self

    def _new_keeper(self) -> Keeper:
        return Keeper(self._servers, self._errands, self._name, self._ttl, self._clock, Backoff(longest=_LONGEST_PAUSE))

    def _patience(self, timeout: Optional[float], what: str) -> Patience:
        return Patience(self._clock, self._timeout if timeout is None else timeout, what)

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
        patience = self._patience(timeout, f"lookup {name}")
        request = datastore_service_pb2.LookupRequest(
            datastore=name,
            operation=datastore_pb2.OPERATION_LOOKUP,
            at_least=at_least.message() if at_least is not None else None,
        )
        while True:
            calls = self._servers.now()
            try:
                answer = calls.lookup(request, timeout=patience.left())
                return Found(Datastore.of(answer.datastore), Revision.of(answer.revision))
            except (grpc.RpcError, ValueError) as e:
                if calls.left and not self._closed and self._clock() < patience.deadline:
                    continue  # The same at the next server.
                if not isinstance(e, grpc.RpcError):  # gRPC's word for a channel that was closed meanwhile
                    raise ClientClosed("the client is closed") from None
                failure = self._keeper.met(calls, e)
            # Repeated after it has failed only: one that is slow is answered late, not lost.
            patience.meet(failure)

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
        if not isinstance(operation, Operation):
            raise TypeError(f"operation must be datastored.READ or datastored.WRITE, not {operation!r}")
        self._require_open()
        holding = Holding(self._keeper, name, operation, purpose, at_least)
        return holding.lease(self._patience(timeout, f"hold {name}"))

    def watch(
        self, *names: str, known: Optional[Revision] = None, settings: bool = True, bookmarks: bool = False
    ) -> Watch:
        """Follows datastores: names, or prefixes that end in `*`; all when there are none. `known` is the revision of an earlier watch
        of the same names from which to go on."""
        with self._lock:
            self._require_open()
            watch = Watch(self._keeper, self._clock, names, known, settings, bookmarks, self._end)
            self._watches.append(watch)
        self._keeper.patrol(watch.look)
        return watch

    def close(self, timeout: float = _CLOSE) -> None:
        """Ends watches, session and leases, at the server too if it answers in time, and tells their holders. Once only, however often
        called; a call that was cut short by an exception of a signal handler is taken up by the next."""
        with self._lock:
            if self._ended:
                return
            self._closed = True
            watches = list(self._watches)
        for watch in watches:
            watch.close()
        self._keeper.close(timeout)
        self._servers.now().close()
        self._ended = True

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
        return f"<Client of {self._servers}: {state}>"

    def _require_open(self) -> None:
        if self._closed or not self._open:
            raise ClientClosed("the client is closed" if self._closed else "the client is not open: use `with`, or open()")

    def _end(self, watch: Watch) -> None:
        self._keeper.dismiss(watch.look)
        with self._lock:
            if watch in self._watches:
                self._watches.remove(watch)
