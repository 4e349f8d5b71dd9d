"""The two kernels of the tests: this environment's ipykernel, and the last of the 6 series.

ipykernel 6 and 7 take comms at different times while a cell runs (see "Commands from the browser"
in JUPYTER.md), and people have both.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from e2e.one_at_a_time import one_at_a_time

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["BOTH", "KERNEL_6", "KERNEL_7", "write_kernelspecs"]

KERNEL_7: Final = "python3"
KERNEL_6: Final = "ipykernel-6"
BOTH: Final = (KERNEL_7, KERNEL_6)

# nest-asyncio: ipykernel 7 no longer brings it, ipykernel 6 imports it.
_PACKAGES_6: Final = ("ipykernel>=6.31,<6.32", "nest-asyncio>=1.6")


def write_kernelspecs(data_folder: Path, packages_6: Path | None) -> None:
    """Write the specs below Jupyter's data folder; without ``packages_6`` only the first.

    The second kernel is this environment with ipykernel 6 put before ipykernel 7 on its path: the
    package under test and all else are the same.
    """
    _write(data_folder, KERNEL_7, {})
    if packages_6 is None:
        return
    with one_at_a_time("kernels"):
        if not packages_6.joinpath("ipykernel", "__init__.py").exists():
            _install(packages_6)
    _write(data_folder, KERNEL_6, {"PYTHONPATH": str(packages_6)})


def _install(folder: Path) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is not None:
        command = [uv, "pip", "install", "--python", sys.executable]
    else:
        command = [sys.executable, "-m", "pip", "install"]
    done = subprocess.run(
        [*command, "--no-deps", "--target", str(folder), *_PACKAGES_6],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"ipykernel 6 for the second kernel was not installed:\n{done.stderr}")


def _write(data_folder: Path, name: str, environment: dict[str, str]) -> None:
    folder = data_folder / "kernels" / name
    folder.mkdir(parents=True)
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {
        "argv": launch,
        "display_name": name,
        "language": "python",
        "env": environment,
        "metadata": {"debugger": False},
    }
    folder.joinpath("kernel.json").write_text(json.dumps(spec), encoding="utf-8")
