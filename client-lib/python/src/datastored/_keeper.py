"""A keeper keeps a session and its leases alive, on one thread of its own."""

from __future__ import annotations

import logging
import os
import queue
import socket
import threading
import uuid
from typing import Any, Callable, List, Optional, Set, Tuple

import grpc
from google.protobuf import duration_pb2

from datastored.v1 import datastore_service_pb2, lease_pb2, session_service_pb2

from ._calls import Calls
from ._errands import Errands
from ._handover import LeftSessions
from ._held import GiveBacks, Held, State
from ._holdings import Holdings, Session, Standing
from ._notices import Notices
from ._patience import Patience
from ._servers import Servers
from ._time import Backoff, Clock
from .errors import ClientClosed, Failure
from .lease import Reference
from .values import READ

_log = logging.getLogger("datastored")

#: How long one attempt to open a session may take.
_ATTEMPT = 5.0
#: How many confirmations, and how many releases, are on their way at a time.
_AT_A_TIME = 32
#: For the answer to a release in the background: longer than the keepalive needs to find a connection dead.
_RETURN = 30.0
#: What other threads leave for this one is looked at that often, at the latest.
_LOOK = 1.0
#: For the end of a session of which it is not known whether it was opened.
_DOUBTFUL_CLOSE = 1.0
#: For the end of a session at a server that was left.
_LEFT_CLOSE = 5.0


class Keeper:
    """Thread-safe: one lock guards session, leases and give-backs. No call is waited for and no function of the user is called under
    it.

    The thread does one thing at a time, in this order: what is over is lost; a session that is gone is opened anew; a forgotten one
    is opened again under its id; it is renewed when a third of its ttl is over. One thread, so a KeepAlive is never answered after a
    later OpenSession, and extends nothing that the later one does not know. Leases in doubt are confirmed and releases repeated
    beside it, several at a time.

    A user's thread may be interrupted at any point by the exception of a signal handler. So it takes the lock by the primitive, not
    by the condition, whose `with` is Python code that may be cut between taking the lock and saying so; and it changes only what may
    be changed in part. The rest is left to the keeper's thread, which no signal handler runs on.
    """

    def __init__(self, servers: Servers, errands: Errands, name: str, ttl: float, clock: Clock, backoff: Backoff) -> None:
        self._servers = servers
        self._errands = errands
        self._holder = lease_pb2.Holder(client=name, host=socket.gethostname(), pid=os.getpid())
        self._ttl = ttl
        self._clock = clock
        self._backoff = backoff
        self.notices = Notices()
        #: Leases that nobody refers to any more. A queue that may be filled from anywhere, a destructor too.
        self.dropped: "queue.SimpleQueue[Reference]" = queue.SimpleQueue()
        self._mutex = threading.RLock()
        self._changed = threading.Condition(self._mutex)
        self._holdings = Holdings()
        self._give_backs = GiveBacks()
        self._confirming: Set[Any] = set()
        self._returning = 0
        self._pumping = False
        self._pump_backoff = Backoff()
        self._pump_not_before = 0.0
        #: Users' words that the server does not know the session.
        self._suspicions: List[Tuple[Standing, Failure]] = []
        #: KeepAlives in a row that told of more leases than are known here.
        self._too_many = 0
        self._not_before = 0.0
        self._closed = False
        #: What stands in the way of keeping the session.
        self._failure: Optional[Failure] = None
        #: The same, if no further attempt can help, at no server.
        self._final: Optional[Failure] = None
        #: How often an answer came after there was none.
        self._regained = 0
        self._in_flight: Set[Any] = set()
        self._patrols: List[Callable[[float], float]] = []
        #: Of the thread, while there is one.
        self._running = threading.Lock()
        #: What close has to end at the server, and whether it is known to be there.
        self._to_close: Optional[str] = None
        self._surely_open = False
        #: What the next OpenSession asks for: the same at each server, until one was told to close it.
        self._asked = ""
        #: Whether the present server has answered an opening of this session, and those at servers that were left.
        self._opened_here = False
        self._left = LeftSessions()
        #: A server that somebody has found without a connection.
        self._unfit: Optional[Calls] = None

    # For the client and its leases.

    def start(self) -> None:
        """Starts the thread that opens the session and keeps it."""
        self._errands.wait(self._start)

    def _start(self) -> None:
        self._running.acquire()
        self._follow()
        threading.Thread(target=self._run_to_end, name="datastored-keeper", daemon=True).start()

    def session_id(self) -> str:
        """Empty while there is none."""
        with self._mutex:
            return self._holdings.session.session_id if self._holdings.session is not None else ""

    def session_ttl(self) -> float:
        """As granted; 0 while there is no session."""
        with self._mutex:
            return self._holdings.session.ttl if self._holdings.session is not None else 0.0

    def await_session(self, patience: Patience) -> Standing:
        """Waits for a session that the server knows. Raises at once when there is none for a reason that does not pass."""
        with self._mutex:
            while True:
                if self._closed:
                    raise ClientClosed("the client is closed")
                standing = self._standing()
                if standing is not None:
                    return standing
                if self._final is not None:
                    raise self._final.error()
                if self._clock() >= patience.deadline:
                    patience.note(self._failure)
                    raise patience.over()
                self._changed.wait(min(_LOOK, patience.left()))

    def await_any_session(self, unwanted: Callable[[], bool]) -> Optional[Standing]:
        """The same for as long as somebody wants it; None when nobody does any more."""
        with self._mutex:
            while not self._closed and not unwanted():
                standing = self._standing()
                if standing is not None:
                    return standing
                self._changed.wait(_LOOK)
        return None

    def pause(self, wait: float, unwanted: Callable[[], bool]) -> None:
        """Waits, but not for longer than until the server is found again."""
        end = self._clock() + wait
        with self._mutex:
            before = self._regained
            while not self._closed and not unwanted() and self._regained == before and self._clock() < end:
                self._changed.wait(max(0.001, end - self._clock()))

    def wake(self) -> None:
        with self._mutex:
            self._changed.notify_all()

    def _standing(self) -> Optional[Standing]:
        session = self._holdings.session
        live = session is not None and not session.forgotten and self._clock() < session.valid_until
        return Standing(session, self._servers.now()) if session is not None and live else None

    def met(self, calls: Calls, error: grpc.RpcError) -> Failure:
        """What came of a call. If the server is gone, the session is to go on at another one."""
        several = self._servers.are_several
        failure = calls.failure(error, may_look=not several)
        if several and failure.is_gone:
            self.unreachable(calls)
            with self._mutex:
                if self._final is not None:
                    return self._final
        return failure

    def unreachable(self, calls: Calls) -> None:
        """A server has no connection any more, or says that it stops."""
        if self._servers.are_several:
            with self._mutex:
                self._unfit = calls
                self._changed.notify_all()

    def session_unknown(self, standing: Standing, failure: Failure) -> None:
        """A call was told SESSION_NOT_FOUND."""
        with self._mutex:
            self._suspicions.append((standing, failure))
            self._changed.notify_all()

    def ask(self, held: Held) -> None:
        """A lease is about to be asked for."""
        with self._mutex:
            if self._closed:
                raise ClientClosed("the client is closed")
            if self._holdings.session is held.session:
                self._holdings.ask(held)

    def never_granted(self, held: Held) -> None:
        with self._mutex:
            self._holdings.forget(held)

    def granted(self, held: Held, standing: Standing, answer: datastore_service_pb2.LookupResponse) -> bool:
        """Takes a lease under this keeper's care; False when its session is gone, and so is the lease."""
        with self._mutex:
            if self._closed:
                raise ClientClosed("the client is closed")
            if self._holdings.session is not standing.session or held.state is not State.ASKED:
                return False
            if standing.epoch < standing.session.least_epoch:
                return False
            held.fencing_token = answer.lease.fencing_token
            held.continuation = answer.lease.continuation
            held.etag = answer.datastore.etag
            held.since = self._clock()
            self._holdings.grant(held, standing.epoch, standing.valid_until)
            if standing.session.epoch != standing.epoch:
                self._changed.notify_all()
            return self._holdings.vouches_for(held, self._clock())

    def give_back(self, held: Held) -> None:
        """A lease that nobody here holds, though the server may count it, is released in the background."""
        with self._mutex:
            self._give_back(held)
            self._changed.notify_all()

    def _give_back(self, held: Held) -> None:
        # To be repeated first of all: whatever cuts this short, it is given back.
        self._give_backs.add(held)
        held.state = State.RELEASED
        self._holdings.settle(held)

    def vouches_for(self, held: Held) -> bool:
        with self._mutex:
            return not self._closed and self._holdings.vouches_for(held, self._clock())

    def release(self, held: Held, timeout: float) -> bool:
        try:
            with self._mutex:
                if held.state is State.RELEASED or self._closed:
                    return self._closed or held not in self._give_backs
                self._give_backs.take(held)
                held.state = State.RELEASED
                self._holdings.settle(held)
            failure = self._tell_release(held, timeout)
            with self._mutex:
                if failure is None or not failure.transient:
                    self._give_backs.answered(held)
                    self._holdings.forget(held)
                else:
                    self._give_back(held)
        except BaseException:
            # Of a signal handler, or because the client is being closed: it is repeated in the background.
            self.give_back(held)
            raise
        if failure is not None and not failure.transient:
            raise failure.error()
        return failure is None

    def _tell_release(self, held: Held, timeout: float) -> Optional[Failure]:
        request = datastore_service_pb2.ReleaseRequest(lease_id=held.lease_id)
        end = self._clock() + timeout
        while True:
            calls = self._servers.now()
            try:
                calls.release(request, timeout=max(0.001, end - self._clock()))
            except (grpc.RpcError, ValueError) as e:
                if calls.left and not self._closed and self._clock() < end:
                    continue  # The same at the next server.
                if isinstance(e, grpc.RpcError):
                    return self.met(calls, e)
                # Else gRPC's word for a channel that was closed meanwhile.
            return None

    def patrol(self, look: Callable[[float], float]) -> None:
        """Calls `look` with the time now and then, and again at the time that it answers."""
        with self._mutex:
            self._patrols.append(look)
            self._changed.notify_all()

    def dismiss(self, look: Callable[[float], float]) -> None:
        with self._mutex:
            if look in self._patrols:
                self._patrols.remove(look)

    def close(self, timeout: float) -> None:
        """Tells the holders, and ends the session at the server and with it all leases; no thread is left. May be called again when it
        was cut short."""
        with self._mutex:
            self._closed = True
            calls = list(self._in_flight)
            self._changed.notify_all()
        self._servers.now().cancel(calls)
        with self._running:
            pass
        self._errands.wait(lambda: self._close_left(timeout))
        self._left.await_closed()
        if self._to_close is not None:
            self._close_session(self._to_close, timeout if self._surely_open else min(timeout, _DOUBTFUL_CLOSE))
            self._to_close = None
        self.notices.close()

    def _close_left(self, timeout: float) -> None:
        with self._mutex:
            self._left.close(self._to_close or "", timeout)

    def _close_session(self, session_id: str, timeout: float) -> None:
        request = session_service_pb2.CloseSessionRequest(session_id=session_id)
        patience = Patience(self._clock, timeout, f"close session {session_id}")
        try:
            while True:
                try:
                    self._servers.now().close_session(request, timeout=patience.left())
                    return
                except grpc.RpcError as e:
                    patience.meet(self._servers.now().failure(e))
        except Exception as e:
            if self._surely_open:
                _log.warning("session %s is left to its ttl: %s", session_id, e)

    # The thread.

    def _run_to_end(self) -> None:
        try:
            self._run()
        finally:
            self._running.release()

    def _run(self) -> None:
        while True:
            with self._mutex:
                if self._closed:
                    # Told before the server: the other way round somebody could be let in beside one that goes on.
                    for held in self._holdings.all():
                        held.lose("closed", self.notices)
                    return
                todo = self._next()
            if todo is None:
                continue
            try:
                todo()
            except Exception:
                # Of this library, not of the server: what can still be kept is kept.
                _log.exception("the keeper of session %s has failed", self.session_id())
                with self._mutex:
                    self._not_before = self._clock() + self._backoff.next()

    def _next(self) -> Optional[Callable[[], object]]:
        """The next thing to do; None after a wait. Under the lock."""
        now = self._clock()
        wake = min([look(now) for look in self._patrols], default=now + _LOOK)
        self._take_what_was_left()
        self._end_what_is_over(now)
        self._pump()
        self._settle()
        session = self._holdings.session
        unfit, self._unfit = self._unfit, None
        if session is not None and not session.forgotten and unfit is self._servers.now():
            self._move_on(False)
            self._not_before = 0.0
        if now >= self._not_before:
            if session is None:
                return lambda: self._open(str(uuid.uuid4()))
            limit = max(0.001, min(max(session.ttl / 3, 0.2), session.valid_until - now))
            if session.forgotten:
                if self._servers.are_several:
                    # It has a third of its term left when a server does not answer: two others can be asked in it.
                    limit = min(limit, max(session.ttl / 6, 0.2))
                return lambda: self._reopen(session, limit)
            if now >= session.renew_at:
                return lambda: self._keep_alive(session, limit)
            wake = min(wake, session.renew_at)
        else:
            wake = min(wake, self._not_before)
        ends = self._holdings.next_end()
        if ends is not None:
            wake = min(wake, ends)
        if self._give_backs or self._confirming:
            wake = min(wake, max(now, self._pump_not_before) + 0.05)
        self._changed.wait(min(_LOOK, max(0.001, wake - now)))
        return None

    def _take_what_was_left(self) -> None:
        while True:
            try:
                held = self._holdings.find(self.dropped.get_nowait().lease_id)
            except queue.Empty:
                break
            if held is not None and held.state is not State.RELEASED:
                self._give_back(held)
        suspicions, self._suspicions = self._suspicions, []
        for standing, failure in suspicions:
            # Of a later start, or another session, that refusal says nothing.
            if self._holdings.session is standing.session and standing.session.epoch == standing.epoch:
                self._not_found(failure)

    def _end_what_is_over(self, now: float) -> None:
        session = self._holdings.session
        for held in self._holdings.overdue(now):
            self._lose(held, "expired")
        if session is not None and now >= session.valid_until:
            self._end_session("expired")

    def _end_session(self, cause: str) -> None:
        session = self._holdings.session
        assert session is not None
        ended = self._holdings.end_session()
        for held in ended:
            held.lose(cause, self.notices)
        _log.warning("session %s is lost with %d leases: %s", session.session_id, len(ended), cause)
        self._to_close = None
        self._left.forget()
        self._opened_here = False
        self._changed.notify_all()

    def _lose(self, held: Held, cause: str) -> None:
        """Not released here: the server counts it until its holder says that he has stopped. Under the lock."""
        _log.warning("lease %s on %s is lost: %s", held.lease_id, held.name, cause)
        held.lose(cause, self.notices)
        self._holdings.settle(held)

    def _ask(self, call: Any, request: Any, timeout: float) -> Tuple[Any, Optional[Failure]]:
        """One attempt, which close() can cut short. Answers the response or the failure."""
        with self._mutex:
            if self._closed:
                return None, Failure(_Cancelled())
            future = call.future(request, timeout=timeout)
            self._in_flight.add(future)
        try:
            return future.result(), None
        except grpc.RpcError as e:
            # To look what stands in the way takes time, which a session that goes on elsewhere does not have.
            may_look = not self._servers.are_several or self._holdings.session is None
            return None, self._servers.now().failure(e, may_look)
        except grpc.FutureCancelledError:
            return None, Failure(_Cancelled())
        finally:
            with self._mutex:
                self._in_flight.discard(future)

    def _answered(self) -> None:
        """Under the lock."""
        self._backoff.reset()
        self._not_before = 0.0
        if self._failure is not None:
            self._regained += 1
            self._pump_not_before = 0.0
        self._failure = self._final = None

    def _unanswered(self, failure: Failure) -> None:
        """Under the lock."""
        self._not_before = self._clock() + self._backoff.next(failure.retry_after)
        # That an attempt's time was over says less than what was met before.
        if self._failure is None or not failure.is_silence:
            self._failure = failure
            lasts = not failure.transient and (not failure.is_lasting or self._servers.others_are_hopeless)
            self._final = failure if lasts else None
        self._changed.notify_all()

    # Several servers.

    def _follow(self) -> None:
        """Looks after the connection to the present one, so that nobody has to call it to find that it has gone."""
        if self._servers.are_several:
            calls = self._servers.now()
            calls.on_loss(lambda: self.unreachable(calls))

    def _move_on(self, no_help: bool) -> bool:
        """Goes on at the next server; true when all were tried and it is time for a pause. Under the lock.

        From here on no answer of the server that is left extends anything, and nothing is granted before the next one has opened the
        session. What was promised before stays, by the clock.
        """
        before = self._servers.now()
        a_round = self._servers.next(no_help)
        session = self._holdings.session
        if session is not None and self._opened_here:
            self._left.add(before, session.session_id)
        else:
            before.end()
        self._opened_here = False
        self._to_close = None
        if session is not None and not session.forgotten:
            self._holdings.forget_session()
        # They would be in the way of those at the next one.
        before.cancel(list(self._confirming))
        self._follow()
        self._changed.notify_all()
        return a_round

    def _elsewhere(self, failure: Failure, opening: bool) -> None:
        """Where the next attempt is made, after a failure. Under the lock."""
        if not self._servers.are_several or self._closed:
            return
        session = self._holdings.session
        if opening and failure.refusal is None:
            if not self._move_on(failure.is_lasting):
                self._not_before = 0.0
        elif opening and failure.transient:
            # It answers, so the others may have the same trouble: no storm of connections.
            self._move_on(False)
        elif not opening and session is not None:
            ends = self._holdings.next_end()
            assert ends is not None
            # It may be well again soon; but a third of the term is for the next one.
            if failure.is_gone or (failure.transient and ends - self._not_before <= session.ttl / 3):
                self._move_on(False)
                self._not_before = 0.0

    def _settle(self) -> None:
        """Leaves the servers before the present one for good, if nothing depends on them any more. Under the lock."""
        session = self._holdings.session
        if not self._left or session is None or session.forgotten or not self._holdings.all_are_sure:
            return
        # First: what one of them has granted, and is on its way to its asker, is counted nowhere from now on.
        session.least_epoch = session.epoch
        if self._left.close(session.session_id, _LEFT_CLOSE):
            # Never asked for again: a close that comes late would end the session of a client that has come back.
            self._asked = str(uuid.uuid4())

    def _open(self, session_id: str) -> None:
        sent = self._clock()
        self._asked = session_id
        self._to_close, self._surely_open = session_id, False
        answer, failure = self._ask(self._servers.now().open_session, self._opening(session_id), _ATTEMPT)
        with self._mutex:
            if failure is not None:
                if failure.refusal is not None or not failure.is_silence:
                    self._to_close = None
                self._unanswered(failure)
                self._elsewhere(failure, opening=True)
                return
            self._surely_open = True
            self._servers.now().accepted.ever = True
            self._servers.reached()
            self._opened_here = True
            if self._closed:
                return
            self._answered()
            self._to_close = answer.session_id
            self._holdings.session = Session(answer.session_id, sent, _seconds(answer.ttl))
            self._changed.notify_all()

    def _reopen(self, session: Session, timeout: float) -> None:
        sent = self._clock()
        answer, failure = self._ask(self._servers.now().open_session, self._opening(self._asked), timeout)
        with self._mutex:
            if self._holdings.session is not session:
                return
            if failure is not None:
                self._unanswered(failure)
                self._elsewhere(failure, opening=True)
                return
            self._servers.reached()
            self._opened_here = True
            if self._clock() >= session.valid_until:
                return  # Somebody may have been told that it is over; it is ended next.
            self._answered()
            session.forgotten = False
            # Each of several servers puts its life behind the id, and knows the session by that only.
            session.session_id = self._to_close = answer.session_id
            session.promise(sent, _seconds(answer.ttl))
            self._regained += 1
            self._changed.notify_all()

    def _opening(self, session_id: str) -> session_service_pb2.OpenSessionRequest:
        return session_service_pb2.OpenSessionRequest(session_id=session_id, holder=self._holder, ttl=_duration(self._ttl))

    def _keep_alive(self, session: Session, timeout: float) -> None:
        with self._mutex:
            before = self._holdings.sure()
            most = self._holdings.size()
            epoch = session.epoch
        sent = self._clock()
        request = session_service_pb2.KeepAliveRequest(session_id=session.session_id)
        answer, failure = self._ask(self._servers.now().keep_alive, request, timeout)
        strangers = False
        with self._mutex:
            if self._holdings.session is not session or session.epoch != epoch:
                return
            if failure is not None:
                if failure.reason == "SESSION_NOT_FOUND":
                    self._not_found(failure)
                else:
                    self._unanswered(failure)
                    self._elsewhere(failure, opening=False)
                return
            if self._clock() >= session.valid_until:
                return  # Somebody may have been told that it is over; it is ended next.
            self._answered()
            for lease_id in answer.ended_lease_ids:
                held = self._holdings.find(lease_id)
                if held is not None and held.state is State.HELD:
                    self._lose(held, "forced")
            still = self._holdings.still_sure(before)
            if answer.leases < len(still):
                # The server knows the session and not all of its leases, so this is no promise for them.
                self._holdings.doubt(still)
            session.promise(sent, _seconds(answer.ttl))
            # What was asked for or given back meanwhile may be counted or not.
            self._too_many = self._too_many + 1 if answer.leases > max(most, self._holdings.size()) else 0
            if self._too_many >= 2:
                self._too_many = 0
                strangers = True
        if strangers:
            self._give_back_strangers(session, timeout)

    def _give_back_strangers(self, session: Session, timeout: float) -> None:
        """Twice in a row the server counted more leases than are known here: a delayed Lookup has overtaken its own release."""
        request = session_service_pb2.ListLeasesRequest(session_id=session.session_id)
        while True:
            answer, failure = self._ask(self._servers.now().list_leases, request, timeout)
            with self._mutex:
                if failure is not None:
                    return
                for told in answer.leases:
                    if self._holdings.find(told.lease.lease_id) is None:
                        stranger = Held(session, told.lease.datastore, READ, "")
                        stranger.lease_id = told.lease.lease_id
                        self._give_back(stranger)
            if not answer.next_page_token:
                return
            request.page_token = answer.next_page_token

    def _not_found(self, failure: Failure) -> None:
        """The server does not know the session. Under the lock."""
        refusal = failure.refusal
        if refusal is not None and refusal.metadata.get("recovering") == "true":
            self._holdings.forget_session()
        else:
            self._end_session("session-ended")
        self._not_before = 0.0
        self._changed.notify_all()

    # Confirmations and releases, several at a time: sent by the keeper's thread and by gRPC's that bring the answers.

    def _pump(self) -> None:
        """Under the lock."""
        now = self._clock()
        if self._pumping or self._closed or now < self._pump_not_before:
            return
        self._pumping = True  # An answer that is there at once comes back to here.
        try:
            session = self._holdings.session
            while session is not None and not session.forgotten and len(self._confirming) < _AT_A_TIME:
                held = self._holdings.next_unasked()
                if held is None:
                    break
                self._confirm(session, held, now)
            while self._returning < _AT_A_TIME:
                held = self._give_backs.next()
                if held is None:
                    break
                self._return(held)
        finally:
            self._pumping = False

    def _confirm(self, session: Session, held: Held, now: float) -> None:
        request = datastore_service_pb2.LookupRequest(
            datastore=held.name,
            operation=held.operation.value,
            session_id=session.session_id,
            lease_id=held.lease_id,
            held_fencing_token=held.fencing_token,
            continuation=held.continuation,
            held_for=_duration(max(0.0, now - held.since)),
            known_etag=held.etag,
            purpose=held.purpose,
        )
        assert held.ends is not None
        epoch = session.epoch
        future = self._servers.now().continue_lease.future(request, timeout=max(0.001, held.ends - now))
        self._in_flight.add(future)
        self._confirming.add(future)
        future.add_done_callback(lambda answered: self._confirmed(session, epoch, held, answered))

    def _confirmed(self, session: Session, epoch: int, held: Held, future: Any) -> None:
        failure = self._failure_of(future)
        with self._mutex:
            self._in_flight.discard(future)
            self._confirming.discard(future)
            if failure is None:
                held.continuation = future.result().lease.continuation or held.continuation
            if self._holdings.session is session and session.epoch == epoch:
                self._judge(held, failure)
            if held.state is State.RELEASED and held not in self._give_backs:
                # The release may have come before this call, which then has made the lease again.
                self._give_backs.add(held)
            self._pump()

    def _judge(self, held: Held, failure: Optional[Failure]) -> None:
        if failure is None:
            self._pump_backoff.reset()
            self._holdings.confirm(held)
        elif failure.reason == "SESSION_NOT_FOUND":
            self._not_found(failure)
        elif failure.transient or failure.code is grpc.StatusCode.RESOURCE_EXHAUSTED:
            self._holdings.ask_again(held)
            self._pump_not_before = self._clock() + self._pump_backoff.next(failure.retry_after)
        elif held.state is State.HELD:
            self._lose(held, failure.reason or failure.code.name)

    def _return(self, held: Held) -> None:
        self._returning += 1
        future = self._servers.now().release.future(datastore_service_pb2.ReleaseRequest(lease_id=held.lease_id), timeout=_RETURN)
        self._in_flight.add(future)
        future.add_done_callback(lambda answered: self._returned(held, answered))

    def _returned(self, held: Held, future: Any) -> None:
        failure = self._failure_of(future)
        with self._mutex:
            self._in_flight.discard(future)
            self._returning -= 1
            if failure is None or not failure.transient:
                self._pump_backoff.reset()
                self._give_backs.answered(held)
                self._holdings.forget(held)
            else:
                self._give_backs.add(held)
                self._pump_not_before = self._clock() + self._pump_backoff.next(failure.retry_after)
            self._pump()

    def _failure_of(self, future: Any) -> Optional[Failure]:
        try:
            error = future.exception()
        except grpc.FutureCancelledError:
            return Failure(_Cancelled())
        return Failure(error) if error is not None else None


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


def _duration(seconds: float) -> duration_pb2.Duration:
    duration = duration_pb2.Duration()
    duration.FromNanoseconds(int(seconds * 1e9))
    return duration
