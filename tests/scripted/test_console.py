"""The server by itself, as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from stream_widget.scripted import run_forever

SOURCE = Path(__file__).parents[2] / "src"


def test_it_says_where_it_listens_replays_and_stops_on_interrupt(tmp_path: Path) -> None:
    recording = tmp_path / "recorded.sse"
    recording.write_bytes(b"data: {}\n\n")
    code = (
        "import pathlib, stream_widget.scripted as s;"
        f"s.run_forever(replay=[pathlib.Path({str(recording)!r})], tokens_per_s=None)"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        cwd=SOURCE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        wires = process.stdout.readline()
        body = {"model": "gpt-99", "input": "Why?", "stream": True}
        answer = httpx2.post(f"{address}/responses", json=body)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    assert answer.content == recording.read_bytes()
    assert wires == f"Wires: responses, chat, messages (Anthropic's SDK: {address[:-3]}).\n"
    assert rest.endswith("Stopped.\n")
    assert (process.returncode, errors) == (0, "")


def test_what_cannot_be_played_is_refused_before_it_listens(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_forever(replay=[tmp_path / "none.sse"])
    with pytest.raises(ValueError, match="no fault"):
        run_forever(fault="fire")
    with pytest.raises(ValueError, match="above 0"):
        run_forever(tokens_per_s=0)
