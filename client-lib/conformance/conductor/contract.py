"""The contract is what the conductor knows of the protos: which message each method answers, and the error reasons."""

from __future__ import annotations

from typing import Any, Dict, Optional

import grpc
from google.protobuf import any_pb2, json_format, message_factory
from google.rpc import error_details_pb2, status_pb2

from datastored.v1 import (
    datastore_config_service_pb2,
    datastore_service_pb2,
    maintenance_service_pb2,
    session_service_pb2,
)

_FILES = (
    datastore_service_pb2,
    session_service_pb2,
    maintenance_service_pb2,
    datastore_config_service_pb2,
)
_METHODS = {
    method.name: method
    for file in _FILES
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
STREAMS = frozenset(name for name, method in _METHODS.items() if method.server_streaming)
DETAILS = "grpc-status-details-bin"


def answer_of(method: str) -> Any:
    """An empty answer of a method."""
    return message_factory.GetMessageClass(_METHODS[method].output_type)()


def request_of(method: str) -> Any:
    """An empty request of a method."""
    return message_factory.GetMessageClass(_METHODS[method].input_type)()


def as_json(message: Any) -> Dict[str, Any]:
    return json_format.MessageToDict(message)


def of_json(method: str, json: Dict[str, Any]) -> bytes:
    return json_format.ParseDict(json, answer_of(method)).SerializeToString()


def request_of_json(method: str, json: Dict[str, Any]) -> bytes:
    return json_format.ParseDict(json, request_of(method)).SerializeToString()


def refusal(reason: str, code: str, metadata: Dict[str, str]) -> status_pb2.Status:
    info = error_details_pb2.ErrorInfo(reason=reason, domain="datastored", metadata=metadata)
    details = any_pb2.Any()
    details.Pack(info)
    return status_pb2.Status(
        code=grpc.StatusCode[code].value[0], message="falsified by the conductor", details=[details]
    )


def reason_of(error: grpc.RpcError) -> Optional[str]:
    """The reason in a refusal; None when it is none of the server's."""
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS:
            for details in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if details.Unpack(info):
                    return info.reason
    return None
