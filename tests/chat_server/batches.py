"""The files and batches endpoints, in memory: a batch is worked off when it is asked for often enough."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .wire import Received, Reply

_CONTENT = re.compile(rb'name="file".*?\r\n\r\n(.*?)\r\n--', re.DOTALL)


@dataclass
class BatchDesk:
    """Takes files and batches; `fate` is how a batch ends, `polls` how often it says `in_progress` before."""

    answer: Callable[[Received], Reply]
    fate: str = "completed"
    polls: int = 1
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploads: int = 0

    def handle(self, request: Received) -> Reply:
        """The reply to any request below /files and /batches."""
        parts = request.path.partition("?")[0].removeprefix("/v1/").split("/")
        if parts[0] == "files":
            return self._handle_file(request, *parts[1:])
        route = (request.method, parts[0], len(parts))
        if route == ("POST", "batches", 1):
            return self._sends(self._open(request.body))
        if route == ("GET", "batches", 1):
            newest = list(reversed(self.batches.values()))
            return self._sends({"object": "list", "data": newest, "has_more": False})
        if parts[0] == "batches" and len(parts) > 1 and parts[1] in self.batches:
            return self._sends(self._cancel(parts[1]) if parts[-1] == "cancel" else self._poll(parts[1]))
        return self._sends({"error": {"message": "no such thing", "code": None}}, 404)

    def _handle_file(self, request: Received, file_id: str = "", *_rest: str) -> Reply:
        if request.method == "POST":
            content = _CONTENT.search(request.raw)
            return self._sends(self._file(content[1] if content else b"", "batch"))
        if file_id not in self.files:
            return self._sends({"error": {"message": "no such file", "code": None}}, 404)
        if request.method == "DELETE":
            del self.files[file_id]
            return self._sends({"id": file_id, "object": "file", "deleted": True})
        return Reply(self.files[file_id], content_type="application/octet-stream")

    @staticmethod
    def _sends(body: dict[str, Any], status: int = 200) -> Reply:
        return Reply(json.dumps(body).encode(), status)

    def _file(self, content: bytes, purpose: str) -> dict[str, Any]:
        self.uploads += 1
        file_id = f"file-{self.uploads}"
        self.files[file_id] = content
        return {
            "id": file_id,
            "object": "file",
            "bytes": len(content),
            "created_at": 1,
            "filename": "requests.jsonl",
            "purpose": purpose,
            "status": "processed",
        }

    def _open(self, body: dict[str, Any]) -> dict[str, Any]:
        batch = {
            "id": f"batch_{len(self.batches) + 1}",
            "object": "batch",
            "created_at": 1,
            "status": "validating",
            "endpoint": body["endpoint"],
            "input_file_id": body["input_file_id"],
            "completion_window": body["completion_window"],
            "metadata": body.get("metadata"),
            "left": self.polls,
        }
        self.batches[batch["id"]] = batch
        return batch

    def _cancel(self, batch_id: str) -> dict[str, Any]:
        batch = self.batches[batch_id]
        batch["status"] = "cancelled"
        return batch

    def _poll(self, batch_id: str) -> dict[str, Any]:
        batch = self.batches[batch_id]
        if batch["status"] in ("validating", "in_progress"):
            batch["status"] = "in_progress" if batch["left"] > 0 else self.fate
            batch["left"] -= 1
            if batch["status"] == "failed":
                batch["errors"] = {"data": [{"code": "invalid_json_line", "message": "line 1 is no JSON", "line": 1}]}
            elif batch["status"] in ("completed", "expired"):
                self._work_off(batch)
        return batch

    def _work_off(self, batch: dict[str, Any]) -> None:
        """Answer every line, last first: an endpoint promises no order. An expired batch leaves out its last line."""
        requests = [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines() if line]
        late = requests[-1:] if batch["status"] == "expired" else []
        good, bad = [], [_line(request, None, {"code": "batch_expired", "message": "too late"}) for request in late]
        for request in reversed(requests[: len(requests) - len(late)]):
            reply = self.answer(Received("POST", request["url"], {}, json.dumps(request["body"]).encode()))
            response = {"status_code": reply.status, "request_id": "r", "body": json.loads(reply.body or b"{}")}
            (good if reply.status == 200 else bad).append(_line(request, response, None))
        for name, lines in (("output_file_id", good), ("error_file_id", bad)):
            if lines:
                batch[name] = self._file("\n".join(map(json.dumps, lines)).encode(), "batch_output")["id"]


def _line(request: dict[str, Any], response: object, error: object) -> dict[str, Any]:
    return {"id": "batch_req_1", "custom_id": request["custom_id"], "response": response, "error": error}
