"""The harness does what the other tests rely on, shown with a widget that is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e.kernels import BOTH, KERNEL_6, KERNEL_7

if TYPE_CHECKING:
    from e2e.conftest import OpenNotebook

COUNTER = '''
import anywidget, traitlets

class Counter(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      const button = document.createElement("button");
      const show = () => { button.textContent = `count ${model.get("count")}`; };
      button.onclick = () => model.send({ add: 1 });
      model.on("change:count", show);
      show();
      el.append(button);
    } };
    """
    count = traitlets.Int(0).tag(sync=True)

def add(widget, content, buffers):
    widget.count += content["add"]

counter = Counter()
counter.on_msg(add)
counter
'''


@pytest.mark.parametrize("kernel", BOTH)
def test_a_click_reaches_python_and_its_answer_the_page(
    open_notebook: OpenNotebook, kernel: str
) -> None:
    notebook = open_notebook(COUNTER, "print(counter.count)", kernel=kernel)
    notebook.run(0)
    notebook.page.get_by_role("button", name="count 0").click()
    notebook.page.get_by_role("button", name="count 1").click()
    notebook.page.get_by_role("button", name="count 2").wait_for()
    notebook.run(1)
    assert notebook.printed(1) == "2\n"


@pytest.mark.parametrize(("kernel", "series"), [(KERNEL_7, "7."), (KERNEL_6, "6.31.")])
def test_the_kernels_have_the_ipykernel_they_are_named_for(
    open_notebook: OpenNotebook, kernel: str, series: str
) -> None:
    notebook = open_notebook(
        "import ipykernel, stream_widget; print(ipykernel.__version__)", kernel=kernel
    )
    notebook.run(0)
    assert notebook.printed(0).startswith(series)


def test_a_widget_is_back_after_a_reload(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(COUNTER)
    notebook.run(0)
    notebook.page.get_by_role("button", name="count 0").click()
    notebook.page.get_by_role("button", name="count 1").wait_for()
    notebook.reload()
    notebook.page.get_by_role("button", name="count 1").click()
    notebook.page.get_by_role("button", name="count 2").wait_for()
    assert notebook.saved()["cells"][0]["outputs"]


def test_what_a_kernel_says_over_the_websocket_is_seen(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("print('a word ' * 2)")
    notebook.run(0)
    assert b"a word a word" in notebook.all_frames()


def test_an_uncaught_error_of_the_page_is_noticed(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("1")
    with notebook.page.expect_event("pageerror"):
        notebook.page.evaluate("() => { setTimeout(() => { throw new Error('on purpose'); }); }")
    assert "on purpose" in notebook.page_errors.pop()


def test_a_running_cell_is_busy_until_it_is_interrupted(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("import threading", "threading.Event().wait()")
    # Lab asks a new kernel things over its control channel, and takes it for idle at each answer.
    notebook.run(0)
    notebook.wait_for_kernel("idle")
    notebook.start(1)
    notebook.wait_for_kernel("busy")
    assert not notebook.is_done(1)
    notebook.interrupt_kernel()
    notebook.wait_until_done(1)
    assert notebook.printed(1).startswith("KeyboardInterrupt")


def test_a_restarted_kernel_has_forgotten(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("known = 1", "print('known' in globals())")
    notebook.run_all()
    assert notebook.printed(1) == "True\n"
    notebook.restart_kernel()
    notebook.run(1)
    assert notebook.printed(1) == "False\n"
