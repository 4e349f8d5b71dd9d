"""``stream-widget log``: what the log knows, in a terminal."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from stream_widget.call_log import CallLog

__all__ = ["add_log_commands"]

_FILTERS: Final[Mapping[str, str]] = {
    "since": "started then or later: 30m, 24h, 7d, or an ISO date such as 2026-11-20",
    "until": "started before that",
    "tag": "has this tag",
    "name": "has this name",
    "provider": "asked this provider",
    "model": "asked for, or was answered by, this model",
    "state": "is in this state: completed, failed, cancelled, …",
}
_SUMMARY: Final[Mapping[str, str]] = {
    "calls": "Calls",
    "runs": "Runs",
    "input_tokens": "In",
    "cached_input_tokens": "Cached",
    "output_tokens": "Out",
    "reasoning_tokens": "Reasoning",
    "cost_usd": "Cost $",
    "cost_unknown": "No price",
    "ttft_s_median": "First s",
    "ttft_s_p95": "First p95",
    "duration_s_median": "Took s",
    "duration_s_p95": "Took p95",
    "tokens_per_s_median": "Tok/s",
    "failed_share": "Failed",
}
_LEFT_OUT: Final = (
    "cost_unknown",
    "ttft_s_p95",
    "reasoning_tokens",
    "cached_input_tokens",
    "tokens_per_s_median",
    "duration_s_p95",
    "runs",
    "ttft_s_median",
)
"""What a narrow terminal has no room for, the first first."""
_SHORTEST_KEY: Final = 16
_PIPE: Final = 200


def add_log_commands(parser: argparse.ArgumentParser) -> None:
    """Give ``stream-widget log`` its commands."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    filters, place = _filters(), _place()

    listed = commands.add_parser("list", parents=[place, filters], help="the latest calls")
    listed.add_argument("--limit", type=_count, default=20, help="at most so many (20)")
    _add_json(listed, "a line of JSON for each call")
    listed.set_defaults(run=_run(_list))

    shown = commands.add_parser("show", parents=[place], help="a run: its texts and numbers")
    shown.add_argument("run_id", metavar="RUN", help="its id, or the first 6 characters or more")
    _add_json(shown, "a line of JSON for each attempt")
    shown.set_defaults(run=_run(_show))

    summed = commands.add_parser("summary", parents=[place, filters], help="totals by group")
    summed.add_argument(
        "--by",
        default="response_model",
        help="columns, tag or day, with commas between; 'all' is one row (response_model)",
    )
    summed.add_argument("--limit", type=_count, help="the dearest groups only")
    _add_json(summed, "a line of JSON for each group")
    summed.set_defaults(run=_run(_summary))

    followed = commands.add_parser(
        "tail", parents=[place, filters], help="calls as they start and end, until Ctrl-C"
    )
    followed.add_argument(
        "--limit", type=_count, default=10, help="earlier calls to begin with (10)"
    )
    followed.add_argument("--text", action="store_true", help="answers too, as they grow")
    _add_json(followed, "a line of JSON for each start and end")
    followed.set_defaults(run=_run(_tail))

    exported = commands.add_parser("export", parents=[place, filters], help="calls into a file")
    exported.add_argument("path", metavar="FILE", help="ends in .parquet, .csv, .jsonl or .db")
    exported.set_defaults(run=_run(_export))

    imported = commands.add_parser("import", parents=[place], help="calls out of a file")
    imported.add_argument("path", metavar="FILE", help="an export, or the .db file of a log")
    imported.set_defaults(run=_run(_import))

    pruned = commands.add_parser("prune", parents=[place, filters], help="delete calls")
    pruned.add_argument("--before", help="started before that: 90d, or an ISO date")
    pruned.add_argument("--yes", action="store_true", help="do not ask")
    pruned.set_defaults(run=_run(_prune))


def _filters() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group("which calls")
    for name, described in _FILTERS.items():
        group.add_argument(f"--{name}", help=described)
    return parser


def _place() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(
        "--log", metavar="PATH", help="the log's file (STREAM_WIDGET_LOG, or the user's own)"
    )
    return parser


def _add_json(parser: argparse.ArgumentParser, described: str) -> None:
    parser.add_argument("--json", action="store_true", help=described)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a limit is a number from 0, not {text}")
    return int(text)


def _run(
    command: Callable[[CallLog, argparse.Namespace], int | None],
) -> Callable[[argparse.Namespace], int]:
    """A command with its log opened; a reader that has gone away ends it quietly."""

    def run(options: argparse.Namespace) -> int:
        from stream_widget.call_log import UNREADABLE, CallLog  # noqa: PLC0415 - only who needs it

        # What goes wrong is said once, as this command's error.
        logging.getLogger("stream_widget").addHandler(logging.NullHandler())
        log = CallLog(options.log)
        try:
            if log.path is not None and command is not _import and not log.path.exists():
                raise FileNotFoundError(f"there is no log at {log.path} yet; --log names another")
            with log:
                _check(log)
                code = command(log, options) or 0
                sys.stdout.flush()
            _check(log)
        except BrokenPipeError:
            # Python would flush once more at its end, and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except UNREADABLE as error:
            sys.stderr.write(f"stream-widget: {error}\n")
            return 2
        return code

    return run


def _check(log: CallLog) -> None:
    """Refuse a log in whose place there is one in memory: what it lacks is not "no calls"."""
    log.read_calls(latest=0)
    if log.problem is not None:
        raise OSError(log.problem)


def _chosen(options: argparse.Namespace) -> Any:
    return {name: getattr(options, name) for name in _FILTERS}


def _list(log: CallLog, options: argparse.Namespace) -> None:
    if options.json:
        _write_json(log.read_calls(latest=options.limit, **_chosen(options)))
        return
    found = log.overview(limit=options.limit, **_chosen(options))
    sys.stdout.write(found.text(width=_width()) + "\n")


def _show(log: CallLog, options: argparse.Namespace) -> None:
    from stream_widget.log_show import run_lines  # noqa: PLC0415 - only for this

    rows = log.read_run(options.run_id)
    if options.json:
        _write_json(log.read_calls(run_id=str(rows[0]["run_id"])))
        return
    sys.stdout.write("\n".join(run_lines(rows)) + "\n")


def _summary(log: CallLog, options: argparse.Namespace) -> None:
    from stream_widget.call_log import Column, text_table  # noqa: PLC0415 - only for this

    by = None if options.by == "all" else [name.strip() for name in options.by.split(",")]
    found: Any = log.summary(by, **_chosen(options))
    found = found if by is None else found.reset_index()
    found = found if options.limit is None else found.head(options.limit)
    if options.json:
        # By pandas and back: it knows how its times and missing values are written.
        _write_json(json.loads(found.to_json(orient="records", date_format="iso")))
        return
    if not len(found):
        sys.stdout.write("No calls.\n")
        return
    keys = list(by or ())
    rows: list[dict[str, Any]] = found.to_dict(orient="records")
    names = [*keys, *_SUMMARY]
    cells = [[_cell(name, row[name]) for name in names] for row in rows]
    spare = {name: len(_LEFT_OUT) - at for at, name in enumerate(_LEFT_OUT)}
    columns = [Column(key, least=_SHORTEST_KEY) for key in keys]
    columns += [
        Column(head, right=True, spare=spare.get(name, 0)) for name, head in _SUMMARY.items()
    ]
    sys.stdout.write(text_table(columns, cells, width=_width()) + "\n")


def _tail(log: CallLog, options: argparse.Namespace) -> None:
    from stream_widget.log_tail import follow  # noqa: PLC0415 - only for this

    follow(log, _chosen(options), latest=options.limit, text=options.text, as_json=options.json)


def _export(log: CallLog, options: argparse.Namespace) -> None:
    count = log.export(options.path, **_chosen(options))
    sys.stdout.write(f"{count:,} calls are in {options.path}.\n")


def _import(log: CallLog, options: argparse.Namespace) -> None:
    taken = log.import_(options.path)
    sys.stdout.write(
        f"{taken.added:,} calls are new, {taken.updated:,} were completed, {taken.skipped:,} were "
        "here already.\n"
    )


def _prune(log: CallLog, options: argparse.Namespace) -> int:
    chosen = _chosen(options)
    if not options.yes:
        count = log.count_prunable(before=options.before, **chosen)
        sys.stderr.write(f"Delete {count:,} calls of {log.path} for good? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            sys.stderr.write("Nothing was deleted.\n")
            return 1
    gone = log.prune(before=options.before, **chosen)
    sys.stdout.write(f"{gone:,} calls were deleted.\n")
    return 0


def _write_json(rows: Iterable[Mapping[str, object]]) -> None:
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _cell(name: str, value: Any) -> str:
    missing = value is None or value != value or str(value) in {"<NA>", "NaT"}  # noqa: PLR0124 - NaN
    if missing:
        return "" if name.startswith("calls") else "-"
    if name == "failed_share":
        return f"{value:.0%}"
    if name == "cost_usd":
        return f"{value:,.4f}"
    return f"{value:,.1f}" if isinstance(value, float) else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)[:10] if hasattr(value, "tzinfo") else str(value)


def _width() -> int:
    """Of the terminal; whoever reads from a pipe has room for all."""
    return shutil.get_terminal_size((_PIPE, 24)).columns
