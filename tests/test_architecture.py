"""What the shape of the code promises, where no linter looks (STYLE, section 3)."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import stream_widget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "stream_widget"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 400


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _source_files() -> Iterator[Path]:
    for folder, ends in [("src", {".py"}), ("tests", {".py"}), ("js", {".ts", ".py", ".css"})]:
        for path in sorted(ROOT.joinpath(folder).rglob("*")):
            if path.suffix in ends and not {"node_modules", "static", "dist"} & set(path.parts):
                yield path


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in _source_files()}
    too_long = {_relative(path): lines for path, lines in lengths.items() if lines > LONGEST}
    assert too_long == {}


def _bound(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _bound(element)


def _own_names(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _bound(target)
        case ast.AnnAssign(target=target):
            yield from _bound(target)
        case _:
            pass


def _re_exported(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("stream_w"):
        yield from (alias.asname or alias.name for alias in statement.names)


def _names(statements: Iterable[ast.stmt], *, with_imports: bool) -> Iterator[str]:
    """What these statements bind in the module; imports count only where they re-export."""
    for statement in statements:
        yield from _own_names(statement)
        if with_imports:
            yield from _re_exported(statement)
        if isinstance(statement, ast.If | ast.Try):
            inner = [*statement.body, *statement.orelse]
            yield from _names(inner, with_imports=with_imports)


def _declared(tree: ast.Module) -> list[str] | None:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                return list(ast.literal_eval(value))
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
                return list(ast.literal_eval(value))
            case _:
                pass
    return None


@pytest.mark.parametrize("path", MODULES, ids=_relative)
def test_all_is_exactly_what_is_public(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    names = _names(tree.body, with_imports=path.name == "__init__.py")
    public = {name for name in names if not name.startswith("_")}
    declared = _declared(tree)
    if declared is None:
        assert not tree.body, f"{_relative(path)} has no __all__"
        return
    assert len(declared) == len(set(declared))
    assert set(declared) - {"__version__"} == public


def _mapped() -> list[str]:
    """The names in the left column of the map in ``stream_widget.__doc__``."""
    rows = re.findall(
        r"^ {4}([a-z_]+(?: [a-z_]+)*) {2,}\S", stream_widget.__doc__ or "", re.MULTILINE
    )
    return [name for row in rows for name in row.split()]


def test_the_map_of_the_package_names_real_modules() -> None:
    mapped = _mapped()
    assert mapped
    missing = [n for n in mapped if importlib.util.find_spec(f"stream_widget.{n}") is None]
    assert missing == []


def test_the_map_of_the_package_leaves_no_module_out() -> None:
    parts = [*PACKAGE.glob("*.py"), *(path.parent for path in PACKAGE.glob("*/__init__.py"))]
    modules = {path.stem for path in parts if not path.stem.startswith("_")}
    assert modules - set(_mapped()) == set()
