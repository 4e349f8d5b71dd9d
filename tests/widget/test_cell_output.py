"""What a cell is sent: the widget, and once each run has ended the text that the notebook keeps."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from stream_widget.events import OutputTextDelta, ResponseFinished
from stream_widget.widget import KernelBudget, StreamWidget, cell_output
from widget.played import engine, make_run, on_loop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.run import ThreadEngine

DONE = ResponseFinished("stop", "completed")


class Notebook:
    """A cell that runs, as far as IPython and ipykernel show it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        """The plain text of each output and of each update, in order."""
        self.parent_header = {"header": {"msg_id": "1"}}
        self.session, self.pub_socket, self.topic = self, None, b"display_data"
        self.shell = SimpleNamespace(
            kernel=SimpleNamespace(get_parent=lambda: self.parent_header),
            display_pub=self,
            displayhook=SimpleNamespace(msg=None),
        )

    def publish(self, data: dict[str, str], **_: object) -> None:
        self.texts.append(data["text/plain"])

    def send(self, _socket: object, _type: str, content: dict[str, Any], **_: object) -> None:
        self.texts.append(content["data"]["text/plain"])


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    made = Notebook()
    monkeypatch.setattr(cell_output, "get_ipython", lambda: made.shell)
    monkeypatch.setattr(cell_output, "publish_display_data", made.publish)
    return made


@pytest.fixture
def on() -> Iterator[ThreadEngine]:
    with engine() as made:
        yield made


def test_a_cell_is_updated_once_when_the_run_has_ended(
    on: ThreadEngine, notebook: Notebook
) -> None:
    run = make_run(on, [OutputTextDelta(0, "Blue."), DONE])
    widget = StreamWidget(run, engine=on, budget=KernelBudget(), calls=list)
    widget._ipython_display_()
    widget.start()
    widget.wait(10)
    on_loop(on, lambda: None)
    shown, updated = notebook.texts
    assert ("Blue." in shown, "Blue." in updated) == (False, True)


def test_a_restart_before_the_last_run_has_updated_its_cell_does_not_keep_the_new_text_from_it(
    on: ThreadEngine, notebook: Notebook
) -> None:
    first = make_run(on, [OutputTextDelta(0, "First."), DONE])
    second = make_run(on, [OutputTextDelta(0, "Second."), DONE])
    widget = StreamWidget(first, engine=on, budget=KernelBudget(), calls=list, again=lambda: second)
    restarted = threading.Event()
    first.when_ended(lambda: restarted.wait(10))
    widget._ipython_display_()
    widget.start()
    widget.wait(10).restart()
    restarted.set()
    widget.wait(10)
    on_loop(on, lambda: None)
    last = notebook.texts[-1]
    assert "First." in last
    assert "Second." in last
