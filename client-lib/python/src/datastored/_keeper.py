"""A keeper keeps a session and its leases alive, on one thread of its own."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

import grpc
from google.protobuf import duration_pb2

from datastored.v1 import datastore_service_pb2, lease_pb2, session_service_pb2

from ._calls import Calls
from ._givebacks import GiveBacks
from ._holdings import Holdings, Session, Standing
from ._notices import Notices
from ._time import Backoff, Clock
from .errors import ClientClosed, Failure, Unanswered
from .lease import Lease

_log = logging.getLogger("datastored")

#: How long one attempt to open a session may take.
_ATTEMPT = 5.0


class Keeper:
    """Thread-safe: one lock guards session, leases and give-backs. No call is made and no function of the user is called under it.

    The thread does one thing at a time, in this order: what is over is lost; a session that is gone is opened anew; a forgotten one
    is opened again under its id; it is renewed when a third of its ttl is over; leases in doubt are confirmed; releases are
    repeated. One thread, so a KeepAlive is never answered after a later OpenSession, and extends nothing that the later one does not know.
    """

    def __init__(self, calls: Calls, name: str, ttl: float, clock: Clock, backoff: Backoff) -> None:
        self._calls = calls
        self._holder = lease_pb2.Holder(client=name, host=socket.gethostname(), pid=os.getpid())
        self._ttl = ttl
        self._clock = clock
        self._backoff = backoff
        self.notices = Notices()
        self._lock = threading.Condition()
        self._holdings = Holdings()
        self._give_backs = GiveBacks()
        #: Lookups in flight: what the server counts may be more than is known here.
        self._asking = 0
        #: KeepAlives in a row that told of more leases than are known here.
        self._too_many = 0
        self._not_before = 0.0
        self._closed = False
        self._failure: Optional[Failure] = None
        self._in_flight: Set[Any] = set()
        #: Not released yet by their holders, who have been told.
        self._lost: Dict[str, Lease] = {}
        self._patrols: List[Callable[[float], float]] = []
        self._thread: Optional[threading.Thread] = None

    # For the client and its leases.

    def start(self, timeout: float) -> None:
        """Opens the session, and starts the thread that keeps it."""
        deadline = self._clock() + timeout
        while not self._open(str(uuid.uuid4()), min(_ATTEMPT, max(0.001, deadline - self._clock()))):
            with self._lock:
                failure = self._failure
                if self._closed or failure is None:
                    raise ClientClosed("closed while it was being opened")
                if not failure.transient or self._not_before >= deadline:
                    raise failure.error()
                self._lock.wait(max(0.0, self._not_before - self._clock()))
        self._thread = threading.Thread(target=self._run, name="datastored-keeper", daemon=True)
        self._thread.start()

    def session_id(self) -> str:
        """Empty while there is none."""
        with self._lock:
            return self._holdings.session.session_id if self._holdings.session is not None else ""

    def session_ttl(self) -> float:
        """As granted; 0 while there is no session."""
        with self._lock:
            return self._holdings.session.ttl if self._holdings.session is not None else 0.0

    def await_session(self, deadline: float) -> Standing:
        """Waits for a session that the server knows."""
        with self._lock:
            while True:
                if self._closed:
                    raise ClientClosed("the client is closed")
                session = self._holdings.session
                now = self._clock()
                if session is not None and not session.forgotten and now < session.valid_until:
                    return Standing(session)
                if now >= deadline:
                    raise self._failure.error() if self._failure is not None else Unanswered("no session in time")
                self._lock.wait(deadline - now)

    def session_unknown(self, standing: Standing, failure: Failure) -> None:
        """A Lookup was told SESSION_NOT_FOUND."""
        with self._lock:
            if self._holdings.session is standing.session and standing.session.epoch == standing.epoch:
                self._not_found(failure)

    def begin_ask(self) -> None:
        with self._lock:
            self._asking += 1

    def end_ask(self) -> None:
        with self._lock:
            self._asking -= 1

    def granted(self, lease: Lease, standing: Standing) -> bool:
        """Takes a lease under this keeper's care; False when its session is gone, and so is the lease."""
        with self._lock:
            if self._closed:
                raise ClientClosed("the client is closed")
            if self._holdings.session is not standing.session:
                return False
            self._holdings.add(lease, standing.epoch, standing.valid_until)
            if standing.session.epoch != standing.epoch:
                self._lock.notify_all()
            return self._holdings.vouches_for(lease, self._clock())

    def give_back(self, lease_id: str) -> None:
        """A lease that nobody here holds, though the server may count it, is released in the background."""
        with self._lock:
            self._give_backs.add(lease_id)
            self._lock.notify_all()

    def vouches_for(self, lease: Lease) -> bool:
        with self._lock:
            return not self._closed and self._holdings.vouches_for(lease, self._clock())

    def release(self, lease: Lease, timeout: float) -> bool:
        with self._lock:
            if lease._released:
                return lease.lease_id not in self._give_backs
            lease._released = True
            self._holdings.remove(lease)
            self._lost.pop(lease.lease_id, None)
            if self._closed:
                return True  # with its session
            self._give_backs.add(lease.lease_id)
            self._give_backs.take(lease.lease_id)
        failure = self._tell_release(lease.lease_id, timeout)
        if failure is not None and not failure.transient:
            raise failure.error()
        return failure is None

    def patrol(self, look: Callable[[float], float]) -> None:
        """Calls `look` with the time now and then, and again at the time that it answers."""
        with self._lock:
            self._patrols.append(look)
            self._lock.notify_all()

    def dismiss(self, look: Callable[[float], float]) -> None:
        with self._lock:
            if look in self._patrols:
                self._patrols.remove(look)

    def close(self, timeout: float) -> None:
        """Ends the session at the server, and with it all leases; no thread is left."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            session, self._holdings.session = self._holdings.session, None
            for call in self._in_flight:
                call.cancel()
            self._lock.notify_all()
        if self._thread is not None:
            self._thread.join()
        if session is not None:
            self._close_session(session.session_id, timeout)
        self.notices.close()

    def _close_session(self, session_id: str, timeout: float) -> None:
        deadline = self._clock() + timeout
        request = session_service_pb2.CloseSessionRequest(session_id=session_id)
        backoff = Backoff()
        while True:
            try:
                self._calls.close_session(request, timeout=max(0.001, deadline - self._clock()))
                return
            except grpc.RpcError as e:
                failure = Failure(e)
            wait = backoff.next(failure.retry_after)
            if not failure.transient or self._clock() + wait >= deadline:
                _log.warning("session %s is left to its ttl: %s", session_id, failure.error())
                return
            threading.Event().wait(wait)

    # The thread.

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._closed:
                    return
                todo = self._next()
            if todo is None:
                continue
            try:
                todo()
            except Exception:
                # Of this library, not of the server: what can still be kept is kept.
                _log.exception("the keeper of session %s has failed", self.session_id())
                with self._lock:
                    self._not_before = self._clock() + self._backoff.next()

    def _next(self) -> Optional[Callable[[], object]]:
        """The next thing to do; None after a wait. Under the lock."""
        now = self._clock()
        wake = min([look(now) for look in self._patrols], default=now + 60)
        self._end_what_is_over(now)
        session = self._holdings.session
        if now >= self._not_before:
            if session is None:
                return lambda: self._open(str(uuid.uuid4()), _ATTEMPT)
            limit = max(0.001, min(max(session.ttl / 3, 0.2), session.valid_until - now))
            if session.forgotten:
                return lambda: self._reopen(session, limit)
            if now >= session.renew_at:
                return lambda: self._keep_alive(session, limit)
            for lease in self._holdings.unconfirmed():
                return lambda: self._confirm(session, lease, limit)
            lease_id = self._give_backs.next()
            if lease_id is not None:
                self._give_backs.take(lease_id)
                return lambda: self._tell_release(lease_id, limit)
            wake = min(wake, session.renew_at)
        else:
            wake = min(wake, self._not_before)
        ends = self._holdings.next_end()
        if ends is not None:
            wake = min(wake, ends)
        self._lock.wait(max(0.0, wake - now))
        return None

    def _end_what_is_over(self, now: float) -> None:
        session = self._holdings.session
        for lease in self._holdings.overdue(now):
            self._lose(lease, "expired")
        if session is not None and now >= session.valid_until:
            _log.warning("session %s: nobody has answered for its ttl of %g s", session.session_id, session.ttl)
            self._holdings.session = None

    def _lose(self, lease: Lease, cause: str) -> None:
        """Not released here: the server counts it until its holder says that he has stopped. Under the lock."""
        _log.warning("lease %s on %s is lost: %s", lease.lease_id, lease.datastore.name, cause)
        self._holdings.remove(lease)
        self._lost[lease.lease_id] = lease
        lease._lose(cause)

    def _ask(self, call: Any, request: Any, timeout: float) -> Tuple[Any, Optional[Failure]]:
        """One attempt, which close() can cut short. Answers the response or the failure."""
        with self._lock:
            if self._closed:
                return None, Failure(_Cancelled())
            future = call.future(request, timeout=timeout)
            self._in_flight.add(future)
        try:
            return future.result(), None
        except grpc.RpcError as e:
            return None, Failure(e)
        except grpc.FutureCancelledError:
            return None, Failure(_Cancelled())
        finally:
            with self._lock:
                self._in_flight.discard(future)

    def _answered(self) -> None:
        """Under the lock."""
        self._backoff.reset()
        self._not_before = 0.0
        self._failure = None

    def _unanswered(self, failure: Failure) -> None:
        """Under the lock."""
        self._not_before = self._clock() + self._backoff.next(failure.retry_after)
        self._failure = failure

    def _open(self, session_id: str, timeout: float) -> bool:
        sent = self._clock()
        answer, failure = self._ask(self._calls.open_session, self._opening(session_id), timeout)
        with self._lock:
            if self._closed:
                return False
            if failure is not None:
                self._unanswered(failure)
                return False
            self._answered()
            self._holdings.session = Session(answer.session_id, sent, _seconds(answer.ttl))
            self._lock.notify_all()
            return True

    def _reopen(self, session: Session, timeout: float) -> None:
        sent = self._clock()
        answer, failure = self._ask(self._calls.open_session, self._opening(session.session_id), timeout)
        with self._lock:
            if self._holdings.session is not session:
                return
            if failure is not None:
                self._unanswered(failure)
                return
            self._answered()
            session.forgotten = False
            session.promise(sent, _seconds(answer.ttl))
            self._lock.notify_all()

    def _opening(self, session_id: str) -> session_service_pb2.OpenSessionRequest:
        ttl = duration_pb2.Duration()
        ttl.FromNanoseconds(int(self._ttl * 1e9))
        return session_service_pb2.OpenSessionRequest(session_id=session_id, holder=self._holder, ttl=ttl)

    def _keep_alive(self, session: Session, timeout: float) -> None:
        with self._lock:
            before = self._holdings.confirmed()
            epoch = session.epoch
            quiet = self._asking == 0
        sent = self._clock()
        request = session_service_pb2.KeepAliveRequest(session_id=session.session_id)
        answer, failure = self._ask(self._calls.keep_alive, request, timeout)
        strangers = False
        with self._lock:
            if self._holdings.session is not session or session.epoch != epoch:
                return
            if failure is not None:
                if failure.reason == "SESSION_NOT_FOUND":
                    self._not_found(failure)
                else:
                    self._unanswered(failure)
                return
            self._answered()
            self._forced(list(answer.ended_lease_ids))
            still = [lease for lease in before if self._holdings.find(lease.lease_id) is lease]
            if answer.leases < len(still):
                # The server knows the session and not all of its leases, so this is no promise for them.
                self._holdings.doubt(still)
            session.promise(sent, _seconds(answer.ttl))
            known = len(self._holdings.all()) + len(self._give_backs)
            many = quiet and self._asking == 0 and answer.leases > known
            self._too_many = self._too_many + 1 if many else 0
            if self._too_many >= 2:
                self._too_many = 0
                strangers = True
        if strangers:
            self._give_back_strangers(session, timeout)

    def _forced(self, lease_ids: List[str]) -> None:
        for lease_id in lease_ids:
            lease = self._holdings.find(lease_id)
            if lease is not None:
                self._lose(lease, "forced")

    def _give_back_strangers(self, session: Session, timeout: float) -> None:
        """Twice in a row the server counted more leases than are known here: a delayed Lookup has overtaken its own release."""
        request = session_service_pb2.ListLeasesRequest(session_id=session.session_id)
        with self._lock:
            quiet = self._asking == 0
        answer, failure = self._ask(self._calls.list_leases, request, timeout)
        with self._lock:
            if failure is not None or not quiet or self._asking > 0:
                return
            for held in answer.leases:
                if self._holdings.find(held.lease.lease_id) is None and held.lease.lease_id not in self._lost:
                    self._give_backs.add(held.lease.lease_id)

    def _not_found(self, failure: Failure) -> None:
        """The server does not know the session. Under the lock."""
        refusal = failure.refusal
        if refusal is not None and refusal.metadata.get("recovering") == "true":
            self._holdings.forget_session()
        else:
            for lease in self._holdings.all():
                self._lose(lease, "session-ended")
            self._holdings.session = None
        self._lock.notify_all()

    def _confirm(self, session: Session, lease: Lease, timeout: float) -> None:
        request = datastore_service_pb2.LookupRequest(
            datastore=lease.datastore.name,
            operation=lease.operation.value,
            session_id=session.session_id,
            lease_id=lease.lease_id,
            held_fencing_token=lease.fencing_token,
            known_etag=lease.datastore.etag,
            purpose=lease.purpose,
        )
        epoch = session.epoch
        _, failure = self._ask(self._calls.lookup, request, timeout)
        with self._lock:
            if self._holdings.session is not session or session.epoch != epoch:
                return
            if self._holdings.find(lease.lease_id) is not lease:
                # Released meanwhile: the release may have come before this call, which then has made the lease again.
                self._give_backs.add(lease.lease_id)
            elif failure is None:
                self._answered()
                self._holdings.confirm(lease)
            elif failure.reason == "SESSION_NOT_FOUND":
                self._not_found(failure)
            elif failure.transient or failure.code is grpc.StatusCode.RESOURCE_EXHAUSTED:
                self._unanswered(failure)
            else:
                self._lose(lease, failure.reason or failure.code.name)

    def _tell_release(self, lease_id: str, timeout: float) -> Optional[Failure]:
        """One attempt, of the keeper's thread or of the holder's. The give-back is in this thread's hand."""
        request = datastore_service_pb2.ReleaseRequest(lease_id=lease_id)
        _, failure = self._ask(self._calls.release, request, timeout)
        with self._lock:
            if failure is None or not failure.transient:
                self._give_backs.answered(lease_id)
            else:
                self._give_backs.put_back(lease_id)
                self._unanswered(failure)
            self._lock.notify_all()
        return failure


class _Cancelled(grpc.RpcError):
    """In place of the error of a call that was cancelled or never made, because the client is closed."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.CANCELLED

    def details(self) -> str:
        return "the client is closed"

    def trailing_metadata(self) -> Tuple[Any, ...]:
        return ()


def _seconds(duration: duration_pb2.Duration) -> float:
    return duration.seconds + duration.nanos / 1e9
