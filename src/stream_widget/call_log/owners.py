"""Which process writes a row, and whether it still lives: a lock on a small file beside the log.

A lock ends with its process however that ends, and a process that is merely suspended keeps it; an
id of a process tells neither, since ids are used again and mean nothing outside of a container.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
import weakref
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Owner", "is_gone"]

_ID: Final = re.compile(r"[0-9a-f]{16}")
_MARK: Final = "-owner-"
_TRIES: Final = 5

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, shared: bool = False) -> bool:  # noqa: ARG001 - there is none
        """Take the lock if nobody has it; it ends with the descriptor."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

elif sys.platform == "emscripten":

    def _lock(descriptor: int, *, shared: bool = False) -> bool:  # noqa: ARG001 - as elsewhere
        """There is one process only, and no lock to tell it from others."""
        return False

else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool = False) -> bool:
        """Take the lock if no other hinders it; it ends with the descriptor.

        Not `fcntl.lockf`: its locks do not hold between two logs of one process, and closing any
        descriptor of the file ends them.
        """
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class Owner:
    """Holds the lock of one writer, from its first row to its close; for one thread at a time."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._id: str | None = None
        self._descriptor: int | None = None
        if hasattr(os, "register_at_fork"):
            forget = weakref.WeakMethod(self._forget)
            # A child that kept the descriptor would keep its parent's lock, and its parent alive.
            os.register_at_fork(after_in_child=lambda: (method := forget()) and method())

    def hold(self, path: Path | None) -> str | None:
        """The id that rows of this log name; its lock is held from now on.

        Args:
            path: The log's file; in memory there is nobody else to tell, so nothing is held.

        Returns:
            The id; ``None`` where no lock can be had.
        """
        if path is None:
            return None
        if self._id is None or self._path != path:
            self.release()
            with contextlib.suppress(OSError):  # a full disk, or one without locks
                self._take(path)
                _clean_up(path)
        return self._id

    def release(self) -> None:
        """Let go of the lock and its file."""
        if self._descriptor is None or self._path is None or self._id is None:
            return
        file = _file_of(self._path, self._id)
        if sys.platform != "win32":
            _remove(file)
        os.close(self._descriptor)
        if sys.platform == "win32":  # which deletes no open file
            _remove(file)
        self._path = self._id = self._descriptor = None

    def _take(self, path: Path) -> None:
        for _ in range(_TRIES):
            wanted = secrets.token_hex(8)
            file = _file_of(path, wanted)
            descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            # Who cleans up may have found the file before it was locked, and have taken it away.
            if _lock(descriptor) and file.exists():
                self._path, self._id, self._descriptor = path, wanted, descriptor
                return
            os.close(descriptor)
            file.unlink(missing_ok=True)

    def _forget(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._path = self._id = self._descriptor = None


def is_gone(path: Path, owner: str) -> bool:
    """Whether the process that an unfinished row names is no more; then its file is taken away."""
    if _ID.fullmatch(owner) is None:
        return True
    return _is_free(_file_of(path, owner))


def _is_free(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # another user's: who may not look does not judge
    try:
        # Shared, or two who look at the same moment would each take the other for the owner.
        free = _lock(descriptor, shared=True)
        if free and sys.platform != "win32":
            # Under the lock: whoever makes a file locks it, and looks whether it is still there.
            _remove(file)
    finally:
        os.close(descriptor)
    if free and sys.platform == "win32":  # which deletes no open file, so none that is in use
        _remove(file)
    return free


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()


def _clean_up(path: Path) -> None:
    """Take away what processes left that were killed."""
    for file in path.parent.glob(f"{path.name}{_MARK}*"):
        if _ID.fullmatch(file.name.removeprefix(f"{path.name}{_MARK}")):
            _is_free(file)


def _file_of(path: Path, owner: str) -> Path:
    return path.with_name(f"{path.name}{_MARK}{owner}")
