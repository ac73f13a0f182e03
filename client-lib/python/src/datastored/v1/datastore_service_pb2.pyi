import datetime

from datastored.v1 import datastore_pb2 as _datastore_pb2
from datastored.v1 import lease_pb2 as _lease_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import error_details_pb2 as _error_details_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ServerState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SERVER_STATE_UNSPECIFIED: _ClassVar[ServerState]
    SERVER_STATE_STARTING: _ClassVar[ServerState]
    SERVER_STATE_RECOVERING: _ClassVar[ServerState]
    SERVER_STATE_SERVING: _ClassVar[ServerState]
    SERVER_STATE_STOPPING: _ClassVar[ServerState]

class ReplicaState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPLICA_STATE_UNSPECIFIED: _ClassVar[ReplicaState]
    REPLICA_STATE_HERE: _ClassVar[ReplicaState]
    REPLICA_STATE_SILENT: _ClassVar[ReplicaState]
    REPLICA_STATE_LEFT: _ClassVar[ReplicaState]

class EditDetection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EDIT_DETECTION_UNSPECIFIED: _ClassVar[EditDetection]
    EDIT_DETECTION_WATCH: _ClassVar[EditDetection]
    EDIT_DETECTION_PERIODIC: _ClassVar[EditDetection]

class TroubleCause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TROUBLE_CAUSE_UNSPECIFIED: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_CONFIGURATION: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_STATE: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_RUN_DIRECTORY: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_MOUNTS: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_BASE_PATH: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_TASK: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_CERTIFICATE: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_EDIT_DETECTION: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_HISTORY: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_SECOND_SERVER: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_NEIGHBOUR: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_LEASES: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_AUDIT: _ClassVar[TroubleCause]
    TROUBLE_CAUSE_ACCESS: _ClassVar[TroubleCause]

class SnapshotReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SNAPSHOT_REASON_UNSPECIFIED: _ClassVar[SnapshotReason]
    SNAPSHOT_REASON_REQUESTED: _ClassVar[SnapshotReason]
    SNAPSHOT_REASON_TOO_OLD: _ClassVar[SnapshotReason]
    SNAPSHOT_REASON_WRONG_INCARNATION: _ClassVar[SnapshotReason]
    SNAPSHOT_REASON_AHEAD: _ClassVar[SnapshotReason]
    SNAPSHOT_REASON_RIGHTS_CHANGED: _ClassVar[SnapshotReason]
SERVER_STATE_UNSPECIFIED: ServerState
SERVER_STATE_STARTING: ServerState
SERVER_STATE_RECOVERING: ServerState
SERVER_STATE_SERVING: ServerState
SERVER_STATE_STOPPING: ServerState
REPLICA_STATE_UNSPECIFIED: ReplicaState
REPLICA_STATE_HERE: ReplicaState
REPLICA_STATE_SILENT: ReplicaState
REPLICA_STATE_LEFT: ReplicaState
EDIT_DETECTION_UNSPECIFIED: EditDetection
EDIT_DETECTION_WATCH: EditDetection
EDIT_DETECTION_PERIODIC: EditDetection
TROUBLE_CAUSE_UNSPECIFIED: TroubleCause
TROUBLE_CAUSE_CONFIGURATION: TroubleCause
TROUBLE_CAUSE_STATE: TroubleCause
TROUBLE_CAUSE_RUN_DIRECTORY: TroubleCause
TROUBLE_CAUSE_MOUNTS: TroubleCause
TROUBLE_CAUSE_BASE_PATH: TroubleCause
TROUBLE_CAUSE_TASK: TroubleCause
TROUBLE_CAUSE_CERTIFICATE: TroubleCause
TROUBLE_CAUSE_EDIT_DETECTION: TroubleCause
TROUBLE_CAUSE_HISTORY: TroubleCause
TROUBLE_CAUSE_SECOND_SERVER: TroubleCause
TROUBLE_CAUSE_NEIGHBOUR: TroubleCause
TROUBLE_CAUSE_LEASES: TroubleCause
TROUBLE_CAUSE_AUDIT: TroubleCause
TROUBLE_CAUSE_ACCESS: TroubleCause
SNAPSHOT_REASON_UNSPECIFIED: SnapshotReason
SNAPSHOT_REASON_REQUESTED: SnapshotReason
SNAPSHOT_REASON_TOO_OLD: SnapshotReason
SNAPSHOT_REASON_WRONG_INCARNATION: SnapshotReason
SNAPSHOT_REASON_AHEAD: SnapshotReason
SNAPSHOT_REASON_RIGHTS_CHANGED: SnapshotReason

class LookupRequest(_message.Message):
    __slots__ = ("datastore", "operation", "session_id", "ttl", "lease_id", "known_etag", "at_least", "validate_only", "held_fencing_token", "purpose", "held_for", "continuation")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    KNOWN_ETAG_FIELD_NUMBER: _ClassVar[int]
    AT_LEAST_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    HELD_FENCING_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    HELD_FOR_FIELD_NUMBER: _ClassVar[int]
    CONTINUATION_FIELD_NUMBER: _ClassVar[int]
    datastore: str
    operation: _datastore_pb2.Operation
    session_id: str
    ttl: _duration_pb2.Duration
    lease_id: str
    known_etag: str
    at_least: _datastore_pb2.Revision
    validate_only: bool
    held_fencing_token: int
    purpose: str
    held_for: _duration_pb2.Duration
    continuation: str
    def __init__(self, datastore: _Optional[str] = ..., operation: _Optional[_Union[_datastore_pb2.Operation, str]] = ..., session_id: _Optional[str] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., lease_id: _Optional[str] = ..., known_etag: _Optional[str] = ..., at_least: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., validate_only: bool = ..., held_fencing_token: _Optional[int] = ..., purpose: _Optional[str] = ..., held_for: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., continuation: _Optional[str] = ...) -> None: ...

class LookupResponse(_message.Message):
    __slots__ = ("revision", "lease", "datastore", "unconfirmed")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    UNCONFIRMED_FIELD_NUMBER: _ClassVar[int]
    revision: _datastore_pb2.Revision
    lease: _lease_pb2.Lease
    datastore: _datastore_pb2.Datastore
    unconfirmed: _duration_pb2.Duration
    def __init__(self, revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., lease: _Optional[_Union[_lease_pb2.Lease, _Mapping]] = ..., datastore: _Optional[_Union[_datastore_pb2.Datastore, _Mapping]] = ..., unconfirmed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ReleaseRequest(_message.Message):
    __slots__ = ("lease_id",)
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    lease_id: str
    def __init__(self, lease_id: _Optional[str] = ...) -> None: ...

class ReleaseResponse(_message.Message):
    __slots__ = ("released",)
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    released: bool
    def __init__(self, released: bool = ...) -> None: ...

class StatusRequest(_message.Message):
    __slots__ = ("datastore", "view", "page_size", "page_token")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    datastore: str
    view: _datastore_pb2.DatastoreView
    page_size: int
    page_token: str
    def __init__(self, datastore: _Optional[str] = ..., view: _Optional[_Union[_datastore_pb2.DatastoreView, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class StatusResponse(_message.Message):
    __slots__ = ("revision", "server", "datastores", "next_page_token", "filtered")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SERVER_FIELD_NUMBER: _ClassVar[int]
    DATASTORES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FILTERED_FIELD_NUMBER: _ClassVar[int]
    revision: _datastore_pb2.Revision
    server: ServerStatus
    datastores: _containers.RepeatedCompositeFieldContainer[DatastoreStatus]
    next_page_token: str
    filtered: bool
    def __init__(self, revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., server: _Optional[_Union[ServerStatus, _Mapping]] = ..., datastores: _Optional[_Iterable[_Union[DatastoreStatus, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., filtered: bool = ...) -> None: ...

class ServerStatus(_message.Message):
    __slots__ = ("version", "state", "recovery_left", "uptime", "sessions", "leases", "watchers", "config_faults", "digest", "slowest_watchers", "troubles", "edit_detection", "digest_check", "certificate_expires", "access_digest", "limits", "replica", "replicas")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    RECOVERY_LEFT_FIELD_NUMBER: _ClassVar[int]
    UPTIME_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    LEASES_FIELD_NUMBER: _ClassVar[int]
    WATCHERS_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FAULTS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SLOWEST_WATCHERS_FIELD_NUMBER: _ClassVar[int]
    TROUBLES_FIELD_NUMBER: _ClassVar[int]
    EDIT_DETECTION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_CHECK_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_EXPIRES_FIELD_NUMBER: _ClassVar[int]
    ACCESS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    REPLICA_FIELD_NUMBER: _ClassVar[int]
    REPLICAS_FIELD_NUMBER: _ClassVar[int]
    version: str
    state: ServerState
    recovery_left: _duration_pb2.Duration
    uptime: _duration_pb2.Duration
    sessions: int
    leases: int
    watchers: int
    config_faults: _containers.RepeatedCompositeFieldContainer[ConfigFault]
    digest: str
    slowest_watchers: _containers.RepeatedCompositeFieldContainer[WatcherStatus]
    troubles: _containers.RepeatedCompositeFieldContainer[Trouble]
    edit_detection: EditDetection
    digest_check: _duration_pb2.Duration
    certificate_expires: _timestamp_pb2.Timestamp
    access_digest: str
    limits: _containers.RepeatedCompositeFieldContainer[LimitStatus]
    replica: ReplicaStatus
    replicas: _containers.RepeatedCompositeFieldContainer[ReplicaStatus]
    def __init__(self, version: _Optional[str] = ..., state: _Optional[_Union[ServerState, str]] = ..., recovery_left: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., uptime: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., sessions: _Optional[int] = ..., leases: _Optional[int] = ..., watchers: _Optional[int] = ..., config_faults: _Optional[_Iterable[_Union[ConfigFault, _Mapping]]] = ..., digest: _Optional[str] = ..., slowest_watchers: _Optional[_Iterable[_Union[WatcherStatus, _Mapping]]] = ..., troubles: _Optional[_Iterable[_Union[Trouble, _Mapping]]] = ..., edit_detection: _Optional[_Union[EditDetection, str]] = ..., digest_check: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., certificate_expires: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., access_digest: _Optional[str] = ..., limits: _Optional[_Iterable[_Union[LimitStatus, _Mapping]]] = ..., replica: _Optional[_Union[ReplicaStatus, _Mapping]] = ..., replicas: _Optional[_Iterable[_Union[ReplicaStatus, _Mapping]]] = ...) -> None: ...

class ReplicaStatus(_message.Message):
    __slots__ = ("name", "life", "version", "addresses", "state", "applied", "lag", "unconfirmed", "left")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LIFE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    UNCONFIRMED_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    name: str
    life: str
    version: str
    addresses: _containers.RepeatedScalarFieldContainer[str]
    state: ReplicaState
    applied: _datastore_pb2.Revision
    lag: int
    unconfirmed: _duration_pb2.Duration
    left: _duration_pb2.Duration
    def __init__(self, name: _Optional[str] = ..., life: _Optional[str] = ..., version: _Optional[str] = ..., addresses: _Optional[_Iterable[str]] = ..., state: _Optional[_Union[ReplicaState, str]] = ..., applied: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., lag: _Optional[int] = ..., unconfirmed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., left: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class LimitStatus(_message.Message):
    __slots__ = ("name", "total", "share", "own", "taken", "greatest")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    OWN_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    GREATEST_FIELD_NUMBER: _ClassVar[int]
    name: str
    total: int
    share: int
    own: int
    taken: int
    greatest: _containers.RepeatedCompositeFieldContainer[LimitTaker]
    def __init__(self, name: _Optional[str] = ..., total: _Optional[int] = ..., share: _Optional[int] = ..., own: _Optional[int] = ..., taken: _Optional[int] = ..., greatest: _Optional[_Iterable[_Union[LimitTaker, _Mapping]]] = ...) -> None: ...

class LimitTaker(_message.Message):
    __slots__ = ("principal", "taken")
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    principal: str
    taken: int
    def __init__(self, principal: _Optional[str] = ..., taken: _Optional[int] = ...) -> None: ...

class Trouble(_message.Message):
    __slots__ = ("cause", "message", "since")
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    cause: TroubleCause
    message: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, cause: _Optional[_Union[TroubleCause, str]] = ..., message: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DatastoreStatus(_message.Message):
    __slots__ = ("datastore", "operations", "leases", "space", "config_fault", "gc", "refusals", "processes", "drain", "troubles")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    LEASES_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FAULT_FIELD_NUMBER: _ClassVar[int]
    GC_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    PROCESSES_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    TROUBLES_FIELD_NUMBER: _ClassVar[int]
    datastore: _datastore_pb2.Datastore
    operations: OperationCounts
    leases: int
    space: Space
    config_fault: ConfigFault
    gc: GcStatus
    refusals: _containers.RepeatedCompositeFieldContainer[_error_details_pb2.ErrorInfo]
    processes: _containers.RepeatedCompositeFieldContainer[LocalProcess]
    drain: DrainStatus
    troubles: _containers.RepeatedCompositeFieldContainer[Trouble]
    def __init__(self, datastore: _Optional[_Union[_datastore_pb2.Datastore, _Mapping]] = ..., operations: _Optional[_Union[OperationCounts, _Mapping]] = ..., leases: _Optional[int] = ..., space: _Optional[_Union[Space, _Mapping]] = ..., config_fault: _Optional[_Union[ConfigFault, _Mapping]] = ..., gc: _Optional[_Union[GcStatus, _Mapping]] = ..., refusals: _Optional[_Iterable[_Union[_error_details_pb2.ErrorInfo, _Mapping]]] = ..., processes: _Optional[_Iterable[_Union[LocalProcess, _Mapping]]] = ..., drain: _Optional[_Union[DrainStatus, _Mapping]] = ..., troubles: _Optional[_Iterable[_Union[Trouble, _Mapping]]] = ...) -> None: ...

class DrainStatus(_message.Message):
    __slots__ = ("drained", "operations", "leases", "sessions", "forced_leases", "recovery_left", "waits_for")
    DRAINED_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    LEASES_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    FORCED_LEASES_FIELD_NUMBER: _ClassVar[int]
    RECOVERY_LEFT_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    drained: bool
    operations: OperationCounts
    leases: int
    sessions: int
    forced_leases: int
    recovery_left: _duration_pb2.Duration
    waits_for: str
    def __init__(self, drained: bool = ..., operations: _Optional[_Union[OperationCounts, _Mapping]] = ..., leases: _Optional[int] = ..., sessions: _Optional[int] = ..., forced_leases: _Optional[int] = ..., recovery_left: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., waits_for: _Optional[str] = ...) -> None: ...

class WatcherStatus(_message.Message):
    __slots__ = ("peer", "session_id", "sent", "applied", "lag")
    PEER_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SENT_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    peer: str
    session_id: str
    sent: _datastore_pb2.Revision
    applied: _datastore_pb2.Revision
    lag: _duration_pb2.Duration
    def __init__(self, peer: _Optional[str] = ..., session_id: _Optional[str] = ..., sent: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., applied: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., lag: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class OperationCounts(_message.Message):
    __slots__ = ("read", "write")
    READ_FIELD_NUMBER: _ClassVar[int]
    WRITE_FIELD_NUMBER: _ClassVar[int]
    read: int
    write: int
    def __init__(self, read: _Optional[int] = ..., write: _Optional[int] = ...) -> None: ...

class LocalProcess(_message.Message):
    __slots__ = ("pid", "name", "operations")
    PID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    pid: int
    name: str
    operations: OperationCounts
    def __init__(self, pid: _Optional[int] = ..., name: _Optional[str] = ..., operations: _Optional[_Union[OperationCounts, _Mapping]] = ...) -> None: ...

class Space(_message.Message):
    __slots__ = ("total_bytes", "used_bytes", "available_bytes", "age", "error")
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    USED_BYTES_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_BYTES_FIELD_NUMBER: _ClassVar[int]
    AGE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    total_bytes: int
    used_bytes: int
    available_bytes: int
    age: _duration_pb2.Duration
    error: str
    def __init__(self, total_bytes: _Optional[int] = ..., used_bytes: _Optional[int] = ..., available_bytes: _Optional[int] = ..., age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., error: _Optional[str] = ...) -> None: ...

class ConfigFault(_message.Message):
    __slots__ = ("line", "column", "property", "message", "last_good_served", "since")
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LAST_GOOD_SERVED_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    line: int
    column: int
    property: str
    message: str
    last_good_served: bool
    since: _timestamp_pb2.Timestamp
    def __init__(self, line: _Optional[int] = ..., column: _Optional[int] = ..., property: _Optional[str] = ..., message: _Optional[str] = ..., last_good_served: bool = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GcStatus(_message.Message):
    __slots__ = ("upid", "index_file_count", "index_data_bytes", "disk_bytes", "disk_chunks", "removed_bytes", "removed_chunks", "pending_bytes", "pending_chunks", "removed_bad", "still_bad", "age")
    UPID_FIELD_NUMBER: _ClassVar[int]
    INDEX_FILE_COUNT_FIELD_NUMBER: _ClassVar[int]
    INDEX_DATA_BYTES_FIELD_NUMBER: _ClassVar[int]
    DISK_BYTES_FIELD_NUMBER: _ClassVar[int]
    DISK_CHUNKS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_BYTES_FIELD_NUMBER: _ClassVar[int]
    REMOVED_CHUNKS_FIELD_NUMBER: _ClassVar[int]
    PENDING_BYTES_FIELD_NUMBER: _ClassVar[int]
    PENDING_CHUNKS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_BAD_FIELD_NUMBER: _ClassVar[int]
    STILL_BAD_FIELD_NUMBER: _ClassVar[int]
    AGE_FIELD_NUMBER: _ClassVar[int]
    upid: str
    index_file_count: int
    index_data_bytes: int
    disk_bytes: int
    disk_chunks: int
    removed_bytes: int
    removed_chunks: int
    pending_bytes: int
    pending_chunks: int
    removed_bad: int
    still_bad: int
    age: _duration_pb2.Duration
    def __init__(self, upid: _Optional[str] = ..., index_file_count: _Optional[int] = ..., index_data_bytes: _Optional[int] = ..., disk_bytes: _Optional[int] = ..., disk_chunks: _Optional[int] = ..., removed_bytes: _Optional[int] = ..., removed_chunks: _Optional[int] = ..., pending_bytes: _Optional[int] = ..., pending_chunks: _Optional[int] = ..., removed_bad: _Optional[int] = ..., still_bad: _Optional[int] = ..., age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchGenerationRequest(_message.Message):
    __slots__ = ("known", "datastores", "session_id", "view", "bookmark_interval")
    KNOWN_FIELD_NUMBER: _ClassVar[int]
    DATASTORES_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    BOOKMARK_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    known: _datastore_pb2.Revision
    datastores: _containers.RepeatedScalarFieldContainer[str]
    session_id: str
    view: _datastore_pb2.DatastoreView
    bookmark_interval: _duration_pb2.Duration
    def __init__(self, known: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., datastores: _Optional[_Iterable[str]] = ..., session_id: _Optional[str] = ..., view: _Optional[_Union[_datastore_pb2.DatastoreView, str]] = ..., bookmark_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchGenerationResponse(_message.Message):
    __slots__ = ("revision", "ack_requested", "filtered", "snapshot", "change", "bookmark")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ACK_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    FILTERED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    BOOKMARK_FIELD_NUMBER: _ClassVar[int]
    revision: _datastore_pb2.Revision
    ack_requested: bool
    filtered: bool
    snapshot: WatchSnapshot
    change: WatchChange
    bookmark: WatchBookmark
    def __init__(self, revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., ack_requested: bool = ..., filtered: bool = ..., snapshot: _Optional[_Union[WatchSnapshot, _Mapping]] = ..., change: _Optional[_Union[WatchChange, _Mapping]] = ..., bookmark: _Optional[_Union[WatchBookmark, _Mapping]] = ...) -> None: ...

class WatchSnapshot(_message.Message):
    __slots__ = ("reason", "datastores")
    REASON_FIELD_NUMBER: _ClassVar[int]
    DATASTORES_FIELD_NUMBER: _ClassVar[int]
    reason: SnapshotReason
    datastores: _containers.RepeatedCompositeFieldContainer[_datastore_pb2.Datastore]
    def __init__(self, reason: _Optional[_Union[SnapshotReason, str]] = ..., datastores: _Optional[_Iterable[_Union[_datastore_pb2.Datastore, _Mapping]]] = ...) -> None: ...

class WatchChange(_message.Message):
    __slots__ = ("changed", "removed", "generations")
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    GENERATIONS_FIELD_NUMBER: _ClassVar[int]
    changed: _containers.RepeatedCompositeFieldContainer[_datastore_pb2.Datastore]
    removed: _containers.RepeatedScalarFieldContainer[str]
    generations: int
    def __init__(self, changed: _Optional[_Iterable[_Union[_datastore_pb2.Datastore, _Mapping]]] = ..., removed: _Optional[_Iterable[str]] = ..., generations: _Optional[int] = ...) -> None: ...

class WatchBookmark(_message.Message):
    __slots__ = ("removable", "interval")
    REMOVABLE_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    removable: _containers.RepeatedCompositeFieldContainer[_datastore_pb2.Datastore]
    interval: _duration_pb2.Duration
    def __init__(self, removable: _Optional[_Iterable[_Union[_datastore_pb2.Datastore, _Mapping]]] = ..., interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
