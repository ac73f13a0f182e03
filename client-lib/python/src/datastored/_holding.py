"""A holding is one ask for a lease, repeated until the server has answered or the time is over."""

from __future__ import annotations

from typing import Optional

import grpc

from datastored.v1 import datastore_service_pb2

from ._held import Held
from ._keeper import Keeper
from ._patience import Patience
from .errors import ClientClosed
from .lease import Lease
from .values import Datastore, Operation, Revision


class Holding:
    """Confined to the thread of its caller.

    An exception may come at any point of it, for a signal handler may raise one. So what is asked for is known to the keeper before
    the question is sent, and whatever ends the asking without a lease gives it back: the server may count what nobody was told of.
    """

    def __init__(
        self, keeper: Keeper, name: str, operation: Operation, purpose: str, at_least: Optional[Revision]
    ) -> None:
        self._keeper = keeper
        self._operation = operation
        self._request = datastore_service_pb2.LookupRequest(
            datastore=name,
            operation=operation.value,
            at_least=at_least.message() if at_least is not None else None,
            purpose=purpose,
        )

    def lease(self, patience: Patience) -> Lease:
        held: Optional[Held] = None
        uncertain = False
        try:
            while True:
                standing = self._keeper.await_session(patience)
                if held is None or held.session is not standing.session:
                    # The lease of an earlier ask ends with the session that it was asked for; its id is of no use here.
                    if held is not None:
                        self._keeper.give_back(held)
                    held = Held(standing.session, self._request.datastore, self._operation, self._request.purpose)
                    self._keeper.ask(held)
                    self._request.lease_id = held.lease_id
                    uncertain = False
                self._request.session_id = standing.session_id
                calls = standing.calls
                try:
                    # A lease is granted under the session of the server that is asked.
                    answer = calls.lookup(self._request, timeout=patience.left())
                except (grpc.RpcError, ValueError) as e:
                    if calls.left:
                        uncertain = True
                        continue  # The same ask at the next server, with the same lease id.
                    if not isinstance(e, grpc.RpcError):  # gRPC's word for a channel that was closed meanwhile
                        raise ClientClosed("the client is closed") from None
                    failure = self._keeper.met(calls, e)
                else:
                    if self._keeper.granted(held, standing, answer):
                        return Lease(self._keeper, held, Datastore.of(answer.datastore), Revision.of(answer.revision))
                    self._keeper.give_back(held)
                    held = None
                    continue
                if failure.reason == "SESSION_NOT_FOUND":
                    self._keeper.session_unknown(standing, failure)
                    patience.note(failure)
                    patience.pause()
                    continue
                if failure.refusal is not None and not failure.transient and not uncertain and failure.reason != "LEASE_ENDED":
                    self._keeper.never_granted(held)
                    held = None
                uncertain = uncertain or failure.refusal is None
                patience.meet(failure)
        except BaseException:
            if held is not None:
                self._keeper.give_back(held)
            raise
