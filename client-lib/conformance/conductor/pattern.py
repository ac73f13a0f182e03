"""A pattern is what an answer must look like: an object must have at least the pattern's keys, a list must match element by
element, anything else must be equal. Special objects stand for values that are not known before:

    {"$save": "name"}     anything; remembered under the name
    {"$is": "name"}       what was remembered (also "$name", as a text)
    {"$above": "name"}    a larger number than what was remembered
    {"$at_least": "name"} no smaller one; {"$at_least": ["name", 1]}: than that number and so many more
    {"$plus": ["name", 1]} that number and so many more; for requests
    {"$has": [patterns]}  a list in which each pattern matches an element
    {"$contains": "word"} a text that has the word in it, in capitals or not
    {"$scaled": [10, 100]} the first number, or with --full the second
    {"$any": true}        anything that is there
"""

from __future__ import annotations

from typing import Any, Dict, Optional

Memory = Dict[str, Any]


def filled(value: Any, memory: Memory) -> Any:
    """The value with what was remembered in place of the names."""
    if isinstance(value, str) and value.startswith("$"):
        return memory[value[1:]]
    if isinstance(value, list):
        return [filled(one, memory) for one in value]
    if isinstance(value, dict):
        if set(value) == {"$is"}:
            return memory[value["$is"]]
        if set(value) == {"$plus"}:
            name, more = value["$plus"]
            return memory[name] + more
        if set(value) == {"$scaled"}:
            return value["$scaled"][1 if memory["full"] else 0]
        return {key: filled(one, memory) for key, one in value.items()}
    return value


def mismatch(pattern: Any, value: Any, memory: Memory, where: str = "answer") -> Optional[str]:
    """None if the value matches, else where and why not. Remembers what the pattern says as far as it matches."""
    if isinstance(pattern, dict):
        if len(pattern) == 1:
            (key, operand), = pattern.items()
            if key.startswith("$"):
                return _special(key, operand, value, memory, where)
        if not isinstance(value, dict):
            return f"{where}: {value!r} is no object"
        for key, one in pattern.items():
            if key not in value:
                return f"{where} has no {key}: {value!r}"
            wrong = mismatch(one, value[key], memory, f"{where}.{key}")
            if wrong:
                return wrong
        return None
    if isinstance(pattern, list):
        if not isinstance(value, list) or len(value) != len(pattern):
            return f"{where}: {value!r} is no list of {len(pattern)}"
        for i, one in enumerate(pattern):
            wrong = mismatch(one, value[i], memory, f"{where}[{i}]")
            if wrong:
                return wrong
        return None
    wanted = filled(pattern, memory)
    # True == 1 in Python, not in JSON.
    if wanted != value or isinstance(wanted, bool) != isinstance(value, bool):
        return f"{where}: {value!r} instead of {wanted!r}"
    return None


def _special(key: str, operand: Any, value: Any, memory: Memory, where: str) -> Optional[str]:
    if key == "$save":
        memory[operand] = value
        return None
    if key == "$any":
        return None
    if key == "$has":
        for one in operand:
            if not any(mismatch(one, element, memory, where) is None for element in value):
                return f"{where}: nothing in {value!r} is like {filled(one, memory)!r}"
        return None
    if key == "$contains":
        found = isinstance(value, str) and operand.lower() in value.lower()
        return None if found else f"{where}: no {operand!r} in {value!r}"
    if key == "$scaled":
        return mismatch(filled({key: operand}, memory), value, memory, where)
    if key == "$is":
        return None if value == memory[operand] else f"{where}: {value!r} instead of {memory[operand]!r}"
    if isinstance(value, bool) or not isinstance(value, int):
        return f"{where}: {value!r} is no number"
    if key == "$above":
        return None if value > memory[operand] else f"{where}: {value!r} is not above {memory[operand]!r}"
    if key == "$at_least":
        least = filled({"$plus": operand}, memory) if isinstance(operand, list) else memory[operand]
        return None if value >= least else f"{where}: {value!r} is below {least!r}"
    raise ValueError(f"no such pattern: {key}")
