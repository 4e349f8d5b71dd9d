"""The ``stream-widget`` command."""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from stream_widget.log_command import add_log_commands

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the process's exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except KeyboardInterrupt:
        return 130
    except (ValueError, OSError) as error:
        sys.stderr.write(f"stream-widget: {error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stream-widget", description="Watch language models think and answer in a notebook."
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"stream-widget {importlib.metadata.version('stream-widget')}",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="open the first notebook in JupyterLab")
    demo.add_argument("--port", type=_port, default=0, help="port of JupyterLab; 0 is any free one")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    demo.set_defaults(run=_demo)

    server = commands.add_parser(
        "scripted-server",
        help="serve scripted answers over the Responses, Chat Completions and Messages wires",
    )
    server.add_argument("--port", type=_port, default=0, help="0 is any free one")
    server.add_argument(
        "--replay",
        type=Path,
        nargs="+",
        default=(),
        metavar="FILE",
        help="recorded answers (.sse, .json) to play, one for each request, in this order",
    )
    server.add_argument(
        "--tokens-per-s", type=_pace, default=80.0, help="the pace; 0 is as fast as possible"
    )
    server.add_argument(
        "--fault",
        help="what goes wrong in every answer, such as cut:2000; 'help' lists what there is",
    )
    server.set_defaults(run=_scripted_server)

    log = commands.add_parser("log", help="the log of calls: list, show, summary, tail, export, …")
    add_log_commands(log)
    return parser


def _demo(options: argparse.Namespace) -> int:
    from stream_widget.demo import open_demo  # noqa: PLC0415 - each command loads what it needs

    return open_demo(port=options.port, browser=not options.no_browser)


def _scripted_server(options: argparse.Namespace) -> None:
    from stream_widget.scripted import run_forever  # noqa: PLC0415 - as above

    run_forever(
        port=options.port,
        replay=options.replay,
        tokens_per_s=options.tokens_per_s or None,
        fault=options.fault,
    )


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else -1
    if not 0 <= port <= 65535:  # noqa: PLR2004 - what TCP has
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text}")
    return port


def _pace(text: str) -> float:
    try:
        pace = float(text)
    except ValueError:
        pace = -1.0
    if not 0 <= pace < float("inf"):
        raise argparse.ArgumentTypeError(f"a pace is a number from 0, not {text}")
    return pace


if __name__ == "__main__":
    sys.exit(main())
