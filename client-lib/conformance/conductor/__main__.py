"""Plays the scenario with each language, and tells in the last line how many steps have passed and failed."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, List, Tuple

from .scenario import Group, Scenario, Step
from .stage import Stage

_LANGUAGES = ("go", "java", "node", "python", "rust")
_print_lock = threading.Lock()


def main() -> int:
    options = _options()
    scenario = Scenario(Path(__file__).resolve().parents[1] / "scenario.json")
    groups = [
        group
        for group in scenario.groups
        if group.on_replicas == options.replicas and (not options.group or group.name in options.group)
    ]
    begun = time.monotonic()
    if options.sabotage is None:
        ids = [str(step.id) for group in groups for step in group.runner_steps()]
        played = _side_by_side(options, lambda language: _play(language, groups, ids, options))
    else:
        steps = [one for one in scenario.sabotages(options.sabotage) if one[0] in groups]
        if not steps:
            print(f"no step {options.sabotage}", file=sys.stderr)
            return 2
        first, every = options.part
        steps = steps[first::every]
        played = _side_by_side(options, lambda language: _sabotage(language, steps, options.replicas))
    passed = sum(one[0] for one in played)
    failed = sum(one[1] for one in played)
    print(f"{len(played)} languages in {time.monotonic() - begun:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    commas: Callable[[str], List[str]] = lambda text: text.split(",")
    parser.add_argument("--language", type=commas, default=list(_LANGUAGES), help="only these, with commas")
    parser.add_argument("--group", type=commas, default=[], help="only these groups, with commas")
    parser.add_argument("--sabotage", metavar="STEP", help="falsify this step: every language must fail at it; or all")
    parser.add_argument(
        "--part",
        metavar="K/N",
        type=lambda text: tuple(map(int, text.split("/"))),
        default=(0, 1),
        help="falsify only every Nth step, from the Kth on, which is 0 to N-1",
    )
    parser.add_argument(
        "--full",
        action="store_true",
        default=os.environ.get("DATASTORED_FULL") == "1",
        help="the full counts of load and of leases; also by DATASTORED_FULL=1",
    )
    parser.add_argument("--replicas", action="store_true", help="the groups that are played on two replicas and an etcd")
    parser.add_argument("--jobs", type=int, default=len(_LANGUAGES), help="languages side by side")
    options = parser.parse_args()
    for language in options.language:
        if language not in _LANGUAGES:
            parser.error(f"no such language: {language}")
    return options


def _side_by_side(options: argparse.Namespace, play: Callable[[str], Tuple[int, int]]) -> List[Tuple[int, int]]:
    def guarded(language: str) -> Tuple[int, int]:
        try:
            return play(language)
        except Exception as e:  # a runner that cannot be started, for example: the others go on
            _say(language, f"FAILED: {type(e).__name__}: {e}")
            return 0, 1

    with ThreadPoolExecutor(options.jobs) as pool:
        return list(pool.map(guarded, options.language))


def _play(language: str, groups: List[Group], ids: List[str], options: argparse.Namespace) -> Tuple[int, int]:
    """All groups; then the ids that the runner tells are compared with the scenario's."""
    with Stage(language, options.full, options.replicas) as stage:
        failed = 0
        for group in groups:
            began = time.monotonic()
            outcome = stage.play(group)
            if outcome.failed is None:
                _say(language, f"{group.name}: {len(group.runner_steps())} steps, {time.monotonic() - began:.1f} s")
            else:
                failed += 1
                _say(language, f"{group.name}: FAILED at {outcome.failed}: {outcome.why}")
        executed = stage.executed()
    if executed == ids:
        _say(language, f"executed {len(executed)} steps, those of the scenario: {' '.join(executed)}")
    else:
        failed += 1
        missing = [one for one in ids if one not in executed]
        _say(language, f"FAILED: executed {len(executed)} of {len(ids)} steps; missing: {' '.join(missing)}")
    return (len(executed) if failed == 0 else max(0, len(executed) - failed)), failed


def _sabotage(language: str, steps: List[Tuple[Group, Step]], replicas: bool) -> Tuple[int, int]:
    """Each step falsified: it must fail, and no other."""
    passed = failed = 0
    with Stage(language, replicas=replicas) as stage:
        for group, step in steps:
            began = time.monotonic()
            outcome = stage.play(group, step)
            if outcome.failed == step.id:
                passed += 1
                _say(language, f"{step.id} falsified, and failed, {time.monotonic() - began:.1f} s: {outcome.why[:200]}")
            else:
                failed += 1
                at = outcome.failed or "no step"
                _say(language, f"{step.id}: FAILED: falsified, but {at} failed: {outcome.why}")
        sent = stage.sent()
        executed = stage.executed()
        if executed != sent:
            failed += 1
            _say(language, f"FAILED: executed {executed} instead of {sent}")
    return passed, failed


def _say(language: str, text: str) -> None:
    with _print_lock:
        print(f"{language:7}{text}", flush=True)


sys.exit(main())
