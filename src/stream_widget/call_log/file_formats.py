"""Calls in files that other programs read: CSV, lines of JSON, Parquet."""

from __future__ import annotations

import csv
import importlib
import json
import sys
import threading
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from stream_widget.call_log.exchanged import (
    EXCHANGED,
    MARK,
    ForeignFileError,
    check_version,
    from_text,
    json_value,
    time_text,
)
from stream_widget.call_log.migrations import LATEST
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
    from pathlib import Path

    from stream_widget.call_log.exchanged import Exchanged

__all__ = ["READERS", "WRITERS"]

_FORMULA: Final = frozenset("=+-@\t\r")
"""A spreadsheet takes a text that begins with one of these for a formula, and runs it."""
_ESCAPE: Final = "\\"
_GROUP: Final = 10_000
"""Calls that are in memory at once on their way into or out of Parquet."""
_FIELD_LIMIT = threading.Lock()


# CSV


def _write_csv(path: Path, rows: Iterable[Exchanged]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([MARK, *EXCHANGED])
        for row in rows:
            writer.writerow([LATEST, *(_to_cell(name, row[name]) for name in EXCHANGED)])


def _to_cell(name: str, value: Any) -> str:
    """An empty cell is null; an empty text is a backslash, which also disarms formulas."""
    if value is None:
        return ""
    kind = EXCHANGED[name]
    if kind == "time":
        return time_text(value)
    if kind == "boolean":
        return "true" if value else "false"
    if kind != "text":
        return value if isinstance(value, str) else repr(value)
    return _ESCAPE + value if not value or value[0] in _FORMULA | {_ESCAPE} else value


def _read_csv(path: Path) -> Iterator[Exchanged]:
    with path.open(encoding="utf-8-sig", newline="") as file, _long_fields():
        reader = csv.reader(file, strict=True)
        try:
            names = next(reader, None) or [""]
            _check_names(names, path)
            for cells in reader:
                place = f"{path}, line {reader.line_num}"
                if len(cells) != len(names):
                    raise ForeignFileError(
                        f"{place} has {len(cells)} cells; the header has {len(names)}."
                    )
                yield _from_cells(dict(zip(names, cells, strict=True)), place)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ForeignFileError(f"{path} is damaged: {error}.") from None


def _check_names(names: Iterable[str], path: Path) -> None:
    if MARK not in names:
        raise ForeignFileError(
            f"{path} is no export of a call log: it has no column {MARK}, which holds the version."
        )


def _from_cells(cells: Mapping[str, str], place: str) -> Exchanged:
    mark = cells[MARK]
    check_version(int(mark) if mark.isdecimal() else mark, place)
    return {
        name: from_text(name, text.removeprefix(_ESCAPE), place)
        for name, text in cells.items()
        if name in EXCHANGED and text
    }


@contextmanager
def _long_fields() -> Generator[None, None, None]:
    """The module refuses fields beyond 128 KB, and an answer may be longer."""
    with _FIELD_LIMIT:
        before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


# Lines of JSON


def _write_jsonl(path: Path, rows: Iterable[Exchanged]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            known = {name: value for name, value in row.items() if value is not None}
            said = {MARK: LATEST} | {name: json_value(name, value) for name, value in known.items()}
            file.write(json.dumps(said, ensure_ascii=False) + "\n")


def _read_jsonl(path: Path) -> Iterator[Exchanged]:
    # As bytes: a text file would also end a line at characters that JSON lets stand in a text.
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            place = f"{path}, line {number}"
            if not line.strip():
                continue
            try:
                said: object = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ForeignFileError(f"{place} is no JSON: {error}.") from None
            if not isinstance(said, dict) or MARK not in said:
                raise ForeignFileError(
                    f"{place} is no call of a log: it has no {MARK}, which holds the version."
                )
            fields = cast("dict[str, Any]", said)
            check_version(fields[MARK], place)
            yield {
                name: _from_json(name, value, place)
                for name, value in fields.items()
                if name in EXCHANGED and value is not None
            }


def _from_json(name: str, value: Any, place: str) -> object:
    kind = EXCHANGED[name]
    if kind == "json":
        return json.dumps(value, ensure_ascii=False)
    if kind == "boolean" and isinstance(value, bool):
        return int(value)
    if kind == "time" and isinstance(value, str):
        return from_text(name, value, place)
    return value


# Parquet


def _write_parquet(path: Path, rows: Iterable[Exchanged]) -> None:
    arrow, parquet = _arrow()
    types: dict[str, Callable[[], Any]] = {
        "text": arrow.string,
        "json": arrow.string,
        "integer": arrow.int64,
        "real": arrow.float64,
        "boolean": arrow.bool_,
        "time": lambda: arrow.timestamp("us", tz="UTC"),
    }
    fields = {name: types[kind]() for name, kind in EXCHANGED.items()}
    schema = arrow.schema([(MARK, arrow.int64()), *fields.items()])
    left = iter(rows)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(left, _GROUP)):
            columns = [arrow.array([LATEST] * len(group), arrow.int64())]
            columns += [
                _column(arrow, [row[name] for row in group], EXCHANGED[name], type_)
                for name, type_ in fields.items()
            ]
            writer.write_table(arrow.Table.from_arrays(columns, schema=schema))


def _column(arrow: Any, cells: list[Any], kind: str, type_: Any) -> Any:
    if kind == "time":
        return arrow.array(cells, arrow.int64()).cast(type_)
    if kind == "boolean":
        cells = [None if cell is None else bool(cell) for cell in cells]
    return arrow.array(cells, type_)


def _read_parquet(path: Path) -> Iterator[Exchanged]:
    arrow, parquet = _arrow()
    try:
        with parquet.ParquetFile(path) as file:
            _check_names(file.schema_arrow.names, path)
            number = 0
            for batch in file.iter_batches(batch_size=_GROUP):
                for row in _rows_of(arrow, batch):
                    number += 1
                    check_version(row.pop(MARK), f"{path}, row {number}")
                    yield row
    except (arrow.ArrowException, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        raise ForeignFileError(f"{path} is no Parquet file, or damaged: {error}") from None


def _rows_of(arrow: Any, batch: Any) -> list[dict[str, Any]]:
    columns: dict[str, list[Any]] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        kind = EXCHANGED.get(name, "integer" if name == MARK else None)
        if kind == "time" and arrow.types.is_timestamp(column.type):
            columns[name] = column.cast(arrow.timestamp("us", tz="UTC")).cast("int64").to_pylist()
        elif kind is not None:
            columns[name] = column.to_pylist()
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _arrow() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise InvalidRequestError(
            "Parquet needs pyarrow: run `pip install 'stream-widget[analysis]'`, or name a file "
            "that ends in .csv or .jsonl."
        ) from None


WRITERS: Final[Mapping[str, Callable[[Path, Iterable[Exchanged]], None]]] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
}
READERS: Final[Mapping[str, Callable[[Path], Iterator[Exchanged]]]] = {
    ".csv": _read_csv,
    ".jsonl": _read_jsonl,
    ".parquet": _read_parquet,
}
"""By the ending of a file's name."""
