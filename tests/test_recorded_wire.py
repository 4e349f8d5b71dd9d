"""The recordings are found, missed with a word, or the test run fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TESTS = Path(__file__).parent


def load(variables: Mapping[str, str], tests: Path = TESTS) -> subprocess.CompletedProcess[str]:
    code = "import recorded_wire as r; print(r.needs_recordings.args[0], r.needs_recordings.kwargs)"
    environment = {**os.environ, "PYTHONPATH": str(tests), **variables}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


def test_a_variable_that_names_no_recordings_fails_the_run(tmp_path: Path) -> None:
    loaded = load({"STREAM_WIDGET_WIRE": str(tmp_path)})
    assert loaded.returncode != 0
    assert f"STREAM_WIDGET_WIRE names '{tmp_path}'" in loaded.stderr


def test_a_variable_that_names_them_is_taken(tmp_path: Path) -> None:
    tmp_path.joinpath("recorded").mkdir()
    assert load({"STREAM_WIDGET_WIRE": str(tmp_path)}).stdout.startswith("False")


def test_recordings_that_are_not_there_are_a_skip_that_says_where_they_would_be(
    tmp_path: Path,
) -> None:
    tests = tmp_path / "checkout" / "tests"
    tests.mkdir(parents=True)
    tests.joinpath("recorded_wire.py").write_text(TESTS.joinpath("recorded_wire.py").read_text())
    loaded = load({"STREAM_WIDGET_WIRE": ""}, tests)
    assert loaded.stdout.startswith("True")
    assert f"no recordings at {tmp_path / 'shared' / 'wire'}" in loaded.stdout
