"""A process that forks: its child has a log of its own, and writes nothing of its parent's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import CallLog

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeRow

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")

BEGIN = """
import json, os, sys, warnings
warnings.simplefilter("ignore")  # Python 3.12 warns of any fork beside threads
from stream_widget.call_log import CallLog
row = json.loads(sys.argv[2])
log = CallLog(sys.argv[1])
"""


def run(code: str, path: Path, make_row: MakeRow) -> None:
    arguments = [sys.executable, "-c", BEGIN + code, path, json.dumps(make_row(""))]
    subprocess.run(arguments, check=True, timeout=60)


def test_a_forked_child_writes_with_a_thread_and_a_connection_of_its_own(
    tmp_path: Path, make_row: MakeRow
) -> None:
    code = """
log.put(row | {"call_id": "parent"})
assert log.flush()
child = os.fork()
if child == 0:
    log.put(row | {"call_id": "child"})
    os._exit(0 if log.flush() else 1)
assert os.waitpid(child, 0)[1] == 0
log.put(row | {"call_id": "after"})
assert log.flush()
"""
    path = tmp_path / "calls.db"
    run(code, path, make_row)
    with CallLog(path) as log:
        assert list(log.to_frame()["call_id"]) == ["parent", "child", "after"]


def test_a_process_that_forks_while_it_writes_leaves_its_child_a_log_that_is_not_locked(
    tmp_path: Path, make_row: MakeRow
) -> None:
    code = """
import threading, time
log.put(row | {"call_id": "first"})
assert log.flush()
begun = threading.Event()
def write():
    with log._writing():
        begun.set()
        time.sleep(0.3)
writer = threading.Thread(target=write)
writer.start()
begun.wait()
child = os.fork()
if child == 0:
    log.put(row | {"call_id": "child"})
    os._exit(0 if log.flush(timeout_s=5) else 1)
writer.join()
assert os.waitpid(child, 0)[1] == 0
log.put(row | {"call_id": "parent"})
assert log.flush()
"""
    path = tmp_path / "calls.db"
    run(code, path, make_row)
    with CallLog(path) as log:
        assert set(log.to_frame()["call_id"]) == {"first", "child", "parent"}


def test_a_forked_child_does_not_write_what_its_parent_had_yet_to_write(
    tmp_path: Path, make_row: MakeRow
) -> None:
    code = """
import sqlite3
log.put(row | {"call_id": "first"})
assert log.flush()
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("alter table calls rename to elsewhere")
log.put(row | {"call_id": "a", "state": "streaming"})
assert not log.flush()
other.execute("alter table elsewhere rename to calls")
other.close()
ended, told = os.pipe()
child = os.fork()
if child == 0:
    os.read(ended, 1)
    log.put(row | {"call_id": "child"})
    os._exit(0 if log.flush() else 1)
log.put(row | {"call_id": "a", "state": "completed"})
assert log.flush()
os.write(told, b".")
assert os.waitpid(child, 0)[1] == 0
"""
    path = tmp_path / "calls.db"
    run(code, path, make_row)
    with CallLog(path) as log:
        frame = log.to_frame().set_index("call_id")
    assert dict(frame["state"]) == dict.fromkeys(frame.index, "completed")
    assert set(frame.index) == {"first", "a", "child"}
