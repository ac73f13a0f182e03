"""The runner of client-lib/conformance: does one step per line of input with the library, and answers it on one line."""

from __future__ import annotations

import json
import queue
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Optional

from datastored import Client, Datastore, DatastoredError, Frame, Lease, Operation, Refused, Revision, Watch

_TIMEOUT_MS = 5000
_THREADS = 64


class Follower:
    """A watch that is read by a thread, as programs do."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.frames: "queue.Queue[Any]" = queue.Queue()
        self.first: "queue.Queue[Any]" = queue.Queue()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        told = False
        try:
            for frame in self.watch:
                if not told:
                    told = True
                    self.first.put(frame)
                self.frames.put(frame)
        except DatastoredError as e:
            self.first.put(e)
            self.frames.put(e)


class GivenUp(BaseException):
    """As programs give up: by the exception of a signal handler."""


def _give_up(*_: Any) -> None:
    raise GivenUp()


class Runner:
    def __init__(self) -> None:
        self._client: Optional[Client] = None
        self._leases: Dict[str, Lease] = {}
        self._many: Dict[str, List[Lease]] = {}
        self._lost: Dict[str, "queue.Queue[str]"] = {}
        self._followers: Dict[str, Follower] = {}
        self._executed: List[str] = []

    def answer(self, step: Dict[str, Any]) -> Dict[str, Any]:
        self._executed.append(step["id"])
        try:
            ok = getattr(self, "_" + step["do"])(step, step.get("timeout_ms", _TIMEOUT_MS) / 1000)
        except Refused as e:
            return {"id": step["id"], "refused": {"reason": e.reason, "code": e.code, "metadata": e.metadata}}
        except Exception as e:
            return {"id": step["id"], "error": f"{type(e).__name__}: {e}"}
        return {"id": step["id"], "ok": ok}

    def _connect(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        self._close(step, timeout)
        self._leases, self._lost, self._many = {}, {}, {}
        client = Client(step["target"], name=step["client"], ttl=step["ttl_ms"] / 1000)
        try:
            client.open(timeout)
        except BaseException:
            client.close()
            raise
        self._client = client
        return {"session_id": self._client.session_id, "ttl_ms": round(self._client.session_ttl * 1000)}

    def _lookup(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        at_least = step.get("at_least")
        revision = Revision(at_least["incarnation"], at_least["generation"]) if at_least else None
        found = self._connected().lookup(step["datastore"], at_least=revision, timeout=timeout)
        return {"datastore": _datastore(found.datastore), "revision": found.revision._asdict()}

    def _hold(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        operation = Operation[step["operation"]]
        signal.signal(signal.SIGALRM, _give_up)
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, step.get("give_up_after_ms", 0) / 1000)
                lease = self._connected().hold(step["datastore"], operation, purpose=step.get("purpose", ""), timeout=timeout)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)  # which may be interrupted too
        except GivenUp:
            return {"gave_up": True}
        lost: "queue.Queue[str]" = queue.Queue()
        lease.on_lost(lost.put)
        self._leases[step["as"]] = lease
        self._lost[step["as"]] = lost
        return {
            "lease_id": lease.lease_id,
            "fencing_token": lease.fencing_token,
            "datastore": _datastore(lease.datastore),
            "revision": lease.revision._asdict(),
        }

    def _release(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        self._leases[step["as"]].release(timeout)
        return {}

    def _lease(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        lease = self._leases[step["as"]]
        return {"alive": lease.alive, "fencing_token": lease.fencing_token}

    def _await_lost(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        # By the callback, which also shows that it is called.
        return {"cause": self._lost[step["as"]].get(timeout=timeout)}

    def _watch(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        follower = Follower(self._connected().watch(bookmarks=True))
        self._followers[step["as"]] = follower
        first = follower.first.get(timeout=timeout)
        if isinstance(first, DatastoredError):
            raise first
        return {"revision": first.revision._asdict()}

    def _next(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        while True:
            frame = self._followers[step["as"]].frames.get(timeout=timeout)
            if isinstance(frame, DatastoredError):
                raise frame
            if frame.kind != "bookmark" or step.get("bookmarks"):
                return _frame(frame)

    def _close(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        if self._client is not None:
            self._client.close(timeout)
        self._client = None
        self._followers = {}
        return {}

    def _load(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        client, begin, rate = self._connected(), time.monotonic(), step["rate"]
        failures: List[str] = []

        def ask(number: int) -> None:
            if rate:
                time.sleep(max(0.0, begin + number / rate - time.monotonic()))
            try:
                client.lookup(step["datastore"], timeout=step["call_timeout_ms"] / 1000)
            except DatastoredError as e:
                failures.append(f"{type(e).__name__}: {e}")

        with ThreadPoolExecutor(_THREADS) as threads:
            list(threads.map(ask, range(step["count"])))
        return {"answered": step["count"] - len(failures), "failed": len(failures), "failure": failures[0] if failures else ""}

    def _hold_many(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        client, operation = self._connected(), Operation[step["operation"]]

        def hold(number: int) -> Lease:
            return client.hold(f"{step['prefix']}{number}", operation, purpose=step.get("purpose", ""), timeout=timeout)

        with ThreadPoolExecutor(_THREADS) as threads:
            self._many[step["as"]] = list(threads.map(hold, range(step["count"])))
        return {"held": len(self._many[step["as"]])}

    def _count_alive(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        return {"alive": sum(lease.alive for lease in self._many[step["as"]])}

    def _bye(self, step: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        self._close(step, timeout)
        return {"executed": self._executed}

    def _connected(self) -> Client:
        if self._client is None:
            raise ValueError("not connected")
        return self._client


def _datastore(datastore: Datastore) -> Dict[str, Any]:
    return {
        "name": datastore.name,
        "etag": datastore.etag,
        "generation": datastore.generation,
        "mode": datastore.mode.name,
        "message": datastore.message,
        "path": datastore.path,
        "comment": datastore.comment,
    }


def _frame(frame: Frame) -> Dict[str, Any]:
    told: Dict[str, Any] = {
        "kind": frame.kind,
        "changed": [_datastore(one) for one in frame.changed],
        "removed": list(frame.removed),
        "generations": frame.generations,
        "revision": frame.revision._asdict(),
    }
    if frame.kind == "snapshot":
        told["reason"] = frame.reason
    return told


def main() -> None:
    runner = Runner()
    for line in sys.stdin:
        step = json.loads(line)
        print(json.dumps(runner.answer(step)), flush=True)
        if step["do"] == "bye":
            return
    runner.answer({"id": "~end", "do": "close"})


main()
