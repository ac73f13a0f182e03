"""A falsehood is a wrong answer that the proxy gives in place of the server's. Immutable."""

from __future__ import annotations

from typing import Any, Dict, Optional

from google.rpc import status_pb2

from . import contract


class Falsehood:
    """One of: `merge` patches the server's answer, `answer` replaces whatever it was, `refuse` puts a refusal in its place,
    `swallow` answers without asking the server, `request` patches what the server is asked and passes its answer on.

    `where` names a field that a merged answer must have. Where a patch meets a list it is applied to every element.
    """

    def __init__(self, data: Dict[str, Any]) -> None:
        unknown = set(data) - {"method", "where", "merge", "answer", "refuse", "swallow", "request"}
        kinds = set(data) & {"merge", "answer", "refuse", "swallow", "request"}
        if unknown or len(kinds) != 1:
            raise ValueError(f"not a falsehood: {data}")
        self.method: str = data["method"]
        self.where: Optional[str] = data.get("where")
        self._data = data

    @property
    def swallows(self) -> bool:
        return "swallow" in self._data

    def swallowed(self) -> bytes:
        return contract.of_json(self.method, self._data["swallow"])

    def refusal(self) -> Optional[status_pb2.Status]:
        told = self._data.get("refuse")
        if told is None:
            return None
        return contract.refusal(told["reason"], told["code"], told.get("metadata", {}))

    def asked_instead_of(self, request: bytes) -> bytes:
        """What the server is asked for a request."""
        if "request" not in self._data:
            return request
        message = contract.request_of(self.method)
        message.ParseFromString(request)
        return contract.request_of_json(self.method, _merged(contract.as_json(message), self._data["request"]))

    def instead_of(self, answer: Optional[bytes]) -> Optional[bytes]:
        """What is told for an answer (None: the server has refused); None when this falsehood does not apply."""
        if "answer" in self._data:
            return contract.of_json(self.method, self._data["answer"])
        if answer is None or "merge" not in self._data:
            return None
        message = contract.answer_of(self.method)
        message.ParseFromString(answer)
        json = contract.as_json(message)
        if self.where is not None and self.where not in json:
            return None
        return contract.of_json(self.method, _merged(json, self._data["merge"]))


def _merged(target: Any, patch: Any) -> Any:
    """RFC 7396, and lists as told above."""
    if not isinstance(patch, dict):
        return patch
    if isinstance(target, list):
        return [_merged(element, patch) for element in target]
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(result.get(key), value)
    return result
