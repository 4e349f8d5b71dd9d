"""The TypeScript: its own tests, and how much of it a page must load."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from e2e import chromium

ROOT = Path(__file__).parent.parent
JS = ROOT / "js"
STATIC = ROOT / "src" / "stream_widget" / "widget" / "static"


@pytest.mark.timeout(900)  # the first time, npm installs what vitest needs, and a browser is found
def test_the_tests_of_the_front_end_pass() -> None:
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    program = chromium.find_or_install(own)
    done = subprocess.run(
        [sys.executable, JS / "hatch_build.py", "run", "test"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, chromium.VARIABLE: str(program)},
    )
    assert done.returncode == 0, f"vitest failed:\n{done.stdout}\n{done.stderr}"


def test_the_module_is_small_enough_for_every_notebook_and_the_loader_for_every_widget() -> None:
    module = STATIC.joinpath("widget.js").read_bytes()
    assert len(module) <= 90_000
    assert len(gzip.compress(module, mtime=0)) <= 30_000
    assert STATIC.joinpath("loader.js").stat().st_size <= 2048


def test_the_lock_file_names_no_address_and_every_platform() -> None:
    """npm leaves out packages its registry lacks, and ``npm ci`` then refuses the lock file.

    ``uv run python js/hatch_build.py complete-lock`` puts them back.
    """
    packages = json.loads(JS.joinpath("package-lock.json").read_text("utf-8"))["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    optional = {
        f"node_modules/{name}"
        for entry in packages.values()
        for name in entry.get("optionalDependencies", {})
    }
    assert optional - set(packages) == set()
