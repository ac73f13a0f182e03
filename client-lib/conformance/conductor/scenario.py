"""The scenario is groups of steps, read from scenario.json. Immutable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

_OWN = {"id", "do", "by", "expect", "then", "meanwhile", "after_ms", "sabotage", "save", "about"}


class Step:
    """One thing that a runner does (it has an id), or the operator ("by": "operator")."""

    def __init__(self, data: Dict[str, Any]) -> None:
        self.id: Optional[str] = data.get("id")
        self.do: str = data["do"]
        self.arguments = {key: value for key, value in data.items() if key not in _OWN}
        self.expect: Any = data.get("expect")
        self.then = [Step({"by": "operator", **one}) for one in data.get("then", [])]
        self.meanwhile = [Step({"by": "operator", **one}) for one in data.get("meanwhile", [])]
        self.after: float = data.get("after_ms", 0) / 1000
        self.sabotage: List[Dict[str, Any]] = [one for one in data.get("sabotage", []) if "method" in one]
        """Wrong answers of the proxy."""
        self.sabotage_acts = [Step({"by": "operator", **one["act"]}) for one in data.get("sabotage", []) if "act" in one]
        """What the operator does before the step, where a wrong answer would not do."""
        self.sabotage_skips: List[str] = [one["skip"] for one in data.get("sabotage", []) if "skip" in one]
        """Steps that are left out."""
        self.save: Optional[str] = data.get("save")
        operators = data.get("by") == "operator"
        if operators == (self.id is not None):
            raise ValueError(f"a step has an id or is the operator's: {data}")
        if not operators and (not data.get("sabotage") or self.expect is None):
            raise ValueError(f"{self.id}: nothing is expected, or there is no sabotage, so it could not fail")


class Group:
    """Steps that are played in order, on datastores and a connection of their own."""

    def __init__(self, data: Dict[str, Any]) -> None:
        self.name: str = data["group"]
        self.about: str = data["about"]
        self.on_replicas: bool = data.get("on") == "replicas"
        self.steps = [Step(one) for one in data["steps"]]

    def runner_steps(self) -> List[Step]:
        return [step for step in self.steps if step.id is not None]

    def falsehoods(self, index: int, sabotaged: Step) -> List[Dict[str, Any]]:
        """Those that begin with the step at the index, to make the sabotaged step fail: by their own word ("since"), or else as
        soon as the runner step before it is over, so that what the operator does for it is falsified too."""
        step = self.steps[index]
        last = index == 0 or self.steps[index - 1].id is not None
        begins = last and self.next_runner_step(index) is sabotaged
        return [
            {key: value for key, value in one.items() if key != "since"}
            for one in sabotaged.sabotage
            if (one["since"] == step.id if "since" in one else begins)
        ]

    def next_runner_step(self, index: int) -> Optional[Step]:
        """The first one at or after the index."""
        return next((step for step in self.steps[index:] if step.id is not None), None)


class Scenario:
    def __init__(self, file: Path) -> None:
        self.groups = [Group(one) for one in json.loads(file.read_text())]
        ids = [step.id for group in self.groups for step in group.runner_steps()]
        twice = {one for one in ids if ids.count(one) > 1}
        if twice:
            raise ValueError(f"ids that are not unique: {sorted(map(str, twice))}")

    def sabotages(self, only: str) -> Iterator["tuple[Group, Step]"]:
        """The steps to sabotage: the one of that id, or "all"."""
        for group in self.groups:
            for step in group.runner_steps():
                if only in ("all", step.id):
                    yield group, step
