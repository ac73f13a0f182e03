"""What can go wrong."""

from __future__ import annotations

from typing import Dict, Optional

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

_DETAILS = "grpc-status-details-bin"
_DOMAIN = "datastored"

#: Codes of a call that may have reached the server or not: repeating it is the way to find out.
_TRANSIENT = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.ABORTED,
    }
)


class DatastoredError(Exception):
    """Anything that this library raises about a server."""


class Refused(DatastoredError):
    """The server has answered no. `reason` is a name of ErrorReason in error_reason.proto, which tells the keys of `metadata` too;
    the text is for people only."""

    def __init__(self, reason: str, code: str, metadata: Dict[str, str], retry_after: Optional[float], message: str) -> None:
        super().__init__(message)
        self.reason = reason
        #: Name of the gRPC status code, for example FAILED_PRECONDITION.
        self.code = code
        self.metadata = metadata
        #: Seconds after which the server wants to be asked again; None when it does not say.
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.reason} ({self.code}): {self.args[0]}"


class Unanswered(DatastoredError, TimeoutError):
    """Nobody has answered in time. Whether the server has heard the question is not known."""


class Unreachable(DatastoredError, ConnectionError):
    """No datastored server can be used at the target, and waiting does not change that: unknown host, a certificate that is not
    trusted, a refused identity, another kind of server. Raised at once."""


class LeaseLost(DatastoredError):
    """The lease is not good any more: stop what it was for."""

    def __init__(self, lease_id: str, cause: str) -> None:
        super().__init__(f"lease {lease_id} is lost: {cause}")
        self.cause = cause


class ClientClosed(DatastoredError):
    """The client has been closed, or was never opened."""


class Failure:
    """A failure is what came of a call instead of an answer. Immutable."""

    def __init__(self, error: grpc.RpcError, lasting: str = "", accepted: bool = False) -> None:
        self.code: grpc.StatusCode = error.code()
        #: Whether the server has accepted the credentials of this client before.
        self._accepted = accepted
        #: What was found to stand in the way of the connection, when it does not pass by itself.
        self._lasting = lasting
        self.text: str = lasting or error.details() or self.code.name
        self.refusal = _refusal(error, self.code, self.text)

    @property
    def reason(self) -> str:
        """The server's reason; empty when the failure is not the server's."""
        return self.refusal.reason if self.refusal is not None else ""

    @property
    def transient(self) -> bool:
        """Whether the same question may be answered later. Credentials that were accepted and are not any more have run out: there may
        be fresh ones for the next attempt."""
        if self.code is grpc.StatusCode.UNAUTHENTICATED:
            return self._accepted
        if self.refusal is not None:
            return self.code is grpc.StatusCode.UNAVAILABLE
        return self.code in _TRANSIENT and not self._lasting

    @property
    def is_silence(self) -> bool:
        """Whether it says no more than that there was no answer."""
        return self.refusal is None and self.code in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)

    @property
    def is_lasting(self) -> bool:
        """Whether no further attempt at the same server can help, though it has not refused anything."""
        return self.refusal is None and not self.transient

    @property
    def is_gone(self) -> bool:
        """Whether the server was not reached, has ended the connection, or has not answered in time."""
        unanswered = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
        return self.refusal is None and self.code in unanswered

    @property
    def retry_after(self) -> float:
        return (self.refusal.retry_after or 0.0) if self.refusal is not None else 0.0

    def error(self) -> DatastoredError:
        """To be raised when it is not worth another try."""
        if self.refusal is not None:
            return self.refusal
        if self.transient:
            return Unanswered(self.text)
        if self._lasting:
            return Unreachable(self.text)
        return Unreachable(f"{self.code.name}: {self.text}")


def _refusal(error: grpc.RpcError, code: grpc.StatusCode, text: str) -> Optional[Refused]:
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS:
            try:
                status = status_pb2.Status.FromString(value)
            except DecodeError:
                return None
            return _read(status, code, text)
    return None


def _read(status: status_pb2.Status, code: grpc.StatusCode, text: str) -> Optional[Refused]:
    info = error_details_pb2.ErrorInfo()
    retry = error_details_pb2.RetryInfo()
    retry_after: Optional[float] = None
    found = False
    for details in status.details:
        if details.Is(info.DESCRIPTOR):
            details.Unpack(info)
            found = info.domain == _DOMAIN
        elif details.Unpack(retry):
            retry_after = retry.retry_delay.ToTimedelta().total_seconds()
    return Refused(info.reason, code.name, dict(info.metadata), retry_after, text) if found else None
