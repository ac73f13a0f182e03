"""A stage is one language's server, proxy, runner and operator, on which the groups of the scenario are played."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Optional

import grpc

from .falsehood import Falsehood
from .fleet import Fleet
from .link import Link
from .operator import Operator, Wrong
from .pattern import Memory, filled, mismatch
from .proxy import Proxy
from .runner import Runner, RunnerDied
from .scenario import Group, Step
from .server import Server

_AWAIT = 5.0
# How long a falsified answer may take to be believed, for steps that only look: the next KeepAlive, a third of 30 s, tells it.
_BELIEF = 15.0
_LOOKS = ("lease", "count_alive")


class Outcome:
    """What came of a group: the step that failed, if any, and why."""

    def __init__(self, failed: Optional[str], why: str) -> None:
        self.failed = failed
        self.why = why


class Stage:
    """Confined to one thread, its own."""

    def __init__(self, language: str, full: bool = False, replicas: bool = False) -> None:
        self.language = language
        self._full = full
        self._directory = Path(tempfile.mkdtemp(prefix=f"conformance-{language}-"))
        self._server = Server(self._directory / "server")
        # In place of the server, for groups that need several of one history.
        self._fleet = Fleet(self._directory / "fleet") if replicas else None
        self._proxy = Proxy()
        # Past the proxy, which does not bear load.
        self._straight = Link(0)
        # To where nobody listens.
        self._nobody = Link(0)
        self._nobody.cut()
        self._operator: Optional[Operator] = None
        self._runner: Optional[Runner] = None
        self._plays = 0
        # Of the runner that lives: the ids that it was sent.
        self._sent: List[str] = []

    def __enter__(self) -> "Stage":
        try:
            if self._fleet is None:
                self._start_server()
            else:
                self._fleet.start()
                self._use(self._fleet.operator())
            self._start_runner()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        if self._runner is not None:
            self._runner.kill()
        if self._operator is not None:
            self._operator.close()
        self._proxy.close()
        self._straight.cut()
        self._nobody.cut()
        self._server.kill()
        if self._fleet is not None:
            self._fleet.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def play(self, group: Group, sabotage: Optional[Step] = None) -> Outcome:
        """Plays a group, up to the sabotaged step if there is one."""
        self._plays += 1
        memory: Memory = {
            "target": f"127.0.0.1:{self._proxy.link.port}",
            "main": f"{group.name}-{self._plays}-main",
            "main_0": f"{group.name}-{self._plays}-main0",
            "other": f"{group.name}-{self._plays}-other",
            "straight": f"127.0.0.1:{self._straight.port}",
            "nobody": f"127.0.0.1:{self._nobody.port}",
            "client": f"conformance-{self.language}",
            "full": self._full,
            "replicas": self._fleet.targets if self._fleet is not None else "",
        }
        at = group.name
        try:
            for i, step in enumerate(group.steps):
                at = step.id or f"{step.do} before {_next_id(group.steps, i)}"
                if sabotage is not None:
                    for one in group.falsehoods(i, sabotage):
                        self._proxy.falsify(Falsehood(filled(one, memory)))
                if sabotage is not None and step.id in sabotage.sabotage_skips:
                    continue
                if step.id is None:
                    self._act(step, memory)
                else:
                    for act in step.sabotage_acts if step is sabotage else ():
                        self._act(act, memory)
                    self._run(step, memory, step is sabotage)
                if step is sabotage:
                    return Outcome(None, "nothing failed")
        except Wrong as e:
            return Outcome(at, str(e))
        except RunnerDied as e:
            self._restart_runner()
            return Outcome(at, str(e))
        except grpc.RpcError as e:
            return Outcome(at, f"the operator was refused: {e}")
        finally:
            self._clear()
        return Outcome(None, "")

    def executed(self) -> List[str]:
        """Ends the runner; the ids of the steps that it says it has executed, those of clean-up left out."""
        assert self._runner is not None
        executed = [one for one in self._runner.bye() if not one.startswith("~")]
        self._runner = None
        return executed

    def sent(self) -> List[str]:
        """The ids that the living runner was sent."""
        return list(self._sent)

    def _run(self, step: Step, memory: Memory, sabotaged: bool) -> None:
        assert self._runner is not None
        request = {"id": step.id, "do": step.do, **filled(step.arguments, memory)}
        self._sent.append(str(step.id))
        with ThreadPoolExecutor(1) as beside:
            meanwhile = beside.submit(self._meanwhile, step, memory)
            answer = self._runner.ask(request)
            meanwhile.result()
        if sabotaged and step.do in _LOOKS:
            answer = self._look_until_believed(step, request, answer, memory)
        told = {key: value for key, value in answer.items() if key != "id"}
        wrong = mismatch(step.expect, told, memory)
        if wrong:
            # A closed answer tells why better than "has no ok".
            raise Wrong(f"{wrong}; answered {told}")
        for act in step.then:
            self._act(act, memory)

    def _look_until_believed(
        self, step: Step, request: Dict[str, Any], answer: Dict[str, Any], memory: Memory
    ) -> Dict[str, Any]:
        """A look at what the library thinks now: the falsified answer is still on its way at first."""
        assert self._runner is not None
        deadline = time.monotonic() + _BELIEF
        while mismatch(step.expect, answer, dict(memory)) is None and time.monotonic() < deadline:
            time.sleep(0.02)
            answer = self._runner.ask({**request, "id": "~look"})
        return answer

    def _meanwhile(self, step: Step, memory: Memory) -> None:
        if step.meanwhile:
            time.sleep(step.after)
        for act in step.meanwhile:
            self._act(act, memory)

    def _act(self, step: Step, memory: Memory) -> None:
        operator = self._operator
        assert operator is not None and self._runner is not None
        told = filled(step.arguments, memory)
        timeout = told.get("timeout_ms", _AWAIT * 1000) / 1000
        revision: Optional[Dict[str, Any]] = None
        if step.do == "create":
            path = self._directory / "data" / told["datastore"]
            path.mkdir(parents=True, exist_ok=True)
            revision = operator.create(told["datastore"], str(path), told.get("comment", "as made"))
        elif step.do == "create_many":
            # In one edit of the file: an operator's editor is as good as thousands of calls.
            count = told["count"]
            self._server.add(told["prefix"], count, self._directory / "data")
            operator.await_datastore(f"{told['prefix']}{count - 1}", timeout)
        elif step.do == "comment":
            revision = operator.comment(told["datastore"], told["comment"])
        elif step.do == "set_mode":
            revision = operator.set_mode(told["datastore"], told["mode"], told.get("message", ""))
        elif step.do == "delete":
            revision = operator.delete(told["datastore"])
        elif step.do == "drain":
            operator.drain(told["datastore"], told.get("force", False))
        elif step.do == "await_drain":
            operator.await_drain(told["datastore"], told["state"], timeout)
        elif step.do == "leases":
            operator.await_leases(told["datastore"], step.expect, memory, timeout)
        elif step.do == "sessions":
            operator.await_sessions(told["session_id"], step.expect, memory, timeout)
        elif step.do == "lose_answer":
            self._proxy.lose_answer(told["method"])
        elif step.do == "hold_back_answer":
            self._proxy.hold_back_answer(told["method"], told["ms"] / 1000)
        elif step.do == "strip":
            # The requests of a client that is too old to know the field.
            self._proxy.falsify(Falsehood({"method": told["method"], "request": {told["field"]: None}}))
        elif step.do == "trick":
            self._proxy.play(told["trick"])
        elif step.do == "cut":
            self._proxy.link.cut()
            self._straight.cut()
        elif step.do == "heal":
            self._proxy.link.heal()
            self._straight.heal()
        elif step.do == "listen":
            self._nobody.heal()
        elif step.do == "pause_server":
            self._server.pause()
            time.sleep(told["ms"] / 1000)
            self._server.go_on()
        elif step.do == "restart":
            self._restart_server()
        elif step.do == "harm_replica" and self._fleet is not None:
            self._use(self._fleet.harm(told["session_id"], told["how"]))
        elif step.do == "kill_replicas" and self._fleet is not None:
            self._fleet.kill()
        elif step.do == "wait":
            time.sleep(told["ms"] / 1000)
        elif step.do == "stop":
            self._runner.stop()
        elif step.do == "continue":
            self._runner.go_on()
        elif step.do == "await_answered":
            if not self._proxy.await_answered(told["method"], told.get("count", 1), timeout):
                raise Wrong(f"no {told['method']} within {timeout:g} s")
        else:
            raise ValueError(f"no such act: {step.do}")
        if revision is not None and step.save is not None:
            memory[step.save] = revision["generation"]
            memory["incarnation"] = revision["incarnation"]

    def _clear(self) -> None:
        """Nothing of a group is left for the next one."""
        self._proxy.reset()
        self._straight.heal()
        self._nobody.cut()
        self._server.go_on()
        if self._fleet is not None:
            self._fleet.heal()
            self._use(self._fleet.operator())
        runner = self._runner
        assert runner is not None
        runner.go_on()
        with contextlib.suppress(RunnerDied):
            runner.ask({"id": "~clear", "do": "close"})
            return
        self._restart_runner()

    def _start_server(self) -> None:
        self._server.start()
        self._proxy.serve(self._server.port)
        self._straight.aim(self._server.port)
        self._nobody.aim(self._server.port)
        self._use(Operator(self._server.port))

    def _use(self, operator: Operator) -> None:
        if self._operator is not None:
            self._operator.close()
        self._operator = operator

    def _restart_server(self) -> None:
        self._proxy.link.cut()
        self._straight.cut()
        self._server.kill()
        self._start_server()
        self._proxy.link.heal()
        self._straight.heal()

    def _start_runner(self) -> None:
        self._runner = Runner(self.language, self._directory / "runner.log")
        self._sent = []

    def _restart_runner(self) -> None:
        if self._runner is not None:
            self._runner.kill()
        self._start_runner()


def _next_id(steps: List[Step], index: int) -> str:
    return next((step.id for step in steps[index:] if step.id is not None), "the end")
