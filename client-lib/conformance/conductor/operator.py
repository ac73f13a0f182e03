"""An operator does what no client does: changes datastores, drains them, looks who holds what, and makes trouble."""

from __future__ import annotations

import queue
import threading
import time
from typing import Any, Callable, Dict, List

import grpc
from google.protobuf import duration_pb2, field_mask_pb2

from datastored.v1 import (
    datastore_config_service_pb2 as config,
    datastore_config_service_pb2_grpc as config_grpc,
    datastore_pb2,
    maintenance_service_pb2 as maintenance,
    maintenance_service_pb2_grpc as maintenance_grpc,
    session_service_pb2 as session,
    session_service_pb2_grpc as session_grpc,
)

from . import contract
from .pattern import Memory, mismatch

_CALL = 20.0
_LOOK = 0.02


class Wrong(Exception):
    """What the operator saw is not what the scenario says."""


class Operator:
    """Talks to the server directly, past the proxy. Confined to the thread of its stage, but for one thread per drain."""

    def __init__(self, port: int) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._config = config_grpc.DatastoreConfigServiceStub(self._channel)
        self._maintenance = maintenance_grpc.MaintenanceServiceStub(self._channel)
        self._sessions = session_grpc.SessionServiceStub(self._channel)
        self._drains: Dict[str, "queue.Queue[str]"] = {}

    def close(self) -> None:
        self._channel.close()

    def create(self, datastore: str, path: str, comment: str) -> Dict[str, Any]:
        settings = datastore_pb2.DatastoreSettings(path=path, comment=comment)
        made = datastore_pb2.Datastore(name=datastore, settings=settings)
        answer = self._config.CreateDatastore(config.CreateDatastoreRequest(datastore=made), timeout=_CALL)
        return _revision(answer.revision)

    def comment(self, datastore: str, comment: str) -> Dict[str, Any]:
        changed = datastore_pb2.Datastore(name=datastore, settings=datastore_pb2.DatastoreSettings(comment=comment))
        mask = field_mask_pb2.FieldMask(paths=["comment"])
        request = config.UpdateDatastoreRequest(datastore=changed, update_mask=mask)
        return _revision(self._config.UpdateDatastore(request, timeout=_CALL).revision)

    def set_mode(self, datastore: str, mode: str, message: str) -> Dict[str, Any]:
        number = datastore_pb2.MaintenanceMode.Value(f"MAINTENANCE_MODE_{mode}")
        request = maintenance.SetMaintenanceModeRequest(datastore=datastore, mode=number, message=message)
        return _revision(self._maintenance.SetMaintenanceMode(request, timeout=_CALL).revision)

    def delete(self, datastore: str) -> Dict[str, Any]:
        """To be called in mode DELETE. Waits until it is drained."""
        self.drain(datastore, force=False)
        self.await_drain(datastore, "DRAINED", _CALL)
        answer = self._config.DeleteDatastore(config.DeleteDatastoreRequest(name=datastore), timeout=_CALL)
        return _revision(answer.revision)

    def drain(self, datastore: str, force: bool) -> None:
        """Begins a drain; what it tells is kept."""
        request = maintenance.DrainRequest(datastore=datastore, force=force, timeout=duration_pb2.Duration(seconds=60))
        states: "queue.Queue[str]" = queue.Queue()
        self._drains[datastore] = states
        messages = self._maintenance.Drain(request)

        def listen() -> None:
            try:
                for message in messages:
                    states.put(maintenance.DrainState.Name(message.state)[len("DRAIN_STATE_") :])
            except grpc.RpcError as e:
                states.put(str(contract.reason_of(e) or e.code()))

        threading.Thread(target=listen, daemon=True).start()

    def await_drain(self, datastore: str, state: str, timeout: float) -> None:
        """Waits until the drain tells a state; DRAINING may come before."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                told = self._drains[datastore].get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise Wrong(f"the drain of {datastore} is not {state} within {timeout:g} s") from None
            if told == state:
                return
            if told != "DRAINING":
                raise Wrong(f"the drain of {datastore} is {told} instead of {state}")

    def await_leases(self, datastore: str, pattern: Any, memory: Memory, timeout: float) -> None:
        """Waits until the leases on a datastore match."""

        def look() -> List[Dict[str, Any]]:
            request = session.ListLeasesRequest(datastore=datastore)
            return [_lease(held) for held in self._sessions.ListLeases(request, timeout=_CALL).leases]

        _await(look, pattern, memory, timeout, f"leases on {datastore}")

    def await_datastore(self, name: str, timeout: float) -> None:
        """Waits until an edit of the file that made a datastore is served."""

        def look() -> List[str]:
            try:
                answer = self._config.GetDatastore(config.GetDatastoreRequest(name=name), timeout=_CALL)
                return [answer.datastore.name]
            except grpc.RpcError as e:
                if e.code() != grpc.StatusCode.NOT_FOUND:
                    raise
                return []

        _await(look, [name], {}, timeout, f"datastore {name}")

    def has_session(self, session_id: str) -> bool:
        live = self._sessions.ListSessions(session.ListSessionsRequest(), timeout=_CALL).sessions
        return any(one.session_id == session_id for one in live)

    def await_sessions(self, session_id: str, pattern: Any, memory: Memory, timeout: float) -> None:
        """Waits until the sessions of an id (none, or one) match."""

        def look() -> List[Dict[str, Any]]:
            live = self._sessions.ListSessions(session.ListSessionsRequest(), timeout=_CALL).sessions
            return [
                {"session_id": one.session_id, "client": one.holder.client, "leases": one.leases}
                for one in live
                if one.session_id == session_id
            ]

        _await(look, pattern, memory, timeout, f"sessions {session_id}")


def _await(look: Callable[[], Any], pattern: Any, memory: Memory, timeout: float, what: str) -> None:
    deadline = time.monotonic() + timeout
    while True:
        wrong = mismatch(pattern, look(), memory, what)
        if wrong is None:
            return
        if time.monotonic() >= deadline:
            raise Wrong(f"{wrong} after {timeout:g} s")
        time.sleep(_LOOK)


def _revision(revision: datastore_pb2.Revision) -> Dict[str, Any]:
    return {"incarnation": revision.incarnation, "generation": revision.generation}


def _lease(held: session.HeldLease) -> Dict[str, Any]:
    return {
        "lease_id": held.lease.lease_id,
        "fencing_token": held.lease.fencing_token,
        "operation": datastore_pb2.Operation.Name(held.lease.operation)[len("OPERATION_") :],
        "session_id": held.lease.session_id,
        "client": held.holder.client,
        "purpose": held.purpose,
        "age_ms": held.age.ToMilliseconds(),
    }
