import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Operation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPERATION_UNSPECIFIED: _ClassVar[Operation]
    OPERATION_READ: _ClassVar[Operation]
    OPERATION_WRITE: _ClassVar[Operation]
    OPERATION_LOOKUP: _ClassVar[Operation]

class MaintenanceMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MAINTENANCE_MODE_UNSPECIFIED: _ClassVar[MaintenanceMode]
    MAINTENANCE_MODE_NONE: _ClassVar[MaintenanceMode]
    MAINTENANCE_MODE_READ_ONLY: _ClassVar[MaintenanceMode]
    MAINTENANCE_MODE_OFFLINE: _ClassVar[MaintenanceMode]
    MAINTENANCE_MODE_DELETE: _ClassVar[MaintenanceMode]
    MAINTENANCE_MODE_UNMOUNT: _ClassVar[MaintenanceMode]
    MAINTENANCE_MODE_S3_REFRESH: _ClassVar[MaintenanceMode]

class MountState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MOUNT_STATE_UNSPECIFIED: _ClassVar[MountState]
    MOUNT_STATE_NOT_REMOVABLE: _ClassVar[MountState]
    MOUNT_STATE_MOUNTED: _ClassVar[MountState]
    MOUNT_STATE_NOT_MOUNTED: _ClassVar[MountState]

class DatastoreView(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DATASTORE_VIEW_UNSPECIFIED: _ClassVar[DatastoreView]
    DATASTORE_VIEW_BASIC: _ClassVar[DatastoreView]
    DATASTORE_VIEW_FULL: _ClassVar[DatastoreView]

class NotifyWhen(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTIFY_WHEN_UNSPECIFIED: _ClassVar[NotifyWhen]
    NOTIFY_WHEN_ALWAYS: _ClassVar[NotifyWhen]
    NOTIFY_WHEN_ERROR: _ClassVar[NotifyWhen]
    NOTIFY_WHEN_NEVER: _ClassVar[NotifyWhen]

class NotificationMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTIFICATION_MODE_UNSPECIFIED: _ClassVar[NotificationMode]
    NOTIFICATION_MODE_LEGACY_SENDMAIL: _ClassVar[NotificationMode]
    NOTIFICATION_MODE_NOTIFICATION_SYSTEM: _ClassVar[NotificationMode]

class ChunkOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHUNK_ORDER_UNSPECIFIED: _ClassVar[ChunkOrder]
    CHUNK_ORDER_INODE: _ClassVar[ChunkOrder]
    CHUNK_ORDER_NONE: _ClassVar[ChunkOrder]

class SyncLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SYNC_LEVEL_UNSPECIFIED: _ClassVar[SyncLevel]
    SYNC_LEVEL_FILE_SYSTEM: _ClassVar[SyncLevel]
    SYNC_LEVEL_FILE: _ClassVar[SyncLevel]
    SYNC_LEVEL_NONE: _ClassVar[SyncLevel]

class BackendKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKEND_KIND_UNSPECIFIED: _ClassVar[BackendKind]
    BACKEND_KIND_FILE_SYSTEM: _ClassVar[BackendKind]
    BACKEND_KIND_S3: _ClassVar[BackendKind]
OPERATION_UNSPECIFIED: Operation
OPERATION_READ: Operation
OPERATION_WRITE: Operation
OPERATION_LOOKUP: Operation
MAINTENANCE_MODE_UNSPECIFIED: MaintenanceMode
MAINTENANCE_MODE_NONE: MaintenanceMode
MAINTENANCE_MODE_READ_ONLY: MaintenanceMode
MAINTENANCE_MODE_OFFLINE: MaintenanceMode
MAINTENANCE_MODE_DELETE: MaintenanceMode
MAINTENANCE_MODE_UNMOUNT: MaintenanceMode
MAINTENANCE_MODE_S3_REFRESH: MaintenanceMode
MOUNT_STATE_UNSPECIFIED: MountState
MOUNT_STATE_NOT_REMOVABLE: MountState
MOUNT_STATE_MOUNTED: MountState
MOUNT_STATE_NOT_MOUNTED: MountState
DATASTORE_VIEW_UNSPECIFIED: DatastoreView
DATASTORE_VIEW_BASIC: DatastoreView
DATASTORE_VIEW_FULL: DatastoreView
NOTIFY_WHEN_UNSPECIFIED: NotifyWhen
NOTIFY_WHEN_ALWAYS: NotifyWhen
NOTIFY_WHEN_ERROR: NotifyWhen
NOTIFY_WHEN_NEVER: NotifyWhen
NOTIFICATION_MODE_UNSPECIFIED: NotificationMode
NOTIFICATION_MODE_LEGACY_SENDMAIL: NotificationMode
NOTIFICATION_MODE_NOTIFICATION_SYSTEM: NotificationMode
CHUNK_ORDER_UNSPECIFIED: ChunkOrder
CHUNK_ORDER_INODE: ChunkOrder
CHUNK_ORDER_NONE: ChunkOrder
SYNC_LEVEL_UNSPECIFIED: SyncLevel
SYNC_LEVEL_FILE_SYSTEM: SyncLevel
SYNC_LEVEL_FILE: SyncLevel
SYNC_LEVEL_NONE: SyncLevel
BACKEND_KIND_UNSPECIFIED: BackendKind
BACKEND_KIND_FILE_SYSTEM: BackendKind
BACKEND_KIND_S3: BackendKind

class Revision(_message.Message):
    __slots__ = ("incarnation", "generation")
    INCARNATION_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    incarnation: str
    generation: int
    def __init__(self, incarnation: _Optional[str] = ..., generation: _Optional[int] = ...) -> None: ...

class Datastore(_message.Message):
    __slots__ = ("name", "etag", "generation", "maintenance", "mount_state", "settings", "base_path")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    MAINTENANCE_FIELD_NUMBER: _ClassVar[int]
    MOUNT_STATE_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    BASE_PATH_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    generation: int
    maintenance: Maintenance
    mount_state: MountState
    settings: DatastoreSettings
    base_path: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., generation: _Optional[int] = ..., maintenance: _Optional[_Union[Maintenance, _Mapping]] = ..., mount_state: _Optional[_Union[MountState, str]] = ..., settings: _Optional[_Union[DatastoreSettings, _Mapping]] = ..., base_path: _Optional[str] = ...) -> None: ...

class Maintenance(_message.Message):
    __slots__ = ("mode", "message", "since", "expected_end", "set_by", "as_written")
    MODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_END_FIELD_NUMBER: _ClassVar[int]
    SET_BY_FIELD_NUMBER: _ClassVar[int]
    AS_WRITTEN_FIELD_NUMBER: _ClassVar[int]
    mode: MaintenanceMode
    message: str
    since: _timestamp_pb2.Timestamp
    expected_end: _timestamp_pb2.Timestamp
    set_by: str
    as_written: str
    def __init__(self, mode: _Optional[_Union[MaintenanceMode, str]] = ..., message: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expected_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., set_by: _Optional[str] = ..., as_written: _Optional[str] = ...) -> None: ...

class DatastoreSettings(_message.Message):
    __slots__ = ("path", "comment", "backing_device", "gc_schedule", "gc_on_unmount", "verify_new", "notify_user", "notify", "notification_mode", "tuning", "backend", "legacy_prune", "notification_thresholds", "counter_reset_schedule", "other_properties")
    class OtherPropertiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PATH_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    BACKING_DEVICE_FIELD_NUMBER: _ClassVar[int]
    GC_SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    GC_ON_UNMOUNT_FIELD_NUMBER: _ClassVar[int]
    VERIFY_NEW_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_USER_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATION_MODE_FIELD_NUMBER: _ClassVar[int]
    TUNING_FIELD_NUMBER: _ClassVar[int]
    BACKEND_FIELD_NUMBER: _ClassVar[int]
    LEGACY_PRUNE_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATION_THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    COUNTER_RESET_SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    OTHER_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    path: str
    comment: str
    backing_device: str
    gc_schedule: str
    gc_on_unmount: bool
    verify_new: bool
    notify_user: str
    notify: Notify
    notification_mode: NotificationMode
    tuning: Tuning
    backend: Backend
    legacy_prune: LegacyPrune
    notification_thresholds: str
    counter_reset_schedule: str
    other_properties: _containers.ScalarMap[str, str]
    def __init__(self, path: _Optional[str] = ..., comment: _Optional[str] = ..., backing_device: _Optional[str] = ..., gc_schedule: _Optional[str] = ..., gc_on_unmount: bool = ..., verify_new: bool = ..., notify_user: _Optional[str] = ..., notify: _Optional[_Union[Notify, _Mapping]] = ..., notification_mode: _Optional[_Union[NotificationMode, str]] = ..., tuning: _Optional[_Union[Tuning, _Mapping]] = ..., backend: _Optional[_Union[Backend, _Mapping]] = ..., legacy_prune: _Optional[_Union[LegacyPrune, _Mapping]] = ..., notification_thresholds: _Optional[str] = ..., counter_reset_schedule: _Optional[str] = ..., other_properties: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Notify(_message.Message):
    __slots__ = ("gc", "verify", "sync", "prune")
    GC_FIELD_NUMBER: _ClassVar[int]
    VERIFY_FIELD_NUMBER: _ClassVar[int]
    SYNC_FIELD_NUMBER: _ClassVar[int]
    PRUNE_FIELD_NUMBER: _ClassVar[int]
    gc: NotifyWhen
    verify: NotifyWhen
    sync: NotifyWhen
    prune: NotifyWhen
    def __init__(self, gc: _Optional[_Union[NotifyWhen, str]] = ..., verify: _Optional[_Union[NotifyWhen, str]] = ..., sync: _Optional[_Union[NotifyWhen, str]] = ..., prune: _Optional[_Union[NotifyWhen, str]] = ...) -> None: ...

class Tuning(_message.Message):
    __slots__ = ("chunk_order", "sync_level", "gc_atime_safety_check", "gc_atime_cutoff_minutes", "gc_cache_capacity", "default_verification_workers", "default_verification_readers")
    CHUNK_ORDER_FIELD_NUMBER: _ClassVar[int]
    SYNC_LEVEL_FIELD_NUMBER: _ClassVar[int]
    GC_ATIME_SAFETY_CHECK_FIELD_NUMBER: _ClassVar[int]
    GC_ATIME_CUTOFF_MINUTES_FIELD_NUMBER: _ClassVar[int]
    GC_CACHE_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VERIFICATION_WORKERS_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VERIFICATION_READERS_FIELD_NUMBER: _ClassVar[int]
    chunk_order: ChunkOrder
    sync_level: SyncLevel
    gc_atime_safety_check: bool
    gc_atime_cutoff_minutes: int
    gc_cache_capacity: int
    default_verification_workers: int
    default_verification_readers: int
    def __init__(self, chunk_order: _Optional[_Union[ChunkOrder, str]] = ..., sync_level: _Optional[_Union[SyncLevel, str]] = ..., gc_atime_safety_check: bool = ..., gc_atime_cutoff_minutes: _Optional[int] = ..., gc_cache_capacity: _Optional[int] = ..., default_verification_workers: _Optional[int] = ..., default_verification_readers: _Optional[int] = ...) -> None: ...

class Backend(_message.Message):
    __slots__ = ("kind", "client", "bucket", "max_cache_size_bytes")
    KIND_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    BUCKET_FIELD_NUMBER: _ClassVar[int]
    MAX_CACHE_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    kind: BackendKind
    client: str
    bucket: str
    max_cache_size_bytes: int
    def __init__(self, kind: _Optional[_Union[BackendKind, str]] = ..., client: _Optional[str] = ..., bucket: _Optional[str] = ..., max_cache_size_bytes: _Optional[int] = ...) -> None: ...

class LegacyPrune(_message.Message):
    __slots__ = ("schedule", "keep_last", "keep_hourly", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly", "keep")
    class KeepEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    KEEP_LAST_FIELD_NUMBER: _ClassVar[int]
    KEEP_HOURLY_FIELD_NUMBER: _ClassVar[int]
    KEEP_DAILY_FIELD_NUMBER: _ClassVar[int]
    KEEP_WEEKLY_FIELD_NUMBER: _ClassVar[int]
    KEEP_MONTHLY_FIELD_NUMBER: _ClassVar[int]
    KEEP_YEARLY_FIELD_NUMBER: _ClassVar[int]
    KEEP_FIELD_NUMBER: _ClassVar[int]
    schedule: str
    keep_last: int
    keep_hourly: int
    keep_daily: int
    keep_weekly: int
    keep_monthly: int
    keep_yearly: int
    keep: _containers.ScalarMap[str, int]
    def __init__(self, schedule: _Optional[str] = ..., keep_last: _Optional[int] = ..., keep_hourly: _Optional[int] = ..., keep_daily: _Optional[int] = ..., keep_weekly: _Optional[int] = ..., keep_monthly: _Optional[int] = ..., keep_yearly: _Optional[int] = ..., keep: _Optional[_Mapping[str, int]] = ...) -> None: ...
