"""Cancel, pause, resume, speed and waiting, at a real stream and from any thread."""

from __future__ import annotations

import _thread
import asyncio
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import stream_widget as sw
from compose.asked import ANSWER, WAIT_S, engine_tasks, kernel, scenario, wait_until
from stream_widget.errors import InvalidRequestError
from stream_widget.scripted import Gate, HttpError, ScriptedServer, Stall

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.widget import StreamWidget

Ask = "Callable[..., StreamWidget]"
SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def gate(server: ScriptedServer) -> Gate:
    """Holds the answer of gpt-5-mini in its middle."""
    made = Gate()
    server.play("gpt-5-mini", scenario(gates={"answer": made}))
    return made


def in_thread(call: Callable[[], object]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join(WAIT_S)


# Cancel


@pytest.mark.parametrize("at", ["start", "reasoning", "answer", "end"])
def test_cancel_closes_the_connection_wherever_the_stream_is(
    ask: Ask, server: ScriptedServer, at: str
) -> None:
    gate = Gate()
    server.play("gpt-5-mini", scenario(gates={at: gate}))
    w = ask(fallback=["openai:gpt-5-nano"], retries=2)
    gate.wait_until_reached()
    in_thread(w.cancel)
    assert w.state == "cancelled"
    assert w.wait(WAIT_S) is w
    server.wait_until_no_connections()
    assert server.requests[0].wait_until_over() == "closed_by_client"
    assert (w.error, len(server.requests)) == (None, 1)
    assert ANSWER.startswith(w.output_text)
    assert list(w.calls["state"]) == ["cancelled"]
    assert not any(name.startswith("run ") for name in engine_tasks())


def test_cancel_keeps_the_text_and_estimates_what_it_cost(ask: Ask, gate: Gate) -> None:
    w = ask()
    wait_until(w, lambda: w.output_text)
    w.cancel()
    w.wait(WAIT_S)
    assert w.output_text
    assert ANSWER.startswith(w.output_text)
    row = w.calls.iloc[0]
    assert (row["state"], row["output_text"]) == ("cancelled", w.output_text)
    assert (row["usage_source"], row["output_tokens"] > 0) == ("estimated", True)
    assert w.output_text in w.to_markdown()


def test_cancel_twice_is_cancel_once(ask: Ask, gate: Gate) -> None:
    w = ask()
    gate.wait_until_reached()
    w.cancel()
    w.cancel()
    w.wait(WAIT_S)
    w.cancel()
    assert (w.state, len(w.calls)) == ("cancelled", 1)


def test_cancel_right_after_the_call_asks_nobody_or_leaves_at_once(
    ask: Ask, server: ScriptedServer
) -> None:
    server.play("gpt-5-mini", scenario(Stall(at="start")))
    w = ask()
    w.cancel()
    w.wait(WAIT_S)
    assert (w.state, w.output_text, w.error) == ("cancelled", "", None)
    server.wait_until_no_connections()


@pytest.mark.parametrize(("status", "state"), [(None, "completed"), (404, "failed")])
def test_cancel_after_the_end_changes_nothing(
    ask: Ask, server: ScriptedServer, status: int | None, state: str
) -> None:
    if status is not None:
        server.play("gpt-5-mini", scenario(HttpError(status)))
    w = ask().wait(WAIT_S)
    before = w.to_dict()
    for press in (w.cancel, w.pause, w.resume):
        press()
    engine_tasks()
    assert w.state == state
    assert w.to_dict() == before


def test_cancel_between_two_attempts_makes_no_second(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", scenario(HttpError(429, {"retry-after": "50"})))
    w = ask(retries=2)
    wait_until(w, lambda: w.to_dict()["notices"])
    w.cancel()
    w.wait(WAIT_S)
    assert (w.state, w.error, len(server.requests)) == ("cancelled", None, 1)


# Pause, resume, speed


def test_pause_from_another_thread_holds_the_state_and_reading_goes_on(
    ask: Ask, gate: Gate
) -> None:
    w = ask()
    wait_until(w, lambda: w.output_text)
    in_thread(w.pause)
    assert w.state == "paused"
    gate.open()
    w.wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)


def test_resume_from_another_thread_goes_on(ask: Ask, gate: Gate) -> None:
    w = ask()
    wait_until(w, lambda: w.output_text)
    in_thread(w.pause)
    in_thread(w.resume)
    assert w.state == "streaming"
    gate.open()
    assert w.wait(WAIT_S).state == "completed"


def test_a_run_paused_before_it_was_sent_asks_nobody_until_it_is_resumed(
    ask: Ask, server: ScriptedServer
) -> None:
    paused = threading.Event()
    # The engine does nothing until the run is paused, as a busy one would.
    kernel().engine.call_soon(paused.wait, WAIT_S)
    w = ask()
    w.pause()
    paused.set()
    engine_tasks()
    assert (w.state, server.requests) == ("paused", [])
    w.resume()
    assert w.wait(WAIT_S).output_text == ANSWER


def test_speed_holds_back_the_view_and_never_the_run(ask: Ask) -> None:
    w = ask()
    in_thread(lambda: setattr(w, "speed", 0.001))
    w.wait(WAIT_S)
    assert (w.speed, w.state, w.output_text) == (0.001, "completed", ANSWER)
    w.speed = None
    assert w.speed is None


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan")])
def test_a_speed_that_cannot_be_is_refused(ask: Ask, speed: float) -> None:
    w = ask().wait(WAIT_S)
    with pytest.raises(InvalidRequestError, match="speed is tokens a second"):
        w.speed = speed
    assert w.speed is None


# Waiting


def test_a_wait_that_runs_out_says_so_and_the_run_goes_on(ask: Ask, gate: Gate) -> None:
    w = ask()
    gate.wait_until_reached()
    with pytest.raises(TimeoutError, match=r"after 0.01 s and goes on"):
        w.wait(0.01)
    assert w.state in {"pending", "streaming"}
    gate.open()
    assert w.wait(WAIT_S).output_text == ANSWER
    assert w.wait(0) is w


def test_an_interrupt_while_waiting_cancels_keeps_the_text_and_is_raised_again(
    ask: Ask, server: ScriptedServer, gate: Gate
) -> None:
    ask(model="openai:gpt-5-nano").wait(WAIT_S)
    w = ask()
    gate.wait_until_reached()
    seen = threading.Event()

    def interrupt() -> None:
        seen.wait(WAIT_S)
        _thread.interrupt_main()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - the interrupt may come at any point
        seen.set()
        w.wait(WAIT_S)
    thread.join()
    assert (w.state, w.error) == ("cancelled", None)
    server.wait_until_no_connections()
    assert ask(model="openai:gpt-5-nano").wait(WAIT_S).output_text == ANSWER


def test_an_interrupt_while_the_widget_is_still_being_shown_cancels_what_runs(
    ask: Ask, server: ScriptedServer, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    w = ask()
    gate.wait_until_reached()
    monkeypatch.setattr(w, "_show_if_unseen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        w.wait(WAIT_S)
    assert (w.state, w.error) == ("cancelled", None)
    server.wait_until_no_connections()


def test_ctrl_c_in_a_script_ends_it_with_the_text_in_the_log(
    server: ScriptedServer, gate: Gate, tmp_path: Path
) -> None:
    script = (
        "import stream_widget as sw\n"
        f"w = sw.stream('Why?', model='openai:gpt-5-mini', base_url={server.base_url!r},"
        " api_key='x', retries=0)\n"
        "try:\n    w.wait()\n"
        "except KeyboardInterrupt:\n"
        "    print(w.state, repr(w.output_text), list(w.calls['state']), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script],
        cwd=SOURCE,
        env={"STREAM_WIDGET_LOG": str(tmp_path / "calls.db"), "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        gate.wait_until_reached(60)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=WAIT_S)
    assert (process.returncode, errors) == (0, "")
    state, rest = out.split(" ", 1)
    assert state == "cancelled"
    assert rest.rstrip().endswith("['cancelled']")
    server.wait_until_no_connections()


def test_await_gives_the_widget_at_its_end(ask: Ask) -> None:
    async def main() -> None:
        w = ask()
        assert await w is w
        assert w.output_text == ANSWER
        assert await w is w

    asyncio.run(main())


def test_two_may_await_one_widget(ask: Ask) -> None:
    async def wait(w: StreamWidget) -> None:
        await w

    async def main() -> StreamWidget:
        w = ask()
        async with asyncio.TaskGroup() as group:
            group.create_task(wait(w))
            group.create_task(wait(w))
        return w

    assert asyncio.run(main()).state == "completed"


def test_cancelling_an_await_cancels_the_run_and_no_other(
    ask: Ask, server: ScriptedServer, gate: Gate
) -> None:
    other_gate = Gate()
    server.play("gpt-5-nano", scenario(gates={"answer": other_gate}))
    other = ask(model="openai:gpt-5-nano")
    other_gate.wait_until_reached()

    async def main() -> StreamWidget:
        w = ask()
        await asyncio.to_thread(gate.wait_until_reached)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await w
        return w

    w = asyncio.run(main())  # and the loop that waited is closed before the run has ended
    w.wait(WAIT_S)
    assert w.state == "cancelled"
    other_gate.open()
    assert other.wait(WAIT_S).output_text == ANSWER
    server.wait_until_no_connections()


# Many at once, and what is left


def test_eight_runs_at_once_each_have_their_own_answer(ask: Ask, server: ScriptedServer) -> None:
    gates = [Gate() for _ in range(8)]
    for number, each in enumerate(gates):
        server.play(f"model-{number}", scenario(gates={"answer": each}))
    runs = [ask(model=f"openai:model-{number}", tags=[str(number)]) for number in range(8)]
    for each in gates:
        each.wait_until_reached()
    assert server.open_connections == 8
    runs[3].cancel()
    for each in gates:
        each.open()
    for number, w in enumerate(runs):
        w.wait(WAIT_S)
        assert w.state == ("cancelled" if number == 3 else "completed")
        if number != 3:
            assert w.output_text == ANSWER
    server.wait_until_no_connections()
    assert len(sw.log.to_frame()) == 8
    assert len({w.run_id for w in runs}) == 8


def test_no_task_connection_or_thread_is_left_behind(
    ask: Ask, server: ScriptedServer, gate: Gate
) -> None:
    def added() -> set[str]:
        names = {thread.name for thread in set(threading.enumerate()) - before}
        # The loop's own pool looks up addresses; it is small, and goes with the loop.
        return {name for name in names if not name.startswith("asyncio_")}

    before = set(threading.enumerate())
    ask(model="openai:gpt-5-nano").wait(WAIT_S)
    assert added() == {"stream_widget engine", "stream_widget log"}
    tasks = engine_tasks()
    server.play("broken", scenario(HttpError(500)))
    server.play("silent", scenario(Stall(at="answer")))
    waiting = ask()
    gate.wait_until_reached()
    for run in (ask(model="openai:broken"), ask(model="openai:silent", timeout=0.1)):
        run.wait(WAIT_S)
    waiting.cancel()
    waiting.wait(WAIT_S)
    server.wait_until_no_connections()
    assert sorted(engine_tasks()) == sorted(tasks)
    assert added() == {"stream_widget engine", "stream_widget log"}
    kernel().close()
    assert set(threading.enumerate()) - before == set()
