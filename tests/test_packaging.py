"""What a person gets who installs the package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parent.parent
HEAVY: Final = (
    *("IPython", "anthropic", "anywidget", "genai_prices", "httpx2", "ipywidgets", "openai"),
    *("pandas", "sqlite3", "tornado", "traitlets"),
)


def run(*command: object, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(*what: object) -> None:
    """Build with hatchling as it is in this environment: nothing is downloaded."""
    run(sys.executable, "-m", "hatchling", "build", *what)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build("-t", "wheel", "-d", folder)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_the_front_end_the_scripts_and_the_notebooks(
    wheel: zipfile.ZipFile,
) -> None:
    names = set(wheel.namelist())
    package = ROOT / "src" / "stream_widget"
    data = [path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {path.relative_to(package.parent).as_posix() for path in data} <= names
    static = "stream_widget/widget/static"
    assert {f"{static}/{name}.js" for name in ("loader", "standalone", "widget")} <= names
    notebooks = {f"stream_widget/notebooks/{p.name}" for p in ROOT.glob("notebooks/*.ipynb")}
    assert notebooks
    assert notebooks <= names


def test_the_wheel_holds_nothing_of_the_checkout_but_the_package(wheel: zipfile.ZipFile) -> None:
    folders = {name.split("/")[0] for name in wheel.namelist()}
    assert {re.sub(r"-[\d.]+\.", "-N.", folder) for folder in folders} == {
        "stream_widget",
        "stream_widget-N.data",
        "stream_widget-N.dist-info",
    }


def test_the_wheel_installs_the_extension_of_jupyterlab(wheel: zipfile.ZipFile) -> None:
    folder = "/data/share/jupyter/labextensions/stream-widget/"
    inside = {name.split(folder)[1]: name for name in wheel.namelist() if folder in name}
    about = json.loads(wheel.read(inside["package.json"]))
    assert about["name"] == "stream-widget"
    assert about["jupyterlab"]["_build"]["load"] in inside
    assert "install.json" in inside


def test_an_sdist_builds_without_node(tmp_path: Path) -> None:
    build("-t", "sdist", "-d", tmp_path)
    archive = next(tmp_path.glob("*.tar.gz"))
    shutil.unpack_archive(archive, tmp_path, filter="data")
    source = next(path for path in tmp_path.iterdir() if path.is_dir())
    run(
        sys.executable,
        "-c",
        "import os, sys; os.chdir(sys.argv[1]); from hatchling import build\n"
        "assert build.get_requires_for_build_wheel() == [], build.get_requires_for_build_wheel()\n"
        "build.build_wheel('built')",
        source,
        PATH=os.defpath if shutil.which("node", path=os.defpath) is None else str(tmp_path),
    )
    built = zipfile.ZipFile(next(source.glob("built/*.whl")))
    assert "stream_widget/widget/static/widget.js" in built.namelist()


def test_requirements_are_floors_not_pins() -> None:
    project = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text("utf-8"))
    groups = [
        project["project"]["dependencies"],
        *project["project"].get("optional-dependencies", {}).values(),
        *project["dependency-groups"].values(),
    ]
    requirements = [requirement for group in groups for requirement in group]
    floors = re.compile(r"[\w.-]+(\[[\w,-]+\])?>=[\d.]+(; .*)?")
    assert [each for each in requirements if not floors.fullmatch(each)] == []


def test_importing_the_package_loads_nothing_heavy() -> None:
    said = run(
        sys.executable,
        "-c",
        "import sys, stream_widget\n"
        "print(*sorted(set(name.split('.')[0] for name in sys.modules)))",
    )
    assert set(said.split()) & set(HEAVY) == set()
