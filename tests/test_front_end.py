"""The TypeScript: its own tests, and how much of it a page must load."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
JS = ROOT / "js"
MODULE = ROOT / "src" / "stream_widget" / "widget" / "static" / "widget.js"


@pytest.mark.timeout(400)  # the first time, npm installs what vitest needs
def test_the_tests_of_the_front_end_pass() -> None:
    done = subprocess.run(
        [sys.executable, JS / "hatch_build.py", "run", "test"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"vitest failed:\n{done.stdout}\n{done.stderr}"


def test_the_module_is_small_enough_to_go_over_the_socket_with_each_widget() -> None:
    module = MODULE.read_bytes()
    assert len(module) <= 90_000
    assert len(gzip.compress(module, mtime=0)) <= 30_000


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
