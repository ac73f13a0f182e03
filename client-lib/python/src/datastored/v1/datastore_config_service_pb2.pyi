from datastored.v1 import datastore_pb2 as _datastore_pb2
from datastored.v1 import datastore_service_pb2 as _datastore_service_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateDatastoreRequest(_message.Message):
    __slots__ = ("datastore", "validate_only")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    datastore: _datastore_pb2.Datastore
    validate_only: bool
    def __init__(self, datastore: _Optional[_Union[_datastore_pb2.Datastore, _Mapping]] = ..., validate_only: bool = ...) -> None: ...

class CreateDatastoreResponse(_message.Message):
    __slots__ = ("datastore", "revision")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    datastore: _datastore_pb2.Datastore
    revision: _datastore_pb2.Revision
    def __init__(self, datastore: _Optional[_Union[_datastore_pb2.Datastore, _Mapping]] = ..., revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ...) -> None: ...

class GetDatastoreRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetDatastoreResponse(_message.Message):
    __slots__ = ("datastore", "revision")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    datastore: _datastore_pb2.Datastore
    revision: _datastore_pb2.Revision
    def __init__(self, datastore: _Optional[_Union[_datastore_pb2.Datastore, _Mapping]] = ..., revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ...) -> None: ...

class ListDatastoresRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "view")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    view: _datastore_pb2.DatastoreView
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., view: _Optional[_Union[_datastore_pb2.DatastoreView, str]] = ...) -> None: ...

class ListDatastoresResponse(_message.Message):
    __slots__ = ("datastores", "next_page_token", "revision", "unreadable", "filtered")
    DATASTORES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    FILTERED_FIELD_NUMBER: _ClassVar[int]
    datastores: _containers.RepeatedCompositeFieldContainer[_datastore_pb2.Datastore]
    next_page_token: str
    revision: _datastore_pb2.Revision
    unreadable: _containers.RepeatedCompositeFieldContainer[UnreadableDatastore]
    filtered: bool
    def __init__(self, datastores: _Optional[_Iterable[_Union[_datastore_pb2.Datastore, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., unreadable: _Optional[_Iterable[_Union[UnreadableDatastore, _Mapping]]] = ..., filtered: bool = ...) -> None: ...

class UnreadableDatastore(_message.Message):
    __slots__ = ("name", "fault")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    name: str
    fault: _datastore_service_pb2.ConfigFault
    def __init__(self, name: _Optional[str] = ..., fault: _Optional[_Union[_datastore_service_pb2.ConfigFault, _Mapping]] = ...) -> None: ...

class UpdateDatastoreRequest(_message.Message):
    __slots__ = ("datastore", "update_mask", "validate_only")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    datastore: _datastore_pb2.Datastore
    update_mask: _field_mask_pb2.FieldMask
    validate_only: bool
    def __init__(self, datastore: _Optional[_Union[_datastore_pb2.Datastore, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., validate_only: bool = ...) -> None: ...

class UpdateDatastoreResponse(_message.Message):
    __slots__ = ("datastore", "revision")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    datastore: _datastore_pb2.Datastore
    revision: _datastore_pb2.Revision
    def __init__(self, datastore: _Optional[_Union[_datastore_pb2.Datastore, _Mapping]] = ..., revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ...) -> None: ...

class DeleteDatastoreRequest(_message.Message):
    __slots__ = ("name", "etag", "allow_missing", "validate_only", "ignore_pbs")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    ALLOW_MISSING_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    IGNORE_PBS_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    allow_missing: bool
    validate_only: bool
    ignore_pbs: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., allow_missing: bool = ..., validate_only: bool = ..., ignore_pbs: bool = ...) -> None: ...

class DeleteDatastoreResponse(_message.Message):
    __slots__ = ("revision", "pbs_ignored")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PBS_IGNORED_FIELD_NUMBER: _ClassVar[int]
    revision: _datastore_pb2.Revision
    pbs_ignored: bool
    def __init__(self, revision: _Optional[_Union[_datastore_pb2.Revision, _Mapping]] = ..., pbs_ignored: bool = ...) -> None: ...
