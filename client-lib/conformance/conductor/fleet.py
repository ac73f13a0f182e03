"""A fleet is replicas of one history, real ones, in an etcd of their own."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import List, Optional

from .operator import Operator, Wrong
from .server import LAUNCHER, Server

_ROOT = LAUNCHER.parents[2]
_PATIENCE = 60.0
_NAMES = ("one", "two")
# Of the program: all languages need the same.
_build_lock = threading.Lock()


class Replica(Server):
    """Confined to the thread of its stage."""

    def __init__(self, name: str, directory: Path, etcd: str) -> None:
        super().__init__(directory)
        self._name = name
        self._etcd = etcd
        # The same after a restart: clients know it.
        self._listen = _free_port()

    def command(self) -> List[str]:
        return [
            str(LAUNCHER),
            "serve",
            f"--etcd-endpoints={self._etcd}",
            f"--replica-name={self._name}",
            "--replica-ttl=5s",
            f"--state-dir={self._directory / 'state'}",
            f"--listen=127.0.0.1:{self._listen}",
            "--open",
            "--grace=1s",
        ]


class Fleet:
    """Confined to the thread of its stage."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True)
        self._etcd: Optional[subprocess.Popen] = None
        self._replicas: List[Replica] = []

    def start(self) -> None:
        endpoint = self._start_etcd()
        configuration = self._directory / "datastore.cfg"
        configuration.touch()
        command = [str(LAUNCHER), "cluster", "init", "--new-history"]
        init = [*command, f"--from={configuration}", f"--etcd-endpoints={endpoint}"]
        with open(self._directory / "init.log", "ab") as log:
            subprocess.run(init, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._replicas = [Replica(name, self._directory / name, endpoint) for name in _NAMES]
        self.heal()

    def _start_etcd(self) -> str:
        with _build_lock:
            built = subprocess.run(
                [str(_ROOT / ".ci" / "etcd" / "build")], check=True, stdout=subprocess.PIPE, universal_newlines=True
            )
        client, peer = _free_port(), _free_port()
        command = [
            str(Path(built.stdout.strip()) / "etcd"),
            f"--data-dir={self._directory / 'etcd'}",
            f"--listen-client-urls=http://127.0.0.1:{client}",
            f"--advertise-client-urls=http://127.0.0.1:{client}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=default=http://127.0.0.1:{peer}",
        ]
        with open(self._directory / "etcd.log", "ab") as log:
            self._etcd = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", client), 1).close()
                return f"127.0.0.1:{client}"
            except OSError:
                if time.monotonic() > deadline:
                    raise RuntimeError("etcd did not start") from None
                time.sleep(0.05)

    @property
    def targets(self) -> str:
        """With commas between them, as every client takes them."""
        return ",".join(f"127.0.0.1:{replica.port}" for replica in self._replicas)

    def heal(self) -> None:
        """All of them run."""
        for replica in self._replicas:
            replica.go_on()
            if not replica.runs:
                replica.start()

    def harm(self, session_id: str, how: str) -> Operator:
        """Does something to the replica that has a session: `kill`, `stop` or `freeze`. Answers the operator of another one."""
        for replica in self._replicas:
            operator = Operator(replica.port)
            has = operator.has_session(session_id)
            operator.close()
            if has:
                {"kill": replica.kill, "stop": replica.stop, "freeze": replica.pause}[how]()
                return self.operator(but=replica)
        raise Wrong(f"no replica has session {session_id}")

    def kill(self) -> None:
        """Nobody is left."""
        for replica in self._replicas:
            replica.kill()

    def operator(self, but: Optional[Replica] = None) -> Operator:
        return Operator(next(replica.port for replica in self._replicas if replica is not but))

    def close(self) -> None:
        self.kill()
        if self._etcd is not None:
            os.killpg(self._etcd.pid, signal.SIGKILL)
            self._etcd.wait()


def _free_port() -> int:
    """Below those that the system hands out: none of them is taken while a replica is down."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
