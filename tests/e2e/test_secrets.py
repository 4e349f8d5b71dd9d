"""A key stays where it was given (DESIGN, decision 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.secrets_planted import GIVEN_KEY, KEYS, MACHINE_KEY
from e2e.shown_run import ShownRun
from e2e.streams import SCRIPT
from stream_widget.scripted import HttpError, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2e.conftest import OpenNotebook
    from e2e.lab import Lab
    from stream_widget.scripted import ScriptedServer


def echo(key: str) -> Scenario:
    """A provider that says the key it was sent back in its error, as some do in part."""
    body = {"error": {"message": f"Incorrect API key provided: {key}.", "code": "invalid_api_key"}}
    return Scenario(SCRIPT, faults=(HttpError(401, body=body),))


def cell(server: ScriptedServer, model: str, more: str = "") -> str:
    return (
        "import os, stream_widget as sw\n"
        f"w = sw.stream('A question', model='{model}', fallback=[], base_url={server.base_url!r}"
        f"{more})\n"
        "w"
    )


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_no_key_is_in_any_frame_file_log_export_repr_or_error(
    open_notebook: OpenNotebook, scripted: ScriptedServer, lab: Lab, tmp_path: Path
) -> None:
    scripted.play("gpt-5-mini", Scenario(SCRIPT))
    scripted.play("gpt-5-nano", echo(MACHINE_KEY))
    scripted.play("whole", Scenario(SCRIPT))
    scripted.play("echo", echo(GIVEN_KEY))
    given = ", api_key=os.environ['PLANTED']"
    cells = {
        cell(scripted, "openai:gpt-5-mini"): "completed",
        cell(scripted, "openai:gpt-5-nano"): "failed",
        cell(scripted, "scripted:whole", given): "completed",
        cell(scripted, "scripted:echo", given): "failed",
    }
    keep = (
        f"name = r'{tmp_path}/' + w.run_id\n"
        "for ending in ('.html', '.md', '.json'): w.export(name + ending)\n"
        "sw.log.to_frame().to_csv(name + '.csv')\n"
        "print(w, repr(w), w.error, repr(w.error), vars(w.error) if w.error else '')\n"
        "print(w.get_state(), w.to_dict(), w._run.request)"
    )
    notebook = open_notebook(*(source for each in cells for source in (each, keep)))
    for number, state in enumerate(cells.values()):
        notebook.run(2 * number)
        ShownRun.only_one_in(notebook.cell(2 * number)).wait_for_state(state)
        notebook.wait_for_value(2 * number, "text/html")
        notebook.run(2 * number + 1)
        assert "Traceback" not in notebook.printed(2 * number + 1)
    notebook.save()

    assert len(scripted.requests) == len(cells)
    assert all("authorization" in exchange.header_names for exchange in scripted.requests)
    assert "A question" in notebook.all_frames().decode("utf-8", "replace")
    places = {
        "websocket": notebook.all_frames(),
        "page": notebook.page.content().encode(),
        **{str(path): path.read_bytes() for path in files_below(lab.home)},
        **{str(path): path.read_bytes() for path in files_below(tmp_path)},
    }
    assert [place for place, data in places.items() if lab.call_log.name in place]
    assert [place for place, data in places.items() if any(k.encode() in data for k in KEYS)] == []
