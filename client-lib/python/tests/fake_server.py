"""A server that answers as a test tells it to, and a way to it that can stand still."""

from __future__ import annotations

import re
import socket
import threading
import time
from concurrent import futures
from typing import Any, Callable, Dict, List, Optional

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

from datastored.v1 import datastore_pb2, datastore_service_pb2, lease_pb2, session_service_pb2
from datastored.v1 import datastore_service_pb2_grpc as datastore_grpc
from datastored.v1 import session_service_pb2_grpc as session_grpc


class FakeServer(datastore_grpc.DatastoreServiceServicer, session_grpc.SessionServiceServicer):
    """Thread-safe."""

    def __init__(self, ttl: float = 1.0, credentials: Optional[grpc.ServerCredentials] = None) -> None:
        self.lock = threading.RLock()
        self.ttl = ttl
        self.sessions: Dict[str, bool] = {}
        self.leases: Dict[str, int] = {}
        #: What every Lookup of a lease is answered with; empty: as from a server too old to make one.
        self.continuation = ""
        #: What it puts behind the id of each session, in place of that of another server.
        self.life = ""
        self.calls: List[str] = []
        self.peers: Dict[str, str] = {}
        self.continued: List[datastore_service_pb2.LookupRequest] = []
        self.watched: List[datastore_service_pb2.WatchGenerationRequest] = []
        #: Sent after the snapshot, at its revision.
        self.changes_at_once: List[datastore_service_pb2.WatchChange] = []
        self.recovering = True
        #: Refuses the credentials of a call.
        self.check: Callable[[Any], None] = lambda context: None
        self.open_refusal: Optional[Callable[[grpc.ServicerContext], None]] = None
        self.renew_refusal: Optional[Callable[[grpc.ServicerContext], None]] = None
        #: Given, a KeepAlive, or a continuing Lookup, is not answered.
        self.silent = threading.Event()
        self.keeps_waiting = threading.Event()
        #: Given, watches end as when a server stops.
        self.stops = threading.Event()
        #: Seconds that a Lookup, or a Release or a continuing Lookup takes.
        self.slow = 0.0
        self.slow_release = 0.0
        self.at_once = 0
        self._in_hand = 0
        self._server = grpc.server(futures.ThreadPoolExecutor(64), options=[("grpc.so_reuseport", 0)])
        datastore_grpc.add_DatastoreServiceServicer_to_server(self, self._server)
        session_grpc.add_SessionServiceServicer_to_server(self, self._server)
        if credentials is None:
            port = self._server.add_insecure_port("127.0.0.1:0")
        else:
            port = self._server.add_secure_port("127.0.0.1:0", credentials)
        self.target = f"127.0.0.1:{port}"
        self._server.start()

    def stop(self) -> None:
        self._server.stop(0).wait()

    def go_away(self) -> None:
        """Refuses new connections and asks the others to end (GOAWAY); calls that are there are answered."""
        self._server.stop(10)

    def called(self, call: str) -> int:
        with self.lock:
            return self.calls.count(call)

    def held(self) -> int:
        with self.lock:
            return len(self.leases)

    def _note(self, call: str, context: grpc.ServicerContext) -> None:
        self.calls.append(call)
        self.peers[call.split(" ")[0]] = context.peer()
        self.check(context)

    def _wait_while(self, given: threading.Event, context: Any) -> None:
        while given.is_set() and context.is_active():
            time.sleep(0.005)

    def _takes(self, seconds: float) -> None:
        with self.lock:
            self._in_hand += 1
            self.at_once = max(self.at_once, self._in_hand)
        time.sleep(seconds)
        with self.lock:
            self._in_hand -= 1

    def OpenSession(self, request: Any, context: Any) -> Any:
        with self.lock:
            self._note(f"OpenSession {request.session_id}", context)
            if self.open_refusal is not None:
                self.calls.append("refused OpenSession")
                self.open_refusal(context)
            given = re.sub(":[a-z]{8}$", "", request.session_id) + self.life
            self.sessions[given] = True
        return session_service_pb2.OpenSessionResponse(session_id=given, ttl=seconds(self.ttl))

    def KeepAlive(self, request: Any, context: Any) -> Any:
        with self.lock:
            self._note("KeepAlive", context)
            if self.renew_refusal is not None:
                self.renew_refusal(context)
        self._wait_while(self.silent, context)
        with self.lock:
            self._know(request.session_id, context)
            return session_service_pb2.KeepAliveResponse(ttl=seconds(self.ttl), leases=len(self.leases))

    def CloseSession(self, request: Any, context: Any) -> Any:
        with self.lock:
            self._note(f"CloseSession {request.session_id}", context)
            if self.sessions.pop(request.session_id, None):
                self.leases.clear()
        return session_service_pb2.CloseSessionResponse(closed=True)

    def ListLeases(self, request: Any, context: Any) -> Any:
        with self.lock:
            held = [session_service_pb2.HeldLease(lease=lease_pb2.Lease(lease_id=one)) for one in self.leases]
        return session_service_pb2.ListLeasesResponse(leases=held)

    def Lookup(self, request: Any, context: Any) -> Any:
        kind = "continue" if request.held_fencing_token else "Lookup"
        with self.lock:
            self._note(f"{kind} {request.lease_id}", context)
            if kind == "continue":
                self.continued.append(request)
        if kind == "continue":
            self._wait_while(self.keeps_waiting, context)
        self._takes(self.slow_release if kind == "continue" else self.slow)
        with self.lock:
            if request.session_id:
                self._know(request.session_id, context)
            if request.operation != datastore_pb2.OPERATION_LOOKUP:
                self.leases.setdefault(request.lease_id, request.held_fencing_token or len(self.calls))
            lease = lease_pb2.Lease(
                lease_id=request.lease_id,
                fencing_token=self.leases.get(request.lease_id, 0),
                continuation=self.continuation,
            )
        datastore = datastore_pb2.Datastore(name=request.datastore, base_path="/mnt/d/" + request.datastore)
        return datastore_service_pb2.LookupResponse(datastore=datastore, lease=lease)

    def Release(self, request: Any, context: Any) -> Any:
        with self.lock:
            self._note(f"Release {request.lease_id}", context)
        self._takes(self.slow_release)
        with self.lock:
            self.leases.pop(request.lease_id, None)
        return datastore_service_pb2.ReleaseResponse(released=True)

    def WatchGeneration(self, request: Any, context: Any) -> Any:
        with self.lock:
            self.watched.append(request)
            self.check(context)
        snapshot = datastore_service_pb2.WatchSnapshot(reason=datastore_service_pb2.SNAPSHOT_REASON_REQUESTED)
        revision = datastore_pb2.Revision(incarnation="0123456789abcdef", generation=5)
        yield datastore_service_pb2.WatchGenerationResponse(snapshot=snapshot, revision=revision)
        for change in self.changes_at_once:
            yield datastore_service_pb2.WatchGenerationResponse(change=change, revision=revision)
        while context.is_active():
            time.sleep(0.02)
            if self.stops.is_set():
                refuse(context, grpc.StatusCode.UNAVAILABLE, "NOT_READY", {})
            self.check(context)

    def _know(self, session_id: str, context: Any) -> None:
        if session_id not in self.sessions:
            recovering = "true" if self.recovering else "false"
            refuse(context, grpc.StatusCode.NOT_FOUND, "SESSION_NOT_FOUND", {"recovering": recovering})


def seconds(time: float) -> duration_pb2.Duration:
    duration = duration_pb2.Duration()
    duration.FromMilliseconds(int(time * 1000))
    return duration


def refuse(context: Any, code: grpc.StatusCode, reason: str, metadata: Dict[str, str]) -> None:
    info = any_pb2.Any()
    info.Pack(error_details_pb2.ErrorInfo(reason=reason, domain="datastored", metadata=metadata))
    status = status_pb2.Status(code=code.value[0], message="refused by the fake", details=[info])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, status.message)


class Still:
    """A way to a server that stands still while somebody has its lock, as a server does that is stopped."""

    def __init__(self, target: str) -> None:
        self.moves = threading.Lock()
        self._to = target.rsplit(":", 1)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: List[socket.socket] = []
        self.target = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
                there = socket.create_connection((self._to[0], int(self._to[1])))
            except OSError:
                return
            self._open += [here, there]
            for a, b in ((here, there), (there, here)):
                threading.Thread(target=self._copy, args=(a, b), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while True:
                data = source.recv(65536)
                with self.moves:
                    pass
                if not data:
                    break
                sink.sendall(data)
        except OSError:
            pass
        source.close()
        sink.close()


def until(what: str, holds: Callable[[], bool], patience: float = 20.0) -> None:
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"waited for {patience:g} s: {what}")
        time.sleep(0.005)
