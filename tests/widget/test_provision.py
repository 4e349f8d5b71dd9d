from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest

from stream_widget.widget.front_end import asset_names, asset_text, standalone_text
from stream_widget.widget.provision import reply_to


def ask(**request: object) -> dict[str, Any]:
    reply = reply_to({"id": "7", **request})
    assert reply is not None
    return reply


def unpacked(reply: dict[str, Any]) -> str:
    return gzip.decompress(base64.b64decode(reply["gzip"])).decode("utf-8")


@pytest.mark.parametrize("message", [None, 3, "asset", [], {}, {"type": "pause"}, {"type": ["x"]}])
def test_what_is_no_request_for_a_text_is_left_to_others(message: object) -> None:
    assert reply_to(message) is None


def test_the_module_is_sent_packed_where_it_can_be_unpacked() -> None:
    packed, plain = ask(type="module", gzip=True), ask(type="module")
    assert unpacked(packed) == plain["text"]
    assert "export" in plain["text"]
    assert len(packed["gzip"]) < len(plain["text"]) / 2


def test_every_part_is_sent_under_its_name() -> None:
    assert asset_names()
    for name in asset_names():
        reply = ask(type="asset", name=name, gzip=True)
        assert (reply["type"], reply["id"], reply["name"]) == ("asset", "7", name)
        assert unpacked(reply) == asset_text(name)


def test_what_draws_an_exported_page_can_be_asked_for() -> None:
    assert ask(type="asset", name="standalone")["text"] == standalone_text()


@pytest.mark.parametrize(
    "name", ["", "none", "../widget", "../../__init__.py", "/etc/passwd", None, 3, ["many"], {}]
)
def test_no_other_file_can_be_asked_for(name: object) -> None:
    reply = ask(type="asset", name=name, gzip=True)
    assert set(reply) == {"type", "id", "name"}
