from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

import stream_widget as sw
from compose import fault_table
from compose.asked import KEY, scenario
from stream_widget import kernel
from stream_widget.scripted import ANY_MODEL, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stream_widget.widget import StreamWidget


@pytest.fixture(autouse=True)
def clean_kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Each test has a kernel of its own, without keys and with a log in memory."""
    # Nobody speaks TLS on this machine, and all the world's certificates take each client 0.1 s.
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    for name in os.environ:
        if name.endswith(("_API_KEY", "_PROXY", "_proxy")) or name.startswith("STREAM_WIDGET_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("STREAM_WIDGET_LOG", ":memory:")
    kernel._one_kernel.cache_clear()
    yield
    if kernel._one_kernel.cache_info().currsize:
        kernel.current_kernel().close()
    kernel._one_kernel.cache_clear()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Plays a short answer, as fast as it can, to every model."""
    with ScriptedServer(scenarios={ANY_MODEL: scenario()}) as running:
        yield running


@pytest.fixture
def ask(server: ScriptedServer) -> Callable[..., StreamWidget]:
    """`sw.stream` at the server, as an OpenAI model, asked once."""
    return partial(
        sw.stream,
        "Why is the sky blue?",
        model="openai:gpt-5-mini",
        fallback=[],
        base_url=server.base_url,
        api_key=KEY,
        retries=0,
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Publish the table of faults, wires and places."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    told = [known for report in reports for known in getattr(report, "user_properties", ())]
    rows = [row for name, row in told if name == fault_table.PROPERTY]
    if rows:
        terminalreporter.section("faults: how each run ended, and the characters it kept")
        terminalreporter.write_line("\n".join(fault_table.lines(rows)))
