"""What a server tells, as immutable values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple, Optional

from datastored.v1 import datastore_pb2


class Operation(enum.Enum):
    """An operation is what a lease is for. Both are counted at the server."""

    READ = datastore_pb2.OPERATION_READ
    WRITE = datastore_pb2.OPERATION_WRITE


READ = Operation.READ
WRITE = Operation.WRITE


class Mode(enum.Enum):
    """A maintenance mode says which operations a datastore refuses."""

    NONE = datastore_pb2.MAINTENANCE_MODE_NONE
    READ_ONLY = datastore_pb2.MAINTENANCE_MODE_READ_ONLY
    OFFLINE = datastore_pb2.MAINTENANCE_MODE_OFFLINE
    DELETE = datastore_pb2.MAINTENANCE_MODE_DELETE
    UNMOUNT = datastore_pb2.MAINTENANCE_MODE_UNMOUNT
    S3_REFRESH = datastore_pb2.MAINTENANCE_MODE_S3_REFRESH

    @classmethod
    def of(cls, number: int) -> "Mode":
        """By the contract a mode of a later version is treated as OFFLINE."""
        try:
            return cls(number)
        except ValueError:
            return cls.OFFLINE


class Revision(NamedTuple):
    """A revision is one point in one history of a server. Generations of two incarnations are never compared."""

    incarnation: str
    generation: int

    @classmethod
    def of(cls, message: datastore_pb2.Revision) -> "Revision":
        return cls(message.incarnation, message.generation)

    def message(self) -> datastore_pb2.Revision:
        return datastore_pb2.Revision(incarnation=self.incarnation, generation=self.generation)


@dataclass(frozen=True)
class Datastore:
    """A datastore is a named section of `datastore.cfg` with what the server knows of its availability."""

    name: str
    etag: str
    generation: int
    mode: Mode
    #: The operator's words about the mode; empty when there are none.
    message: str
    #: False: its device is not there, so READ and WRITE are refused.
    mounted: bool
    #: As the section has them; None in a watch without settings.
    settings: Optional[datastore_pb2.DatastoreSettings]
    #: Absolute path of the base directory on the server's host: below the mount point for a removable datastore. Empty without
    #: settings.
    base_path: str = ""

    @classmethod
    def of(cls, message: datastore_pb2.Datastore) -> "Datastore":
        return cls(
            message.name,
            message.etag,
            message.generation,
            Mode.of(message.maintenance.mode),
            message.maintenance.message,
            message.mount_state != datastore_pb2.MOUNT_STATE_NOT_MOUNTED,
            message.settings if message.HasField("settings") else None,
            message.base_path,
        )

    @property
    def path(self) -> str:
        """The base directory, as configured: relative to the device for a removable datastore. Empty without settings."""
        return self.settings.path if self.settings is not None else ""

    @property
    def comment(self) -> str:
        return self.settings.comment if self.settings is not None else ""


@dataclass(frozen=True)
class Found:
    """What a lookup found, and the revision that the answer was taken from."""

    datastore: Datastore
    revision: Revision
