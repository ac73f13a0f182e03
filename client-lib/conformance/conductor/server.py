"""A server is a real `datastored serve` in a process of its own, with a state directory that survives its restarts."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import threading
from pathlib import Path
from typing import List, Optional

LAUNCHER = Path(__file__).resolve().parents[3] / "server" / "bin" / "datastored"
_READY = re.compile(r"datastored .* serves .* on 127\.0\.0\.1:(\d+), revision ")
# The first start may have to build it.
_PATIENCE = 600.0


class Server:
    """Confined to the thread of its stage, but for the thread that reads its output."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: Optional[subprocess.Popen] = None
        directory.mkdir(parents=True)
        (directory / "datastore.cfg").touch()
        self.port = 0

    def start(self) -> None:
        """Starts it on a free port; returns when it is ready."""
        command = self.command()
        environment = {**os.environ, "JAVA_OPTS": "-Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"}
        log = open(self._directory / "log", "ab")  # the process has its own copy
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment, start_new_session=True
        )
        log.close()
        ready: "queue.Queue[int]" = queue.Queue()
        threading.Thread(target=_read, args=(self._process.stdout, ready), daemon=True).start()
        self.port = ready.get(timeout=_PATIENCE)
        if self.port == 0:
            raise RuntimeError(f"the server did not start: {self.log()}")

    def command(self) -> List[str]:
        return [
            str(LAUNCHER),
            "serve",
            f"--config={self._directory / 'datastore.cfg'}",
            f"--state-dir={self._directory / 'state'}",
            f"--run-dir={self._directory / 'run'}",
            "--listen=127.0.0.1:0",
            "--no-earlier-leases",
            "--open",
            "--grace=1s",
        ]

    @property
    def runs(self) -> bool:
        return self._process is not None

    def stop(self) -> None:
        """As an operator does who takes it out of service: it ends in order."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """As a host that stands still: its connections stay, nobody answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, number)

    def add(self, prefix: str, count: int, base: Path) -> None:
        """Edits the configuration file, as an operator does with an editor: so many datastores more, in one edit."""
        file = self._directory / "datastore.cfg"
        sections = "".join(f"\ndatastore: {prefix}{i}\n\tpath {base / f'{prefix}{i}'}\n" for i in range(count))
        edited = file.with_suffix(".edited")
        edited.write_text(file.read_text() + sections)
        edited.rename(file)

    def kill(self) -> None:
        """kill -9, as a power cut does."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, number)
            self._process.wait()
            self._process = None

    def log(self) -> str:
        return (self._directory / "log").read_text(errors="replace")[-4000:]


def _read(output, ready: "queue.Queue[int]") -> None:
    """Tells the port, or 0 when the process has ended without; then only keeps the pipe empty."""
    for line in output:
        match = _READY.search(line.decode(errors="replace"))
        if match:
            ready.put(int(match.group(1)))
    ready.put(0)
    output.close()
