"""``stream-widget demo``: JupyterLab on the first notebook, and an address that works."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["open_demo"]

_NOTEBOOK: Final = "01_stream.ipynb"
_READY_WITHIN_S: Final = 90.0
_LOOPBACK: Final = "127.0.0.1"


def open_demo(*, port: int = 0, browser: bool = True) -> int:
    """Start JupyterLab on the first notebook and wait until it stops; its exit code.

    Args:
        port: Where JupyterLab listens; 0 is any free one.
        browser: Open a browser, where there is one; the address is printed in any case.

    Raises:
        FileNotFoundError: JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise FileNotFoundError(
            "The demo needs JupyterLab: run `pip install jupyterlab` and try again."
        )
    folder = _notebooks()
    port = port or _free_port()
    token = secrets.token_urlsafe(16)
    base = f"http://{_LOOPBACK}:{port}"
    with tempfile.TemporaryDirectory() as configuration, _ended_by_signals():
        _write_defaults(Path(configuration))
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--no-browser",
                f"--ip={_LOOPBACK}",
                f"--port={port}",
                "--ServerApp.port_retries=0",
                f"--ServerApp.root_dir={folder}",
                "--log-level=ERROR",
                *_labextensions(),
                *(["--allow-root"] if _is_root() else []),
            ],
            env=_environment(token, configuration),
        )
        try:
            _wait_until_ready(process, f"{base}/api")
            _announce(f"{base}/lab/tree/{_NOTEBOOK}?token={token}", browser=browser)
            return process.wait()
        finally:
            process.terminate()
            process.wait()


@contextmanager
def _ended_by_signals() -> Generator[None, None, None]:
    """Let a closed terminal, or a plain kill, end JupyterLab too, as Ctrl-C does."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), leave) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _environment(token: str, configuration: str) -> dict[str, str]:
    paths = [configuration, os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return os.environ | {
        # By the environment, not the arguments: other users can read those.
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path),
    }


def _write_defaults(folder: Path) -> None:
    """Settings for this JupyterLab alone, weaker than the user's own: no question about news."""
    settings = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
    (folder / "labconfig").mkdir()
    (folder / "labconfig" / "default_setting_overrides.json").write_text(
        json.dumps(settings), encoding="utf-8"
    )


def _announce(address: str, *, browser: bool) -> None:
    key = "OpenAI" if os.environ.get("OPENAI_API_KEY") else "the scripted provider (no key needed)"
    sys.stdout.write(
        f"\n  stream_widget demo, answers from {key}\n\n  {address}\n\n  Stop with Ctrl-C.\n\n"
    )
    sys.stdout.flush()
    if browser:
        try:
            opened = webbrowser.open(address)
        except webbrowser.Error:
            opened = False
        if not opened:
            sys.stdout.write("  No browser opened here: open the address above in yours.\n\n")
            sys.stdout.flush()


def _notebooks() -> Path:
    """The checkout's notebooks, or a copy of the installed ones in the current folder."""
    checkout = Path(__file__).parents[2] / "notebooks"
    if (checkout / _NOTEBOOK).is_file():
        return checkout
    folder = Path.cwd() / "stream_widget_demo"
    if not (folder / _NOTEBOOK).exists():
        with as_file(files("stream_widget") / "notebooks") as installed:
            shutil.copytree(installed, folder, dirs_exist_ok=True)
    return folder


def _labextensions() -> list[str]:
    """In a checkout the extension as it was built last; an editable install has a copy of it."""
    built = Path(__file__).parents[2] / "js" / "dist" / "labextensions"
    return [f"--LabApp.extra_labextensions_path={built}"] if built.is_dir() else []


def _wait_until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    until_s = time.perf_counter() + _READY_WITHIN_S
    while time.perf_counter() < until_s:
        if process.poll() is not None:
            raise ChildProcessError(f"JupyterLab stopped with exit code {process.returncode}.")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"JupyterLab did not answer within {_READY_WITHIN_S:.0f} s.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
