from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log.owners import Owner, is_gone

if TYPE_CHECKING:
    from pathlib import Path

CHILD_OUTLIVES_ITS_PARENT = """
import os, sys, time, warnings
from pathlib import Path
warnings.simplefilter("ignore")
from stream_widget.call_log.owners import Owner
owner = Owner()
print(owner.hold(Path(sys.argv[1])), flush=True)
if os.fork() == 0:
    os.kill(os.getppid(), 9)
    sys.stdin.readline()  # until the test is over
    owner.release()
    os._exit(0)
os.wait()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.db"


def lock_files(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def test_a_process_that_holds_its_lock_is_not_gone(path: Path) -> None:
    owner = Owner()
    held = owner.hold(path)
    assert held is not None
    assert owner.hold(path) == held
    assert not is_gone(path, held)
    assert lock_files(path) == [f"calls.db-owner-{held}"]
    owner.release()
    assert is_gone(path, held)
    assert lock_files(path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no lock that several may share")
def test_who_asks_at_the_same_time_is_not_taken_for_the_owner(path: Path) -> None:
    left, askers = "0123456789abcdef", 4
    together = Barrier(askers)

    def ask() -> bool:
        together.wait(20)
        return is_gone(path, left)

    with ThreadPoolExecutor(askers) as threads:
        for _ in range(300):
            path.with_name(f"calls.db-owner-{left}").touch()
            assert all(asked.result() for asked in [threads.submit(ask) for _ in range(askers)])


def test_the_lock_is_for_its_owner_alone_to_read(path: Path) -> None:
    owner = Owner()
    owner.hold(path)
    (file,) = path.parent.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    owner.release()


def test_two_logs_of_one_process_do_not_take_each_other_for_gone(path: Path) -> None:
    one, two = Owner(), Owner()
    ids = [one.hold(path), two.hold(path)]
    assert ids[0] != ids[1]
    assert [is_gone(path, each) for each in ids if each] == [False, False]
    one.release()
    assert [is_gone(path, each) for each in ids if each] == [True, False]
    two.release()


def test_a_log_in_memory_needs_no_lock() -> None:
    assert Owner().hold(None) is None


def test_a_disk_that_takes_no_lock_is_no_reason_to_stop(path: Path) -> None:
    assert Owner().hold(path.parent / "missing" / "calls.db") is None


@pytest.mark.parametrize("owner", ["../../etc/passwd", "", "x" * 16])
def test_a_name_that_is_none_of_ours_is_nobodys(path: Path, owner: str) -> None:
    assert is_gone(path, owner)


def test_what_a_killed_process_left_is_taken_away_by_the_next(path: Path) -> None:
    left = path.with_name("calls.db-owner-0123456789abcdef")
    left.touch()
    other = path.with_name("calls.db-owner-notes.txt")
    other.touch()
    owner = Owner()
    held = owner.hold(path)
    assert lock_files(path) == sorted([f"calls.db-owner-{held}", other.name])
    owner.release()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_child_neither_keeps_its_parents_lock_nor_takes_it_away(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD_OUTLIVES_ITS_PARENT, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        held = parent.stdout.readline().strip()
        assert parent.wait(20) == -9
        assert lock_files(path) == [f"calls.db-owner-{held}"]
        assert is_gone(path, held)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_child_that_lets_go_lets_go_of_nothing_of_its_parents(path: Path) -> None:
    code = """
import os, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore")
from stream_widget.call_log.owners import Owner, is_gone
owner = Owner()
held = owner.hold(Path(sys.argv[1]))
child = os.fork()
if child == 0:
    owner.release()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert not is_gone(Path(sys.argv[1]), held)
"""
    subprocess.run([sys.executable, "-c", code, path], check=True, timeout=60)
