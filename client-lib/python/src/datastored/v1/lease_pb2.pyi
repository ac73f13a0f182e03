import datetime

from datastored.v1 import datastore_pb2 as _datastore_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Lease(_message.Message):
    __slots__ = ("lease_id", "datastore", "operation", "fencing_token", "session_id", "ttl", "continuation")
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    FENCING_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    CONTINUATION_FIELD_NUMBER: _ClassVar[int]
    lease_id: str
    datastore: str
    operation: _datastore_pb2.Operation
    fencing_token: int
    session_id: str
    ttl: _duration_pb2.Duration
    continuation: str
    def __init__(self, lease_id: _Optional[str] = ..., datastore: _Optional[str] = ..., operation: _Optional[_Union[_datastore_pb2.Operation, str]] = ..., fencing_token: _Optional[int] = ..., session_id: _Optional[str] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., continuation: _Optional[str] = ...) -> None: ...

class Holder(_message.Message):
    __slots__ = ("client", "host", "pid", "version", "peer", "principal")
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PEER_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    client: str
    host: str
    pid: int
    version: str
    peer: str
    principal: str
    def __init__(self, client: _Optional[str] = ..., host: _Optional[str] = ..., pid: _Optional[int] = ..., version: _Optional[str] = ..., peer: _Optional[str] = ..., principal: _Optional[str] = ...) -> None: ...
