"""A runner is the program of one language that does the scenario's steps by that language's client library."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any, Dict, List, Optional

_CLIENT_LIB = Path(__file__).resolve().parents[2]
# It may have to be built first.
_BUILD = 900.0
# By its timeout a verb must have answered; so much later the runner is taken for dead.
_GRACE = 10.0


class RunnerDied(Exception):
    """The runner has ended, or does not answer, or not by the protocol. It is not used any more."""


class Runner:
    """Confined to the thread of its stage, but for the thread that reads its answers."""

    def __init__(self, language: str, log: Path) -> None:
        self._log = log
        with open(log, "ab") as stderr:
            self._process = subprocess.Popen(
                [str(_CLIENT_LIB / language / "conformance")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
                cwd=_CLIENT_LIB / language,
            )
        self._answers: "queue.Queue[Optional[bytes]]" = queue.Queue()
        threading.Thread(target=_read, args=(self._process.stdout, self._answers), daemon=True).start()
        self._ask({"id": "~ready", "do": "close"}, _BUILD)

    def ask(self, request: Dict[str, Any]) -> Dict[str, Any]:
        return self._ask(request, request.get("timeout_ms", 5000) / 1000 + _GRACE)

    def stop(self) -> None:
        """As a host that stands still: nothing of it runs, its connections stay."""
        os.killpg(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.killpg(self._process.pid, signal.SIGCONT)

    def bye(self) -> List[str]:
        """Lets it end; the ids of all steps that it says it has executed."""
        answer = self._ask({"id": "~bye", "do": "bye"}, 5 + _GRACE)
        try:
            executed = answer["ok"]["executed"]
        except KeyError:
            raise RunnerDied(f"bye is answered by {answer}") from None
        try:
            code = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            raise RunnerDied("it does not end after bye: the library has left something running") from None
        if code != 0:
            raise RunnerDied(f"it ended with {code}: {self.log()}")
        return executed

    def kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-4000:]

    def _ask(self, request: Dict[str, Any], patience: float) -> Dict[str, Any]:
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            line = self._answers.get(timeout=patience)
        except queue.Empty:
            raise RunnerDied(f"no answer to {request['id']} in {patience:g} s: {self.log()}") from None
        except OSError as e:
            raise RunnerDied(f"{e}: {self.log()}") from None
        if line is None:
            raise RunnerDied(f"ended at {request['id']}: {self.log()}")
        try:
            answer = json.loads(line)
            if answer["id"] != request["id"]:
                raise KeyError
        except (ValueError, KeyError, TypeError):
            raise RunnerDied(f"{request['id']} is answered by {line!r}") from None
        return answer


def _read(output, answers: "queue.Queue[Optional[bytes]]") -> None:
    for line in output:
        answers.put(line)
    answers.put(None)
    output.close()
