"""The notebooks as tests: on the scripted provider, with a log of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RUNS = "application/vnd.stream-widget.run+json"
_kernels = pytest.MonkeyPatch()


def pytest_collectstart(collector: pytest.Collector) -> None:
    """The document of a run says when it was and how long it took: never the same twice."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += (RUNS,)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:  # noqa: ARG001 - the hook's name for it
    """What the kernel that nbval is about to start finds: no key, or a test would cost money."""
    for name in os.environ:
        if name.endswith("_API_KEY") or name.startswith("STREAM_WIDGET_"):
            _kernels.delenv(name)
    _kernels.setenv("STREAM_WIDGET_LOG", ":memory:")
    _kernels.setenv("STREAM_WIDGET_SCRIPTED_SPEED", "10")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:  # noqa: ARG001 - as above
    """The tests that follow have the environment that was there before."""
    if nextitem is None or HERE not in nextitem.path.parents:
        _kernels.undo()
