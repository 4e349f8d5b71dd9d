"""``stream-widget log``, in this process and as one of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import COLUMNS, STORED, CallLog
from stream_widget.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[1] / "src"
DAY = 86_400_000_000


def row(call_id: str, **values: object) -> dict[str, object]:
    return dict.fromkeys(STORED) | {
        "call_id": call_id,
        "run_id": f"{call_id}234567890abcdef",
        "attempt": 1,
        "started_at": DAY,
        "ended_at": DAY + 1,
        "provider": "openai",
        "request_model": "gpt-5-mini",
        "state": "completed",
        "tags": "[]",
        **values,
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A log with three calls."""
    path = tmp_path / "calls.db"
    with CallLog(path) as log:
        log.put(
            row(
                "a",
                prompt="Why is the sky blue?",
                output_text="Because.\x1b[2J",
                reasoning_text="Hm.",
                input_tokens=10,
                output_tokens=20,
                usage_source="reported",
                cost_usd=0.25,
                price_source="prices",
                duration_s=2.0,
                ttft_s=0.5,
                tags='["sky"]',
            )
        )
        log.put(row("b", started_at=2 * DAY, state="failed", error_kind="server", name="two"))
        log.put(row("c", started_at=3 * DAY, request_model="gpt-5"))
    return path


@pytest.fixture
def run(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.delenv("COLUMNS", raising=False)  # as pytest-xdist sets it

    def run(command: str, *arguments: str) -> tuple[int, str, str]:
        try:
            code = main(["log", command, *arguments, "--log", str(path)])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        out, errors = capsys.readouterr()
        return code, out, errors

    return run


def test_list_shows_the_latest_calls_and_totals(run) -> None:
    code, out, errors = run("list", "--limit", "2")
    lines = out.splitlines()
    assert (code, errors) == (0, "")
    assert [line.split()[2] for line in lines[1:3]] == ["c2345678", "b2345678"]
    assert lines[-1].startswith("3 calls of 3 runs, 1 failed; 10 tokens in, 20 out; $0.25")
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--tag", "sky"], ["a"]),
        (["--name", "two"], ["b"]),
        (["--model", "gpt-5"], ["c"]),
        (["--state", "failed"], ["b"]),
        (["--provider", "xai"], []),
        (["--since", "1970-01-03", "--until", "1970-01-04"], ["b"]),
    ],
)
def test_every_command_takes_the_same_filters(run, filters, found, tmp_path: Path) -> None:
    _, out, _ = run("list", "--json", *filters)
    calls = [json.loads(line) for line in out.splitlines()]
    assert [call["call_id"] for call in calls] == found
    assert all(list(call) == list(COLUMNS) for call in calls)
    code, out, _ = run("export", str(tmp_path / "out.jsonl"), *filters)
    assert (code, out.split()[0]) == (0, str(len(found)))
    _, out, _ = run("summary", "--by", "all", "--json", *filters)
    assert json.loads(out)["calls"] == len(found)
    code, out, _ = run("prune", "--yes", *filters)
    assert (code, out.split()[0]) == (0, str(len(found)))


def test_show_prints_texts_and_numbers_and_nothing_that_moves_the_cursor(run) -> None:
    code, out, _ = run("show", "a23456")
    assert code == 0
    assert "Why is the sky blue?" in out
    assert "Because.\N{REPLACEMENT CHARACTER}[2J" in out
    assert "Tokens: 10 in, 20 out (reported)" in out
    assert "Cost: $0.250000 (prices by prices)" in out
    assert "first token after 0.50 s, took 2.00 s" in out
    code, out, _ = run("show", "a23456", "--json")
    assert json.loads(out)["output_text"] == "Because.\x1b[2J"


def test_summary_is_a_table_or_lines_of_json(run) -> None:
    code, out, _ = run("summary", "--by", "request_model")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [
        ["gpt-5-mini", "2"],
        ["gpt-5", "1"],
    ]
    _, out, _ = run("summary", "--by", "request_model,state", "--json")
    groups = [json.loads(line) for line in out.splitlines()]
    assert {(each["request_model"], each["state"]) for each in groups} == {
        ("gpt-5-mini", "completed"),
        ("gpt-5-mini", "failed"),
        ("gpt-5", "completed"),
    }
    assert groups[0]["cost_usd"] == 0.25


def test_an_export_is_imported_once(run, tmp_path: Path) -> None:
    run("export", str(tmp_path / "out.csv"))
    run("prune", "--state", "failed", "--yes")
    code, out, _ = run("import", str(tmp_path / "out.csv"))
    assert (code, out) == (0, "1 calls are new, 0 were completed, 2 were here already.\n")


def test_prune_asks_and_takes_silence_for_no(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", open(os.devnull, encoding="utf-8"))  # noqa: PTH123, SIM115
    code, out, errors = run("prune", "--before", "1970-01-03")
    assert (code, out) == (1, "")
    assert "Delete 1 calls of" in errors
    assert "Nothing was deleted" in errors
    assert len(run("list", "--json")[1].splitlines()) == 3
    sys.stdin.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "--since", "yesterday"], "since must be"),
        (["list", "--limit", "-1"], "a limit is a number from 0, not -1"),
        (["show", "zzzzzz"], "no run 'zzzzzz'"),
        (["summary", "--by", "nothing"], "cannot be made by 'nothing'"),
        (["prune", "--yes"], "Say what to delete"),
        (["export", "out.xlsx"], ".parquet, .csv, .jsonl or .db"),
        (["import", "none.csv"], "no file none.csv"),
        (["dance"], "invalid choice"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(run, arguments: list[str], said: str) -> None:
    code, out, errors = run(*arguments)
    assert (code, out) == (2, "")
    assert said in errors
    assert "Traceback" not in errors


def test_a_log_that_is_not_there_is_not_made(tmp_path: Path, capsys) -> None:
    assert main(["log", "list", "--log", str(tmp_path / "none.db")]) == 2
    assert "there is no log at" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_log_is_said_to_be_none(tmp_path: Path, capsys) -> None:
    (tmp_path / "text.db").write_bytes(b"no database at all, but long enough to look at" * 9)
    assert main(["log", "list", "--log", str(tmp_path / "text.db")]) == 2
    assert "not a database" in capsys.readouterr().err


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "stream_widget.cli", "log", *arguments]


@pytest.fixture
def tail(path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command("tail", "--text", "--limit", "1", "--log", str(path)),
        cwd=SOURCE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_tail_tells_of_calls_as_they_start_and_end_until_it_is_interrupted(
    tail: subprocess.Popen[str], path: Path
) -> None:
    assert tail.stdout is not None
    assert tail.stdout.readline().split()[2:] == ["c2345678", "openai:gpt-5", "completed"]
    with CallLog(path) as log:
        log.put(row("d", state="streaming", ended_at=None, output_text=""))
        log.flush()
        assert tail.stdout.readline().split()[2:] == ["d2345678", "openai:gpt-5-mini", "streaming"]
        log.put(row("d", output_text="All of it.", output_tokens=7, usage_source="estimated"))
        log.flush()
        assert tail.stdout.readline() == "[d2345678] All of it.\n"
        assert tail.stdout.readline().split()[4:] == ["completed", "~7", "tokens"]
    tail.send_signal(signal.SIGINT)
    _, errors = tail.communicate(timeout=30)
    assert (tail.returncode, errors) == (130, "")


def test_a_reader_that_goes_away_ends_it_quietly(path: Path) -> None:
    with CallLog(path) as log:
        for at in range(2000):
            log.put(row(f"{at:04}", prompt="word " * 50))
    with subprocess.Popen(
        command("list", "--json", "--limit", "2000", "--log", str(path)),
        cwd=SOURCE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 0


def test_help_comes_without_loading_pandas() -> None:
    code = (
        "import sys; from stream_widget.cli import main\n"
        "try: main(['log', '--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit('pandas' in sys.modules or 'sqlite3' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=SOURCE, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("list", "show", "summary", "tail", "prune"))


def test_a_log_that_cannot_be_read_is_no_empty_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database, whatever it is called" * 20)
    assert main(["log", "list", "--log", str(broken)]) == 2
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.count("not a database") == 1


def test_a_narrow_terminal_says_which_columns_it_has_no_room_for(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in ("list", "summary"):
        _, out, _ = run(command)
        table = [line for line in out.splitlines() if " of " not in line]
        assert max(map(len, table)) <= 80
        assert table[-1].startswith("(no room for ")
        monkeypatch.setenv("COLUMNS", "200")
        assert "no room" not in run(command)[1]
        monkeypatch.setenv("COLUMNS", "80")


def test_a_summary_of_nothing_says_so(run) -> None:
    assert run("summary", "--model", "gpt-none") == (0, "No calls.\n", "")
