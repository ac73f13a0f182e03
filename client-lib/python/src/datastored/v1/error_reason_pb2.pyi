from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_REASON_UNSPECIFIED: _ClassVar[ErrorReason]
    ERROR_REASON_INVALID_REQUEST: _ClassVar[ErrorReason]
    ERROR_REASON_DATASTORE_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_DATASTORE_EXISTS: _ClassVar[ErrorReason]
    ERROR_REASON_UNDER_MAINTENANCE: _ClassVar[ErrorReason]
    ERROR_REASON_NOT_MOUNTED: _ClassVar[ErrorReason]
    ERROR_REASON_CONFIG_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_ETAG_MISMATCH: _ClassVar[ErrorReason]
    ERROR_REASON_MODE_CHANGE_REFUSED: _ClassVar[ErrorReason]
    ERROR_REASON_NOT_UNDER_MAINTENANCE: _ClassVar[ErrorReason]
    ERROR_REASON_DATASTORE_IN_USE: _ClassVar[ErrorReason]
    ERROR_REASON_SESSION_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_LEASE_ENDED: _ClassVar[ErrorReason]
    ERROR_REASON_LEASE_ID_REUSED: _ClassVar[ErrorReason]
    ERROR_REASON_WRONG_INCARNATION: _ClassVar[ErrorReason]
    ERROR_REASON_QUOTA_EXCEEDED: _ClassVar[ErrorReason]
    ERROR_REASON_NOT_READY: _ClassVar[ErrorReason]
    ERROR_REASON_STORE_UNAVAILABLE: _ClassVar[ErrorReason]
    ERROR_REASON_OUTCOME_UNKNOWN: _ClassVar[ErrorReason]
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_INVALID_REQUEST: ErrorReason
ERROR_REASON_DATASTORE_NOT_FOUND: ErrorReason
ERROR_REASON_DATASTORE_EXISTS: ErrorReason
ERROR_REASON_UNDER_MAINTENANCE: ErrorReason
ERROR_REASON_NOT_MOUNTED: ErrorReason
ERROR_REASON_CONFIG_INVALID: ErrorReason
ERROR_REASON_ETAG_MISMATCH: ErrorReason
ERROR_REASON_MODE_CHANGE_REFUSED: ErrorReason
ERROR_REASON_NOT_UNDER_MAINTENANCE: ErrorReason
ERROR_REASON_DATASTORE_IN_USE: ErrorReason
ERROR_REASON_SESSION_NOT_FOUND: ErrorReason
ERROR_REASON_LEASE_ENDED: ErrorReason
ERROR_REASON_LEASE_ID_REUSED: ErrorReason
ERROR_REASON_WRONG_INCARNATION: ErrorReason
ERROR_REASON_QUOTA_EXCEEDED: ErrorReason
ERROR_REASON_NOT_READY: ErrorReason
ERROR_REASON_STORE_UNAVAILABLE: ErrorReason
ERROR_REASON_OUTCOME_UNKNOWN: ErrorReason
