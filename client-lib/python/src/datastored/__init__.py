"""The client of datastored: may I read or write datastore X now, and with which configuration?

    from datastored import WRITE, Client

    with Client("127.0.0.1:7400") as client:
        with client.hold("main", WRITE, purpose="nightly backup") as lease:
            print("writing to", lease.datastore.path)
"""

import logging

from ._calls import Tls
from .client import Client
from .errors import ClientClosed, DatastoredError, LeaseLost, Refused, Unanswered, Unreachable
from .lease import Lease
from .values import READ, WRITE, Datastore, Found, Mode, Operation, Revision
from .watch import BOOKMARK, CHANGE, SNAPSHOT, Frame, Watch

__all__ = [
    "BOOKMARK",
    "CHANGE",
    "READ",
    "SNAPSHOT",
    "WRITE",
    "Client",
    "ClientClosed",
    "Datastore",
    "DatastoredError",
    "Found",
    "Frame",
    "Lease",
    "LeaseLost",
    "Mode",
    "Operation",
    "Refused",
    "Revision",
    "Tls",
    "Unanswered",
    "Unreachable",
    "Watch",
]

# A library says nothing on the user's stderr unless he configures it: https://docs.python.org/3/howto/logging.html
logging.getLogger("datastored").addHandler(logging.NullHandler())
