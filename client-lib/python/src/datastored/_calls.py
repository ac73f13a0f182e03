"""The calls are one channel to a server and the methods on it that this library uses."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Union

import grpc

from datastored.v1 import datastore_service_pb2_grpc, session_service_pb2_grpc

_OPTIONS = [
    # A server that is back is found within a second, not after gRPC's two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    # A line that is dead is noticed though nobody closes it. The server permits one ping in 10 s.
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    # Two clients of one process have a connection each, so that closing one leaves the other alone.
    ("grpc.use_local_subchannel_pool", 1),
]


@dataclass(frozen=True)
class Tls:
    """How to know the server, and to be known by it. Files are PEM; without `ca` the system's authorities are trusted."""

    ca: Optional[Union[str, Path]] = None
    certificate: Optional[Union[str, Path]] = None
    key: Optional[Union[str, Path]] = None
    #: The name in the server's certificate, when it is not that of the target.
    server_name: Optional[str] = None

    def credentials(self) -> grpc.ChannelCredentials:
        return grpc.ssl_channel_credentials(_read(self.ca), _read(self.key), _read(self.certificate))


class Calls:
    """Thread-safe, as gRPC's channels are. Each method answers a gRPC multi-callable."""

    def __init__(self, target: str, tls: Optional[Tls], insecure: bool) -> None:
        if tls is None:
            if not insecure and not _on_this_host(target):
                raise ValueError(f"{target} is beyond this host: pass tls=Tls(...), or insecure=True for clear text")
            self._channel = grpc.insecure_channel(target, _OPTIONS)
        else:
            name = [("grpc.ssl_target_name_override", tls.server_name)] if tls.server_name else []
            self._channel = grpc.secure_channel(target, tls.credentials(), _OPTIONS + name)
        datastores: Any = datastore_service_pb2_grpc.DatastoreServiceStub(self._channel)
        sessions: Any = session_service_pb2_grpc.SessionServiceStub(self._channel)
        self.lookup = datastores.Lookup
        self.release = datastores.Release
        self.watch = datastores.WatchGeneration
        self.open_session = sessions.OpenSession
        self.keep_alive = sessions.KeepAlive
        self.close_session = sessions.CloseSession
        self.list_leases = sessions.ListLeases

    def close(self) -> None:
        self._channel.close()


def _read(file: Optional[Union[str, Path]]) -> Optional[bytes]:
    return Path(file).read_bytes() if file is not None else None


def _on_this_host(target: str) -> bool:
    if target.startswith("unix:"):
        return True
    host = target.split("///")[-1].rsplit(":", 1)[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
