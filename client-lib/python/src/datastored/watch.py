"""A watch follows the changes of a server over broken connections and restarts."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import Any, Callable, Optional, Sequence, Tuple

import grpc

from datastored.v1 import datastore_pb2
from datastored.v1.datastore_service_pb2 import SnapshotReason, WatchGenerationRequest, WatchGenerationResponse

from ._frames import FrameAssembly, UnknownFrame
from ._holdings import Standing
from ._keeper import Keeper
from ._time import Backoff, Clock
from .errors import Failure
from .values import Datastore, Revision

SNAPSHOT = "snapshot"
CHANGE = "change"
BOOKMARK = "bookmark"

#: A stream that lived this long was a good one: the next trouble is a new one.
_GOOD_STREAM = 10.0
#: By the contract: who hears nothing for three intervals considers the stream dead. Until the server tells its own: the default.
_SILENT_INTERVALS = 3
_INTERVAL = 10.0


@dataclass(frozen=True)
class Frame:
    """A frame is what the server tells at once: all of it is true of one revision."""

    #: SNAPSHOT: `changed` is everything there is, forget the rest. CHANGE: `changed` and `removed` since the frame before.
    #: BOOKMARK: nothing has changed.
    kind: str
    #: Why a snapshot was sent (REQUESTED, TOO_OLD, WRONG_INCARNATION, AHEAD, RIGHTS_CHANGED); empty for other kinds.
    reason: str
    changed: Tuple[Datastore, ...]
    removed: Tuple[str, ...]
    #: How many generations a change stands for; 1 for who keeps up, 0 when only the rights of this client changed and for other
    #: kinds.
    generations: int
    revision: Revision


class Watch:
    """An iterator of frames that never ends by itself: `for frame in client.watch(): ...`. To be read by one thread; `close` may
    come from any other, and ends the iteration.

    A frame counts as applied when the next one is asked for. From there the watch resumes after a break: what happened
    meanwhile is one change, and nothing is sent again that was applied.
    """

    def __init__(
        self,
        keeper: Keeper,
        clock: Clock,
        names: Sequence[str],
        known: Optional[Revision],
        settings: bool,
        bookmarks: bool,
        done: Callable[["Watch"], None],
    ) -> None:
        self._keeper = keeper
        self._clock = clock
        self._names = tuple(names)
        self._view = datastore_pb2.DATASTORE_VIEW_FULL if settings else datastore_pb2.DATASTORE_VIEW_BASIC
        self._bookmarks = bookmarks
        self._done = done
        self._known = known
        self._delivered: Optional[Revision] = known
        self._backoff = Backoff()
        self._closed = threading.Event()
        self._interval = _INTERVAL
        # Of the open stream:
        self._lock = threading.Lock()
        self._call: Any = None
        self._standing: Optional[Standing] = None
        self._opened = 0.0
        self._heard = 0.0
        self._first = True
        self._assembly = FrameAssembly()

    @property
    def revision(self) -> Optional[Revision]:
        """Of the frame that was delivered last; may be given to another `watch` as `known`."""
        return self._delivered

    def __iter__(self) -> "Watch":
        return self

    def __next__(self) -> Frame:
        """Waits for the next frame. Raises Refused if the server does not allow this watch."""
        while not self._closed.is_set():
            try:
                frame = self._read()
            except (grpc.RpcError, ValueError) as e:
                standing = self._standing
                if isinstance(e, grpc.RpcError) and standing is not None:
                    self._broken(self._keeper.met(standing.calls, e))
                elif standing is not None and standing.calls.left:
                    self._broken(None)
                else:  # gRPC's word for a channel that was closed meanwhile
                    break
            except StopIteration:
                self._broken(None)
            except UnknownFrame:
                self._known = None
                self._broken(None)
            else:
                if frame is not None:
                    return frame
        raise StopIteration

    def close(self) -> None:
        self._closed.set()
        self._cancel()
        self._keeper.wake()
        self._done(self)

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def look(self, now: float) -> float:
        """Ends a stream that has been silent for too long; answers when to look again."""
        patience = _SILENT_INTERVALS * self._interval
        with self._lock:
            if self._call is None:
                return now + patience
            silent_at = self._heard + patience
            left = self._standing is not None and self._standing.calls.left
        if now < silent_at and not left:
            return silent_at
        self._cancel()
        return now + patience

    def _read(self) -> Optional[Frame]:
        """The next message; None when it is no frame to deliver."""
        call = self._call
        if call is None:
            call = self._open()
        if call is None:
            return None
        message = next(call)
        with self._lock:
            self._heard = self._clock()
        whole = self._assembly.add(message)
        if whole is None:
            return None
        first, self._first = self._first, False
        if whole.HasField("bookmark") and whole.bookmark.HasField("interval"):
            self._interval = max(1.0, whole.bookmark.interval.seconds + whole.bookmark.interval.nanos / 1e9)
        revision = Revision.of(whole.revision)
        if self._is_old(whole, revision, first):
            return None
        self._known = revision
        self._delivered = revision
        if whole.HasField("bookmark") and not self._bookmarks:
            return None
        return _frame(whole, revision)

    def _is_old(self, whole: WatchGenerationResponse, revision: Revision, first: bool) -> bool:
        """Whether a frame tells nothing new. A stream that begins with a snapshot says itself that it must be believed."""
        before = self._delivered
        if before is None or (first and whole.HasField("snapshot")):
            return False
        if revision.incarnation != before.incarnation:
            raise UnknownFrame()
        behind = revision.generation < before.generation
        # Without generations only the rights of this client changed, which changes no revision.
        repeats = not whole.HasField("bookmark") and not (whole.HasField("change") and whole.change.generations == 0)
        return behind or (revision.generation == before.generation and repeats)

    def _open(self) -> Any:
        """None when the watch is closed first."""
        standing = self._standing = self._keeper.await_any_session(self._closed.is_set)
        if standing is None:
            self._closed.set()
            return None
        request = WatchGenerationRequest(
            known=self._known.message() if self._known is not None else None,
            datastores=self._names,
            view=self._view,
            session_id=standing.session_id,
        )
        self._assembly = FrameAssembly()
        self._first = True
        with self._lock:
            self._opened = self._heard = self._clock()
            call = self._call = standing.calls.watch(request)
        if self._closed.is_set():  # between the look and the call
            call.cancel()
        return call

    def _broken(self, failure: Optional[Failure]) -> None:
        self._cancel()
        standing = self._standing
        if self._closed.is_set():
            return
        if standing is not None and standing.calls.left:
            failure = None  # Of a server that is not asked any more.
        elif failure is not None and failure.transient and standing is not None and not self._first:
            # A server that stops says so to its watchers first: the session goes on at another one before it has stopped.
            self._keeper.unreachable(standing.calls)
        if failure is not None and failure.reason == "SESSION_NOT_FOUND" and standing is not None:
            self._keeper.session_unknown(standing, failure)
        elif failure is not None and _is_decided(failure) and not _passes(failure):
            raise failure.error()
        if self._clock() - self._opened >= _GOOD_STREAM:
            self._backoff.reset()
        # Also for a stream that opens and fails at once: it was not a good one, so the next wait is longer.
        wait = self._backoff.next(failure.retry_after if failure is not None else 0.0)
        self._keeper.pause(wait, self._closed.is_set)

    def _cancel(self) -> None:
        with self._lock:
            call, self._call = self._call, None
        if call is not None:
            with contextlib.suppress(Exception):
                call.cancel()


def _is_decided(failure: Failure) -> bool:
    """Whether it is an answer, and not a connection that failed."""
    return failure.refusal is not None or failure.code is grpc.StatusCode.PERMISSION_DENIED


def _passes(failure: Failure) -> bool:
    return failure.transient or failure.code is grpc.StatusCode.RESOURCE_EXHAUSTED


def _frame(whole: WatchGenerationResponse, revision: Revision) -> Frame:
    if whole.HasField("snapshot"):
        reason = SnapshotReason.Name(whole.snapshot.reason) if whole.snapshot.reason in SnapshotReason.values() else ""
        datastores = tuple(map(Datastore.of, whole.snapshot.datastores))
        return Frame(SNAPSHOT, reason[len("SNAPSHOT_REASON_") :], datastores, (), 0, revision)
    if whole.HasField("change"):
        changed = tuple(map(Datastore.of, whole.change.changed))
        return Frame(CHANGE, "", changed, tuple(whole.change.removed), whole.change.generations, revision)
    return Frame(BOOKMARK, "", tuple(map(Datastore.of, whole.bookmark.removable)), (), 0, revision)
