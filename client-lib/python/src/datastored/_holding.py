"""A holding is one ask for a lease, repeated until the server has answered or the time is over."""

from __future__ import annotations

import threading
import uuid
from typing import Optional

import grpc

from datastored.v1 import datastore_service_pb2

from ._calls import Calls
from ._holdings import Standing
from ._keeper import Keeper
from ._time import Backoff, Clock
from .errors import ClientClosed, Failure
from .lease import Lease
from .values import Datastore, Operation, Revision

#: A line that has died silently costs one attempt, not all of the caller's time.
_SHORTEST_ATTEMPT = 2.0


class Holding:
    """Confined to the thread of its caller."""

    def __init__(
        self,
        calls: Calls,
        keeper: Keeper,
        clock: Clock,
        name: str,
        operation: Operation,
        purpose: str,
        at_least: Optional[Revision],
    ) -> None:
        self._calls = calls
        self._keeper = keeper
        self._clock = clock
        self._operation = operation
        self._request = datastore_service_pb2.LookupRequest(
            datastore=name,
            operation=operation.value,
            at_least=at_least.message() if at_least is not None else None,
            purpose=purpose,
        )
        self._backoff = Backoff()

    def lease(self, timeout: float) -> Lease:
        deadline = self._clock() + timeout
        asked = False
        try:
            while True:
                standing = self._keeper.await_session(deadline)
                if standing.session_id != self._request.session_id:
                    # The lease of an earlier ask ends with the session that it was asked for; its id is of no use here.
                    self._abandon(asked)
                    asked = False
                    self._request.session_id = standing.session_id
                    self._request.lease_id = str(uuid.uuid4())
                asked = True
                lease = self._attempt(standing, deadline)
                if lease is not None:
                    return lease
        except BaseException:
            # The server may count what nobody was told of.
            self._abandon(asked)
            raise

    def _attempt(self, standing: Standing, deadline: float) -> Optional[Lease]:
        left = deadline - self._clock()
        # A server that waits for `at_least` is given all the time.
        limit = left if self._request.HasField("at_least") else min(left, max(standing.ttl / 2, _SHORTEST_ATTEMPT))
        self._keeper.begin_ask()
        try:
            answer = self._calls.lookup(self._request, timeout=max(0.001, limit))
            lease = self._of(answer)
            return lease if self._keeper.granted(lease, standing) else None
        except grpc.RpcError as e:
            failure = Failure(e)
        except ValueError:  # gRPC's word for a channel that was closed meanwhile
            raise ClientClosed("the client is closed") from None
        finally:
            self._keeper.end_ask()
        if failure.reason == "SESSION_NOT_FOUND":
            self._keeper.session_unknown(standing, failure)
            return None
        if not failure.transient:
            raise failure.error()
        wait = self._backoff.next(failure.retry_after)
        if self._clock() + wait >= deadline:
            raise failure.error()
        threading.Event().wait(wait)
        return None

    def _of(self, answer: datastore_service_pb2.LookupResponse) -> Lease:
        return Lease(
            self._keeper,
            answer.lease.lease_id,
            answer.lease.fencing_token,
            self._operation,
            Datastore.of(answer.datastore),
            Revision.of(answer.revision),
            self._request.purpose,
        )

    def _abandon(self, asked: bool) -> None:
        if asked:
            self._keeper.give_back(self._request.lease_id)
