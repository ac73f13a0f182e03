import datetime

from datastored.v1 import datastore_pb2 as _datastore_pb2
from datastored.v1 import datastore_service_pb2 as _datastore_service_pb2
from datastored.v1 import session_service_pb2 as _session_service_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DrainState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DRAIN_STATE_UNSPECIFIED: _ClassVar[DrainState]
    DRAIN_STATE_DRAINING: _ClassVar[DrainState]
    DRAIN_STATE_DRAINED: _ClassVar[DrainState]
    DRAIN_STATE_ABORTED: _ClassVar[DrainState]
    DRAIN_STATE_TIMED_OUT: _ClassVar[DrainState]

class AwaitedReplicaReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AWAITED_REPLICA_REASON_UNSPECIFIED: _ClassVar[AwaitedReplicaReason]
    AWAITED_REPLICA_REASON_NOT_APPLIED: _ClassVar[AwaitedReplicaReason]
    AWAITED_REPLICA_REASON_SILENT: _ClassVar[AwaitedReplicaReason]
    AWAITED_REPLICA_REASON_IN_USE: _ClassVar[AwaitedReplicaReason]
DRAIN_STATE_UNSPECIFIED: DrainState
DRAIN_STATE_DRAINING: DrainState
DRAIN_STATE_DRAINED: DrainState
DRAIN_STATE_ABORTED: DrainState
DRAIN_STATE_TIMED_OUT: DrainState
AWAITED_REPLICA_REASON_UNSPECIFIED: AwaitedReplicaReason
AWAITED_REPLICA_REASON_NOT_APPLIED: AwaitedReplicaReason
AWAITED_REPLICA_REASON_SILENT: AwaitedReplicaReason
AWAITED_REPLICA_REASON_IN_USE: AwaitedReplicaReason

class SetMaintenanceModeRequest(_message.Message):
    __slots__ = ("datastore", "mode", "message", "expected_end", "etag", "validate_only")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_END_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    datastore: str
    mode: _datastore_pb2.MaintenanceMode
    message: str
    expected_end: _timestamp_pb2.Timestamp
    etag: str
    validate_only: bool
    def __init__(self, datastore: _Optional[str] = ..., mode: _Optional[_Union[_datastore_pb2.MaintenanceMode, str]] = ..., message: _Optional[str] = ..., expected_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., validate_only: bool = ...) -> None: ...

class SetMaintenanceModeResponse(_message.Message):
    __slots__ = ("datastore", "revision", "previous", "progress")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    datastore: _datastore_pb2.Datastore
    revision: _datastore_pb2.Revision
    previous: _datastore_pb2.Maintenance
    progress: DrainProgress
    def __init__(self, datastore: _Optional[_Union[_datastore_pb2.Datastore, _Mapping]] = ..., revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., previous: _Optional[_Union[_datastore_pb2.Maintenance, _Mapping]] = ..., progress: _Optional[_Union[DrainProgress, _Mapping]] = ...) -> None: ...

class DrainRequest(_message.Message):
    __slots__ = ("datastore", "etag", "timeout", "force", "ignore_pbs")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    IGNORE_PBS_FIELD_NUMBER: _ClassVar[int]
    datastore: str
    etag: str
    timeout: _duration_pb2.Duration
    force: bool
    ignore_pbs: bool
    def __init__(self, datastore: _Optional[str] = ..., etag: _Optional[str] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., force: bool = ..., ignore_pbs: bool = ...) -> None: ...

class DrainResponse(_message.Message):
    __slots__ = ("state", "revision", "maintenance", "progress", "elapsed")
    STATE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    MAINTENANCE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    state: DrainState
    revision: _datastore_pb2.Revision
    maintenance: _datastore_pb2.Maintenance
    progress: DrainProgress
    elapsed: _duration_pb2.Duration
    def __init__(self, state: _Optional[_Union[DrainState, str]] = ..., revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., maintenance: _Optional[_Union[_datastore_pb2.Maintenance, _Mapping]] = ..., progress: _Optional[_Union[DrainProgress, _Mapping]] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class DrainProgress(_message.Message):
    __slots__ = ("operations", "leases", "sessions", "recovery_left", "bound", "blockers", "forced_leases", "trouble", "pbs_ignored", "replicas")
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    LEASES_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    RECOVERY_LEFT_FIELD_NUMBER: _ClassVar[int]
    BOUND_FIELD_NUMBER: _ClassVar[int]
    BLOCKERS_FIELD_NUMBER: _ClassVar[int]
    FORCED_LEASES_FIELD_NUMBER: _ClassVar[int]
    TROUBLE_FIELD_NUMBER: _ClassVar[int]
    PBS_IGNORED_FIELD_NUMBER: _ClassVar[int]
    REPLICAS_FIELD_NUMBER: _ClassVar[int]
    operations: _datastore_service_pb2.OperationCounts
    leases: int
    sessions: int
    recovery_left: _duration_pb2.Duration
    bound: _duration_pb2.Duration
    blockers: _containers.RepeatedCompositeFieldContainer[Blocker]
    forced_leases: int
    trouble: str
    pbs_ignored: bool
    replicas: _containers.RepeatedCompositeFieldContainer[AwaitedReplica]
    def __init__(self, operations: _Optional[_Union[_datastore_service_pb2.OperationCounts, _Mapping]] = ..., leases: _Optional[int] = ..., sessions: _Optional[int] = ..., recovery_left: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., bound: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., blockers: _Optional[_Iterable[_Union[Blocker, _Mapping]]] = ..., forced_leases: _Optional[int] = ..., trouble: _Optional[str] = ..., pbs_ignored: bool = ..., replicas: _Optional[_Iterable[_Union[AwaitedReplica, _Mapping]]] = ...) -> None: ...

class AwaitedReplica(_message.Message):
    __slots__ = ("name", "life", "reason", "operations", "sessions", "left", "open")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LIFE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    name: str
    life: str
    reason: AwaitedReplicaReason
    operations: _datastore_service_pb2.OperationCounts
    sessions: int
    left: _duration_pb2.Duration
    open: int
    def __init__(self, name: _Optional[str] = ..., life: _Optional[str] = ..., reason: _Optional[_Union[AwaitedReplicaReason, str]] = ..., operations: _Optional[_Union[_datastore_service_pb2.OperationCounts, _Mapping]] = ..., sessions: _Optional[int] = ..., left: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., open: _Optional[int] = ...) -> None: ...

class Blocker(_message.Message):
    __slots__ = ("lease", "session", "process", "unseen", "replica")
    LEASE_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    UNSEEN_FIELD_NUMBER: _ClassVar[int]
    REPLICA_FIELD_NUMBER: _ClassVar[int]
    lease: _session_service_pb2.HeldLease
    session: _session_service_pb2.Session
    process: _datastore_service_pb2.LocalProcess
    unseen: UnseenOperations
    replica: AwaitedReplica
    def __init__(self, lease: _Optional[_Union[_session_service_pb2.HeldLease, _Mapping]] = ..., session: _Optional[_Union[_session_service_pb2.Session, _Mapping]] = ..., process: _Optional[_Union[_datastore_service_pb2.LocalProcess, _Mapping]] = ..., unseen: _Optional[_Union[UnseenOperations, _Mapping]] = ..., replica: _Optional[_Union[AwaitedReplica, _Mapping]] = ...) -> None: ...

class UnseenOperations(_message.Message):
    __slots__ = ("program", "detail")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    program: str
    detail: str
    def __init__(self, program: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...
