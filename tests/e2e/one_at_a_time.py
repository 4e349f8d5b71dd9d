"""What two processes that run tests must not do at once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from filelock import FileLock

__all__ = ["first_of_this_run", "one_at_a_time"]

_FOLDER = Path(tempfile.gettempdir())


def one_at_a_time(what: str) -> FileLock:
    """A lock that all processes of this machine's tests share; it waits for as long as it takes."""
    return FileLock(_FOLDER / f"stream-widget-tests-{what}.lock")


def first_of_this_run(what: str) -> bool:
    """Whether no process of this test run has asked before; ask while holding a lock."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return True
    stamp = _FOLDER / f"stream-widget-tests-{what}.run"
    if stamp.exists() and stamp.read_text("utf-8") == run:
        return False
    stamp.write_text(run, "utf-8")
    return True
