import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExplainAccessRequest(_message.Message):
    __slots__ = ("principal", "verb", "datastore")
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    VERB_FIELD_NUMBER: _ClassVar[int]
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    principal: str
    verb: str
    datastore: str
    def __init__(self, principal: _Optional[str] = ..., verb: _Optional[str] = ..., datastore: _Optional[str] = ...) -> None: ...

class ExplainAccessResponse(_message.Message):
    __slots__ = ("principal", "allowed", "role", "needed", "rule")
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    NEEDED_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    principal: str
    allowed: bool
    role: str
    needed: str
    rule: str
    def __init__(self, principal: _Optional[str] = ..., allowed: bool = ..., role: _Optional[str] = ..., needed: _Optional[str] = ..., rule: _Optional[str] = ...) -> None: ...

class CreatePageLinkRequest(_message.Message):
    __slots__ = ("valid_for",)
    VALID_FOR_FIELD_NUMBER: _ClassVar[int]
    valid_for: _duration_pb2.Duration
    def __init__(self, valid_for: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class CreatePageLinkResponse(_message.Message):
    __slots__ = ("url", "valid_for", "principal")
    URL_FIELD_NUMBER: _ClassVar[int]
    VALID_FOR_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    url: str
    valid_for: _duration_pb2.Duration
    principal: str
    def __init__(self, url: _Optional[str] = ..., valid_for: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., principal: _Optional[str] = ...) -> None: ...
