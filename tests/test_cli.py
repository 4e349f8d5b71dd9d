"""The ``stream-widget`` command, as a process of its own."""

from __future__ import annotations

import importlib.metadata
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stream_widget.cli import main

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE = Path(__file__).parents[1] / "src"
NO_JUPYTERLAB = (
    "import sys; sys.modules['jupyterlab'] = None; from stream_widget.cli import main;"
    "sys.exit(main(['demo', '--no-browser']))"
)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "stream_widget.cli", *arguments]


def run(arguments: Sequence[str]) -> tuple[int, str, str]:
    done = subprocess.run(
        arguments, check=False, cwd=SOURCE, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


def test_it_is_installed_as_a_command_and_says_its_version() -> None:
    version = importlib.metadata.version("stream-widget")
    scripts = importlib.metadata.entry_points(group="console_scripts", name="stream-widget")
    assert [script.load() for script in scripts] == [main]
    assert run(command("--version")) == (0, f"stream-widget {version}\n", "")


def test_help_names_every_command() -> None:
    code, out, _ = run(command("--help"))
    assert code == 0
    assert "demo" in out
    assert "scripted-server" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "COMMAND"),
        (["dmeo"], "dmeo"),
        (["demo", "--port", "none"], "a port is a number from 0 to 65535, not none"),
        (["demo", "--port", "65536"], "a port is a number from 0 to 65535, not 65536"),
        (["scripted-server", "--port", "-1"], "a port is a number from 0 to 65535, not -1"),
        (["scripted-server", "--tokens-per-s", "fast"], "a pace is a number from 0, not fast"),
        (["scripted-server", "--tokens-per-s", "-1"], "a pace is a number from 0, not -1"),
        (["scripted-server", "--tokens-per-s", "inf"], "a pace is a number from 0, not inf"),
        (["scripted-server", "--tokens-per-s", "nan"], "a pace is a number from 0, not nan"),
        (["scripted-server", "--fault", "help"], "The faults are: cut:BYTES, stall[:SECONDS"),
        (["scripted-server", "--replay", "none.sse"], "There is no recording 'none.sse'"),
    ],
)
def test_wrong_arguments_end_it_with_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    try:
        code = main(arguments)
    except SystemExit as stopped:
        code = stopped.code
    out, errors = capsys.readouterr()
    assert (code, out) == (2, "")
    assert message in errors
    assert "Traceback" not in errors


def test_a_port_that_is_taken_ends_it_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code = main(["scripted-server", "--port", str(taken.getsockname()[1])])
    assert code == 2
    assert "in use" in capsys.readouterr().err


def test_the_scripted_server_says_where_it_is_answers_and_stops_on_interrupt() -> None:
    with subprocess.Popen(
        command("scripted-server", "--tokens-per-s", "0"),
        cwd=SOURCE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        body = {"model": "refusal", "input": "Why?", "stream": True}
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{address}/responses",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            frames = answer.read().decode()
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=30)
    assert "response.refusal.delta" in frames
    assert "response.completed" in frames
    assert (process.returncode, errors) == (0, "")
    assert out.endswith("Stopped.\n")


def test_a_fault_is_played_to_whoever_asks() -> None:
    with subprocess.Popen(
        command("scripted-server", "--fault", "http:429:retry-after=7"),
        cwd=SOURCE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        host, port = process.stdout.readline().split("//")[1].split("/")[0].split(":")
        with socket.create_connection((host, int(port)), timeout=30) as client:
            content = b'{"model": "sky", "input": "Why?"}'
            head = f"POST /v1/responses HTTP/1.0\r\ncontent-length: {len(content)}\r\n\r\n"
            client.sendall(head.encode() + content)
            answer = client.recv(65536).decode().lower()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert " 429 " in answer.splitlines()[0]
    assert "retry-after: 7" in answer


def test_the_demo_without_jupyterlab_says_how_to_get_it() -> None:
    code, out, errors = run([sys.executable, "-W", "error", "-c", NO_JUPYTERLAB])
    assert (code, out) == (2, "")
    assert "pip install jupyterlab" in errors
    assert "Traceback" not in errors
