"""A real JupyterLab with folders, settings and kernels of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any, Self

import nbformat

from e2e.kernels import write_kernelspecs
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Lab"]

_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    # Tests save when they mean to.
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}


class Lab:
    """A JupyterLab; a context manager.

    Args:
        home: An empty folder for its files, settings, log and notebooks.
        packages_6: Where ipykernel 6 is kept between sessions; ``None`` is no second kernel.
        variables: Environment variables of the server and its kernels.
    """

    def __init__(
        self, home: Path, packages_6: Path | None, *, variables: Mapping[str, str] | None = None
    ) -> None:
        self.root = home / "notebooks"
        self.server_log = home / "jupyter.log"
        self.call_log = home / "calls.db"
        self.token = secrets.token_hex(16)
        self.url = ""
        self.home = home
        self._variables = dict(variables or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.root.mkdir()
        write_kernelspecs(home / "data", packages_6)
        for plugin, settings in _SETTINGS.items():
            self._write_settings(plugin, settings)

    def __enter__(self) -> Self:
        with self.server_log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "jupyterlab",
                    "--no-browser",
                    "--allow-root",
                    "--ip=127.0.0.1",
                    "--port=0",
                    f"--ServerApp.root_dir={self.root}",
                    "--ServerApp.terminals_enabled=False",
                    "--LabApp.expose_app_in_browser=True",
                    "--LabApp.news_url=",
                    "--LabApp.extension_manager=readonly",
                ],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self.url = wait_until(self._address, "JupyterLab listens", timeout_s=60)
            wait_until(self._answers, "JupyterLab answers", timeout_s=60)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and its kernels."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def write_notebook(self, name: str, cells: Sequence[str], *, kernel: str) -> Path:
        """Write a notebook with these code cells; its path."""
        notebook = nbformat.v4.new_notebook(
            metadata={"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
        )
        path = self.root / name
        nbformat.write(notebook, path)
        return path

    def address_of(self, name: str) -> str:
        """Where a browser opens a notebook, in a workspace of its own."""
        workspace = name.removesuffix(".ipynb")
        return f"{self.url}lab/workspaces/{workspace}/tree/{name}?token={self.token}"

    def address_of_workspace(self, workspace: str) -> str:
        """Where a browser opens JupyterLab with nothing in it."""
        return f"{self.url}lab/workspaces/{workspace}?token={self.token}"

    def end_sessions(self, name: str) -> None:
        """Shut down the kernels of a notebook."""
        for session in self.ask("GET", "api/sessions"):
            if session["path"] == name:
                self.ask("DELETE", f"api/sessions/{session['id']}")

    def ask(self, method: str, path: str) -> Any:
        """What the server's own API answers."""
        request = urllib.request.Request(  # noqa: S310 - the address is ours, on loopback
            f"{self.url}{path}", headers={"Authorization": f"token {self.token}"}, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
            body = reply.read()
        return json.loads(body) if body else None

    def _address(self) -> str | None:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError(f"JupyterLab stopped:\n{self.server_log.read_text()[-4000:]}")
        for path in self.home.joinpath("runtime").glob("jpserver-*.json"):
            try:
                return str(json.loads(path.read_text("utf-8"))["url"])
            except (json.JSONDecodeError, KeyError):  # half written
                return None
        return None

    def _answers(self) -> bool:
        try:
            self.ask("GET", "api/status")
        except OSError:
            return False
        return True

    def _environment(self) -> dict[str, str]:
        ours = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
            "STREAM_WIDGET_LOG": self.call_log.name,
        }
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.endswith("_API_KEY") and not name.startswith(("JUPYTER", "STREAM_WIDGET"))
        }
        folders = {name: str(self.home / folder) for name, folder in ours.items()}
        return {**kept, **folders, "JUPYTER_TOKEN": self.token, **self._variables}

    def _write_settings(self, plugin: str, settings: Mapping[str, object]) -> None:
        path = self.home / "settings" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
