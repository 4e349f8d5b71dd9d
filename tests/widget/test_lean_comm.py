from __future__ import annotations

import json
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from stream_widget.widget.lean_comm import LeanComm
from stream_widget.widget.protocol import TextAppend

if TYPE_CHECKING:
    from stream_widget.widget.protocol import Message


class Kernel:
    """What a comm of ipykernel has, writing down what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, dict[str, Any]]] = []
        self.iopub_socket = object()
        self.session = SimpleNamespace(send=self._send)
        self.comm = SimpleNamespace(comm_id="c", topic=b"comm-c", kernel=self)

    def _send(self, socket: object, kind: str, content: bytes, **options: Any) -> None:
        assert socket is self.iopub_socket
        self.sent.append((kind, content, options))


def text(n: int, words: str) -> Message:
    return {"n": n, "patches": [TextAppend("r", n, 0, words)]}


def test_a_patch_goes_as_an_update_of_the_trait_that_answers_no_request() -> None:
    kernel = Kernel()
    assert LeanComm("patches").send(kernel.comm, text(1, "grün 🌤"))
    ((kind, content, options),) = kernel.sent
    assert kind == "comm_msg"
    assert options == {"parent": {}, "ident": b"comm-c"}
    assert json.loads(content) == {
        "comm_id": "c",
        "data": {
            "method": "update",
            "state": {"patches": {"n": 1, "patches": [["r", 1, 0, "grün 🌤"]]}},
        },
    }


def test_no_message_is_as_large_as_the_one_before() -> None:
    kernel, lean = Kernel(), LeanComm("patches")
    for n in range(10, 30):
        assert lean.send(kernel.comm, text(n, "same"))
    sizes = [len(content) for _, content, _ in kernel.sent]
    assert all(one != other for one, other in pairwise(sizes))


def test_half_a_character_does_not_stop_the_rest() -> None:
    kernel = Kernel()
    assert LeanComm("patches").send(kernel.comm, text(1, "a\ud83d b"))
    assert json.loads(kernel.sent[0][1])["data"]["state"]["patches"]["patches"][0][3] == "a? b"


def test_a_snapshot_and_a_comm_of_another_kind_are_left_to_ipywidgets() -> None:
    kernel, lean = Kernel(), LeanComm("patches")
    snapshot: Any = {
        "n": 1,
        "patches": [{"type": "run-snapshot", "run": "r", "seq": 1, "view": {}}],
    }
    assert not lean.send(kernel.comm, snapshot)
    for comm in (None, SimpleNamespace(comm_id="c"), SimpleNamespace(comm_id="c", kernel=None)):
        assert not lean.send(comm, text(1, "a"))
    odd = SimpleNamespace(comm_id="c", topic=b"t", kernel=SimpleNamespace(session=None))
    assert not lean.send(odd, text(1, "a"))
    assert kernel.sent == []
