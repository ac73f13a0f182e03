"""The calls are the channels to a server and the methods on them that this library uses."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, List, Optional, Sequence, Tuple, Union

import grpc

from datastored.v1 import datastore_service_pb2_grpc, session_service_pb2_grpc

from ._errands import Errand, Errands, Unary
from .errors import Failure

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

    def context(self) -> ssl.SSLContext:
        """The same for Python's own TLS."""
        context = ssl.create_default_context(cafile=str(self.ca) if self.ca is not None else None)
        context.set_alpn_protocols(["h2"])
        if self.certificate is not None:
            context.load_cert_chain(str(self.certificate), str(self.key) if self.key is not None else None)
        return context


class Accepted:
    """Whether a server has accepted the credentials of this client; set by who opens the session."""

    def __init__(self) -> None:
        self.ever = False


class Calls:
    """Thread-safe, as gRPC's channels are. Those of one server.

    What keeps the session and its leases has a channel of its own: thousands of calls in flight do not stand before a KeepAlive.
    So have the watches, which are read on the thread of their user: see Errands for what can become of a channel there.
    """

    def __init__(
        self,
        target: str,
        tls: Optional[Tls],
        insecure: bool,
        call_credentials: Optional[grpc.CallCredentials] = None,
        errands: Optional[Errands] = None,
        accepted: Optional[Accepted] = None,
    ) -> None:
        address = _address(target)
        if tls is None and not insecure and not _on_this_host(address):
            raise ValueError(f"{target} is beyond this host: pass tls=Tls(...), or insecure=True for clear text")
        if call_credentials is not None and tls is None:
            raise ValueError("call_credentials need tls=Tls(...): in clear text anybody on the way could take them")
        #: These two are the same for all servers of a client.
        self.accepted = accepted or Accepted()
        self._errands = errands or Errands()
        #: Whether the client has gone on to another server.
        self.left = False
        self._unsubscribe: List[Callable[[], None]] = []
        self._path = _Path(address, tls)
        self._data = _channel(target, tls, call_credentials)
        self._control = _channel(target, tls, call_credentials)
        self._watching = _channel(target, tls, call_credentials)
        datastores: Any = datastore_service_pb2_grpc.DatastoreServiceStub(self._data)
        sessions: Any = session_service_pb2_grpc.SessionServiceStub(self._control)
        self.lookup = Unary(datastores.Lookup, self._errands)
        self.release = Unary(datastores.Release, self._errands)
        self.watch = datastore_service_pb2_grpc.DatastoreServiceStub(self._watching).WatchGeneration
        self.open_session = Unary(sessions.OpenSession, self._errands)
        self.keep_alive = Unary(sessions.KeepAlive, self._errands)
        self.close_session = Unary(sessions.CloseSession, self._errands)
        self.list_leases = Unary(sessions.ListLeases, self._errands)
        self.continue_lease = Unary(datastore_service_pb2_grpc.DatastoreServiceStub(self._control).Lookup, self._errands)

    def failure(self, error: grpc.RpcError, may_look: bool = True) -> Failure:
        """What came of a call, and what lastingly stands in the way of the connection if that is why. To look for it takes time."""
        failure = Failure(error, accepted=self.accepted.ever)
        if may_look and failure.refusal is None and failure.code is grpc.StatusCode.UNAVAILABLE:
            lasting = self._path.lasting()
            if lasting:
                return Failure(error, lasting)
        return failure

    def wait(self, errand: Errand) -> None:
        """Has something done that must not be cut short by the exception of a signal handler, and waits for it."""
        self._errands.wait(errand)

    def cancel(self, calls: Sequence[Any]) -> None:
        """Without waiting for it."""

        def cancel() -> None:
            for call in calls:
                call.cancel()

        self._errands.run(cancel)

    def on_loss(self, lost: Callable[[], None]) -> None:
        """Calls when the session's connection, once made, is lost, or is to be given up because the server stops (GOAWAY)."""
        seen: List[grpc.ChannelConnectivity] = []

        def changed(state: grpc.ChannelConnectivity) -> None:
            if grpc.ChannelConnectivity.READY in seen and state is not grpc.ChannelConnectivity.READY:
                lost()
            seen.append(state)

        self._control.subscribe(changed)
        self._unsubscribe.append(lambda: self._control.unsubscribe(changed))

    def leave(self) -> None:
        """Fails what is in progress, to be asked at another server. Only the end of the session can be sent there any more."""
        self.left = True
        self._errands.run(self._leave)

    def _leave(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._data.close()

    def end(self) -> None:
        """Without waiting for it."""
        self.left = True
        self._errands.run(self._close)

    def close(self) -> None:
        self._errands.finish(self._close)

    def _close(self) -> None:
        self._leave()
        for channel in (self._data, self._control, self._watching):
            channel.close()


def _channel(target: str, tls: Optional[Tls], call_credentials: Optional[grpc.CallCredentials]) -> grpc.Channel:
    if tls is None:
        return grpc.insecure_channel(target, _OPTIONS)
    name = [("grpc.ssl_target_name_override", tls.server_name)] if tls.server_name else []
    credentials = tls.credentials()
    if call_credentials is not None:
        credentials = grpc.composite_channel_credentials(credentials, call_credentials)
    return grpc.secure_channel(target, credentials, _OPTIONS + name)


class _Path:
    """The way to a server, tried by Python's own sockets when gRPC cannot connect: gRPC tells neither a program nor a person what a
    handshake met. Thread-safe."""

    #: Seconds for which a finding is believed, and for which a connection or the server's word is waited for.
    _BELIEVED = 1.0
    _WAIT = 2.0

    def __init__(self, address: Optional[Tuple[str, int]], tls: Optional[Tls]) -> None:
        self._address = address
        self._tls = tls
        self._lock = threading.Lock()
        self._looked = -1e9
        self._found = ""

    def lasting(self) -> str:
        """What does not pass by itself; empty when nothing like that is found."""
        with self._lock:
            if time.monotonic() - self._looked >= self._BELIEVED:
                self._found = self._look() if self._address is not None else ""
                self._looked = time.monotonic()
            return self._found

    def _look(self) -> str:
        assert self._address is not None
        host, port = self._address
        try:
            socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            if self._tls is not None and not self._handshake(self._tls):
                return f"{host}:{port} has refused this client: it has closed the connection after the handshake, as for a client certificate that is missing or not trusted"
        except socket.gaierror as e:
            if e.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
                return f"unknown host {host}: {e.strerror}"
        except ssl.SSLCertVerificationError as e:
            return f"the certificate of {host}:{port} is not trusted: {e.verify_message}"
        except ssl.SSLError as e:
            reason = e.reason or ""
            if reason == "WRONG_VERSION_NUMBER":
                return f"{host}:{port} does not speak TLS"
            if "ALERT" in reason and "INTERNAL_ERROR" not in reason and "USER_CANCEL" not in reason:
                return f"{host}:{port} has refused this client: {reason.lower().replace('_', ' ')}"
        except OSError:
            pass  # not there, or not now: that passes
        return ""

    def _handshake(self, tls: Tls) -> bool:
        """False when the server has closed the connection after the handshake: one of HTTP/2 speaks first."""
        assert self._address is not None
        name = tls.server_name or self._address[0]
        with socket.create_connection(self._address, self._WAIT) as raw:
            with tls.context().wrap_socket(raw, server_hostname=name) as connection:
                # In TLS 1.3 the server's word on the client's certificate comes after the handshake.
                return bool(connection.recv(1))


def _read(file: Optional[Union[str, Path]]) -> Optional[bytes]:
    return Path(file).read_bytes() if file is not None else None


def _address(target: str) -> Optional[Tuple[str, int]]:
    """Host and port; None for a Unix socket."""
    if re.fullmatch(r"unix:/*[^/\s]\S*", target):
        return None
    named = re.fullmatch(r"(?:dns:///)?(\[[0-9A-Fa-f:.%]+\]|[^\s:/\[\]]+):([0-9]{1,5})", target)
    if named is None or not 0 < int(named[2]) < 65536:
        raise ValueError(f"invalid target {target!r} (expected HOST:PORT or unix:/PATH)")
    return named[1].strip("[]"), int(named[2])


def _on_this_host(address: Optional[Tuple[str, int]]) -> bool:
    if address is None:
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"
