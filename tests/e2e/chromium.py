"""A Chromium: the machine's own, else one that is installed here and now."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from e2e.one_at_a_time import one_at_a_time

__all__ = ["ARGUMENTS", "VARIABLE", "find_or_install"]

VARIABLE: Final = "STREAM_WIDGET_CHROMIUM"
"""Names the browser's program where it is not on PATH."""

ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_INSTALL_WITHIN_S: Final = 500


def find_or_install(playwrights_own: Path) -> Path:
    """The program of a Chromium; ``playwrights_own`` is where Playwright would have put one.

    Raises:
        RuntimeError: There is none and none can be installed; the message says what to do.
    """
    if named := os.environ.get(VARIABLE):
        if not Path(named).is_file():
            raise RuntimeError(f"{VARIABLE} names {named!r}, which is no file.")
        return Path(named)
    with one_at_a_time("chromium"):
        found = _on_path() or playwrights_own
        words = "" if found.is_file() else _install()
    found = _on_path() or playwrights_own
    if not found.is_file():
        raise RuntimeError(
            "The tests in tests/e2e need a Chromium; there is none and none could be installed. "
            f"Install one, or name its program in {VARIABLE}. What was tried:\n{words}"
        )
    return found


def _on_path() -> Path | None:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return None if found is None else Path(found)


def _install() -> str:
    """Install one as this machine can; what was said on the way."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if is_root and shutil.which("apt-get"):
        # The fonts: without any, a page is drawn in boxes.
        packages = ["chromium", "fonts-liberation"]
        commands = [
            ["apt-get", "update"],
            ["apt-get", "install", "--yes", "--no-install-recommends", *packages],
        ]
    return "".join(_tried(command) for command in commands)


def _tried(command: list[str]) -> str:
    sys.stderr.write(f"\nNo Chromium here: {' '.join(command)}\n")
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        timeout=_INSTALL_WITHIN_S,
    )
    return f"$ {' '.join(command)}\n{done.stdout[-2000:]}\n"
