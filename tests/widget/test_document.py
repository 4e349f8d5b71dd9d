from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from stream_widget.errors import InvalidRequestError
from stream_widget.widget.document import run_document, running_document, unpack

if TYPE_CHECKING:
    from stream_widget.widget.protocol import RunView


def view(text: str) -> RunView:
    return cast("RunView", {"run": "r", "state": "completed", "parts": [{"text": text}]})


def packed(value: object) -> dict[str, Any]:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return {"schema": 1, "packed": base64.b64encode(gzip.compress(text)).decode("ascii")}


def test_a_running_widgets_document_names_it_and_holds_nothing_that_changes() -> None:
    assert running_document("w", "grid") == {
        "schema": 1,
        "widget": "w",
        "layout": "grid",
        "runs": [],
    }


def test_short_runs_are_plain_and_long_ones_packed() -> None:
    short, long = [view("Blue 🙂.")], [view("Blue 🙂." * 200_000)]
    assert run_document("w", "stack", short).get("runs") == short
    document = run_document("w", "stack", long)
    assert "runs" not in document
    assert len(document.get("packed", "")) < 100_000
    assert unpack(document) == long
    assert unpack(run_document("w", "stack", short)) == short


def test_half_a_character_does_not_spoil_the_notebook() -> None:
    document = run_document("w", "stack", [view("a\ud800b")])
    assert unpack(document) == [view("a?b")]
    json.dumps(document, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "no document"),
        ([], "no document"),
        ({"runs": []}, "no document"),
        ({"schema": "1", "runs": []}, "no document"),
        ({"schema": 2, "runs": []}, "newer stream_widget"),
        ({"schema": 1, "runs": "r"}, "no list"),
        ({"schema": 1, "packed": "%%%"}, "damaged"),
        ({"schema": 1, "packed": base64.b64encode(b"not gzip").decode()}, "damaged"),
        ({"schema": 1, "packed": packed([1])["packed"][:-20]}, "damaged"),
        (packed(b"{not json"), "damaged"),
        (packed(b"[" * 1_000_000), "damaged"),
        (packed({"no": "list"}), "no list"),
    ],
)
def test_what_is_no_document_is_refused_in_a_sentence(document: object, why: str) -> None:
    with pytest.raises(InvalidRequestError, match=why):
        unpack(document)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed(b'["' + b"a" * 65_000_000 + b'"]')
    assert len(bomb["packed"]) < 200_000
    with pytest.raises(InvalidRequestError, match="64 MB"):
        unpack(bomb)
