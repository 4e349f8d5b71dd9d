"""The README's first command."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx2
import pytest

from e2e.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"JUPYTER_RUNTIME_DIR": str(tmp_path)}
    environment.pop("OPENAI_API_KEY", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "stream_widget.cli", "demo", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            return found[0]
    raise AssertionError("the demo ended without printing an address")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_prints_an_address_that_works_and_leaves_nothing_behind(
    demo: subprocess.Popen[str], number: signal.Signals
) -> None:
    address = address_of(demo)
    base, _, token = address.partition("/lab/tree/01_stream.ipynb?token=")
    contents = f"{base}/api/contents/01_stream.ipynb?content=0&token={token}"
    assert httpx2.get(contents, timeout=20).status_code == 200
    demo.send_signal(number)
    assert demo.wait(20) != 0
    wait_until(lambda: not answers(contents), "JupyterLab is gone")


def answers(address: str) -> bool:
    try:
        httpx2.get(address, timeout=5)
    except httpx2.TransportError:
        return False
    return True
