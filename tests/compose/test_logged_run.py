"""A run out of the log: shown like one that has just ended, and played again."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

import stream_widget as sw
from compose.asked import ANSWER, REASONING, WAIT_S, scenario
from stream_widget.call_log import UnknownRunError
from stream_widget.errors import InvalidRequestError
from stream_widget.scripted import ANY_MODEL, HttpError, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stream_widget.widget import StreamWidget

SAME = (
    "run",
    "provider",
    "model",
    "response_model",
    "effort",
    "state",
    "finish_reason",
    "raw_finish_reason",
    "usage",
    "usage_source",
    "cost_usd",
    "price_source",
    "timeline",
    "attempt",
    "first_target",
)


@pytest.fixture
def ended(ask: Callable[..., StreamWidget]) -> StreamWidget:
    return ask().wait(timeout=WAIT_S)


def told(w: StreamWidget) -> list[tuple[str, str]]:
    return [(part["kind"], part["text"]) for part in w.to_dict()["parts"]]


def test_a_logged_run_is_the_run_that_was(ended: StreamWidget) -> None:
    logged = sw.log.get(ended.run_id)
    live, kept = ended.to_dict(), logged.to_dict()
    assert {name: kept[name] for name in SAME} == {name: live[name] for name in SAME}
    assert told(logged) == told(ended)
    assert logged.output_text == ANSWER
    assert logged.reasoning_text == "\n\n".join(REASONING)
    assert kept["started_at"] == pytest.approx(live["started_at"], abs=0.01)
    assert kept["elapsed_s"] == pytest.approx(live["elapsed_s"], abs=0.01)
    assert logged.to_html().count(ANSWER[:20]) == 1
    assert logged.calls["call_id"].tolist() == ended.calls["call_id"].tolist()
    assert "text/html" in logged._repr_mimebundle_()[0]


def test_the_beginning_of_an_id_is_enough_and_an_unknown_one_gets_the_nearest_offered(
    ended: StreamWidget,
) -> None:
    assert sw.log.get(ended.run_id[:6]).run_id == ended.run_id
    with pytest.raises(UnknownRunError, match=ended.run_id):
        sw.log.get(ended.run_id[:-1] + "z")


def test_a_logged_run_cannot_be_asked_again(ended: StreamWidget) -> None:
    with pytest.raises(InvalidRequestError, match="its row does not hold the whole request"):
        sw.log.get(ended.run_id).restart()


def test_earlier_attempts_stand_above_the_last_as_they_did(
    ask: Callable[..., StreamWidget],
) -> None:
    with ScriptedServer() as other:
        other.play(
            "gpt-5-mini", [scenario(HttpError(503, headers={"retry-after-ms": "1"})), scenario()]
        )
        w = ask(base_url=other.base_url, retries=1).wait(timeout=WAIT_S)
    logged = sw.log.get(w.run_id)
    assert len(w.calls) == 2
    assert logged.state == "completed"
    assert logged.to_dict()["attempt"] == 2
    notices = [notice["text"] for notice in logged.to_dict()["notices"]]
    assert len(notices) == 1
    assert "failed" in notices[0]
    assert "asking again in" in notices[0]


def test_without_its_stream_a_run_shows_its_texts_whole(
    ended: StreamWidget, tmp_path: Path
) -> None:
    path = tmp_path / "old.jsonl"
    sw.log.export(path)
    call = json.loads(path.read_text("utf-8"))
    del call["parts"], call["timeline"]
    path.write_text(json.dumps(call), "utf-8")
    other = sw.CallLog(":memory:")
    other.import_(path)
    logged = other.get(ended.run_id)
    assert told(logged) == [("reasoning_text", "\n\n".join(REASONING)), ("output_text", ANSWER)]
    assert (
        "".join(text for _, _, text in logged.replay(math.inf)) == "\n\n".join(REASONING) + ANSWER
    )


def test_without_its_content_a_run_says_so_and_shows_its_numbers(
    ask: Callable[..., StreamWidget],
) -> None:
    sw.configure(log_content=False)
    w = ask().wait(timeout=WAIT_S)
    logged = sw.log.get(w.run_id)
    assert logged.output_text == ""
    assert logged.usage == w.usage
    assert "not logged" in logged.to_dict()["notices"][0]["text"]


def test_a_replay_gives_the_text_in_its_order_and_ends_as_the_run_did(ended: StreamWidget) -> None:
    logged = sw.log.get(ended.run_id)
    replay = logged.replay(math.inf)
    pieces = list(replay)
    assert "".join(text for _, kind, text in pieces if kind == "output_text") == ANSWER
    assert [at_s for at_s, _, _ in pieces] == sorted(at_s for at_s, _, _ in pieces)
    replay.wait(timeout=WAIT_S)
    assert (replay.state, replay.output_text, replay.usage) == ("completed", ANSWER, ended.usage)
    assert replay.run_id != ended.run_id
    assert "A replay of the run of" in replay.to_dict()["notices"][0]["text"]
    assert len(sw.log.to_frame()) == 1


def test_a_replay_keeps_the_pace_that_the_text_had(ended: StreamWidget) -> None:
    replay = ended.replay(1000.0).wait(timeout=WAIT_S)
    assert told(replay) == told(ended)
    assert replay.cost_usd == ended.cost_usd


def test_a_replayed_failure_fails_and_a_replayed_cancel_is_cancelled(
    ask: Callable[..., StreamWidget],
) -> None:
    with ScriptedServer(scenarios={ANY_MODEL: scenario(HttpError(400))}) as other:
        failed = ask(base_url=other.base_url).wait(timeout=WAIT_S)
    again = sw.log.get(failed.run_id).replay(math.inf).wait(timeout=WAIT_S)
    assert (again.state, again.error.kind) == ("failed", failed.error.kind)
    cancelled = ask()
    cancelled.cancel()
    cancelled.wait(timeout=WAIT_S)
    assert cancelled.replay(math.inf).wait(timeout=WAIT_S).state == "cancelled"


@pytest.mark.parametrize("speed", [0, -1, math.nan, True])
def test_a_speed_is_above_0(ended: StreamWidget, speed: float) -> None:
    with pytest.raises(InvalidRequestError, match="above 0"):
        ended.replay(speed)


def test_a_run_that_is_not_over_cannot_be_replayed_yet(ask: Callable[..., StreamWidget]) -> None:
    replayed = ask()
    replayed.wait(timeout=WAIT_S)
    replay = replayed.replay(0.001)
    with pytest.raises(InvalidRequestError, match="can be replayed when it is over"):
        replay.replay()
    replay.cancel()
    assert replay.wait(timeout=WAIT_S).state == "cancelled"
