"""One run, from its start to its end, when nobody interferes."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

import pytest

from run.played import (
    FINISHED,
    GROK,
    MINI,
    NANO,
    STARTED,
    WAIT_S,
    Gate,
    Heard,
    PlayedSource,
    failure,
    text,
)
from stream_widget.errors import (
    InvalidRequestError,
    StreamInterruptedError,
)
from stream_widget.events import (
    HeartbeatReceived,
    ReasoningStarted,
    ReasoningSummaryDelta,
    RefusalDelta,
    ResponseFailed,
    ResponseFinished,
    ToolCallDelta,
    ToolCallStarted,
    Usage,
    UsageReported,
)
from stream_widget.request import Request
from stream_widget.run import Notice, Run

if TYPE_CHECKING:
    from run.conftest import MakeRun
    from stream_widget.run import ThreadEngine


def finish(run: Run, *sinks: object) -> Run:
    run.start(*sinks)
    assert run.wait_ended(WAIT_S), f"the run is still {run.state}"
    return run


# How it ends


def test_a_whole_response_completes_the_run(make_run: MakeRun) -> None:
    source, heard = PlayedSource([STARTED, text("Hello "), text("there"), FINISHED]), Heard()
    run = finish(make_run(source), heard)
    assert (run.state, run.error, source.closed) == ("completed", None, 1)
    assert run.attempt is not None
    assert run.attempt.snapshot.output_text == "Hello there"
    assert run.attempt.outcome == "completed"
    assert [name for name, _ in heard.all] == [
        "attempt started",
        "state",
        "event",
        "event",
        "event",
        "event",
        "state",
        "attempt ended",
        "run ended",
    ]
    assert heard.states == ["streaming", "completed"]


def test_an_answer_cut_by_a_limit_is_incomplete(make_run: MakeRun) -> None:
    end = ResponseFinished("length", "max_output_tokens", incomplete=True)
    run = finish(make_run(PlayedSource([STARTED, text("Hel"), end])))
    assert (run.state, run.attempts[0].outcome, run.error) == ("incomplete", "incomplete", None)


def test_a_refusal_is_content_and_completes_the_run(make_run: MakeRun) -> None:
    end = ResponseFinished("content_filter", "completed")
    run = finish(make_run(PlayedSource([STARTED, RefusalDelta(0, "No."), end])))
    assert run.state == "completed"
    assert run.attempts[0].snapshot.refusal_text == "No."


def test_a_response_without_a_word_completes_too(make_run: MakeRun) -> None:
    run = finish(make_run(PlayedSource([STARTED, FINISHED])))
    assert (run.state, run.attempts[0].ttft_s) == ("completed", None)
    assert run.attempts[0].usage is None


def test_a_source_that_ends_without_a_final_event_is_interrupted(make_run: MakeRun) -> None:
    run = finish(make_run(PlayedSource([STARTED, text("Hel")])))
    assert run.state == "failed"
    assert isinstance(run.error, StreamInterruptedError)
    assert run.error.kind == "interrupted"
    assert run.attempts[0].snapshot.output_text == "Hel"


def test_a_failure_in_mid_stream_keeps_the_text_and_is_not_tried_again(make_run: MakeRun) -> None:
    source = PlayedSource([STARTED, text("Hel"), failure("server")])
    run = finish(make_run(source, targets=[MINI, GROK]))
    assert (run.state, run.error.kind) == ("failed", "server")
    assert source.asked == [MINI]
    assert run.attempts[0].snapshot.output_text == "Hel"


@pytest.mark.parametrize(
    "delta", [ReasoningSummaryDelta(0, "Let me"), RefusalDelta(0, "No"), ToolCallDelta(0, "{")]
)
def test_words_of_any_kind_end_the_time_of_retries(make_run: MakeRun, delta: object) -> None:
    source = PlayedSource([STARTED, delta, failure("server")])
    assert finish(make_run(source)).state == "failed"
    assert source.asked == [MINI]


def test_the_providers_own_failure_event_is_the_error(make_run: MakeRun) -> None:
    error = failure("quota")
    run = finish(make_run(PlayedSource([STARTED, text("Hel"), ResponseFailed(error)])))
    assert (run.state, run.error) == ("failed", error)
    assert run.attempts[0].outcome == "failed"


def test_what_breaks_after_the_final_event_takes_nothing_from_it(make_run: MakeRun) -> None:
    source = PlayedSource([STARTED, text("Hi"), FINISHED, failure("connection")])
    run = finish(make_run(source))
    assert (run.state, run.error, run.attempts[0].error) == ("completed", None, None)
    assert source.asked == [MINI]


def test_what_breaks_after_the_providers_error_does_not_replace_it(make_run: MakeRun) -> None:
    error = failure("quota")
    source = PlayedSource([STARTED, ResponseFailed(error), failure("connection")])
    assert finish(make_run(source)).error is error


# Retries and fallbacks


def test_a_failure_before_the_first_word_is_tried_again(make_run: MakeRun) -> None:
    source = PlayedSource([failure("overloaded")], [STARTED, text("Hi"), FINISHED])
    heard = Heard()
    run = finish(make_run(source), heard)
    assert (run.state, run.error) == ("completed", None)
    assert [(a.number, a.outcome) for a in run.attempts] == [(1, "failed"), (2, "completed")]
    assert heard.of("notice") == ["openai:gpt-5-mini failed (overloaded); asking again in 0.0 s."]
    assert [notice.text for notice in run.notices] == heard.of("notice")


def test_reasoning_without_words_does_not_end_the_time_of_retries(make_run: MakeRun) -> None:
    heard = Heard()
    source = PlayedSource(
        [STARTED, ReasoningStarted(), ToolCallStarted(0, "call_1", "now"), failure("connection")],
        [STARTED, text("Hi"), FINISHED],
    )
    assert finish(make_run(source), heard).state == "completed"
    assert heard.states == ["streaming", "pending", "streaming", "completed"]


def test_a_stream_that_ends_before_its_first_word_is_tried_again(make_run: MakeRun) -> None:
    source = PlayedSource([STARTED], [STARTED, text("Hi"), FINISHED])
    run = finish(make_run(source))
    assert run.state == "completed"
    assert run.attempts[0].error.kind == "interrupted"


def test_retries_come_to_an_end_and_each_attempt_is_kept(make_run: MakeRun) -> None:
    source = PlayedSource([failure("server")])
    run = finish(make_run(source, retries=2))
    assert (run.state, len(source.asked), source.closed) == ("failed", 3, 3)
    assert len({attempt.call_id for attempt in run.attempts}) == 3


def test_an_empty_account_is_not_asked_again(make_run: MakeRun) -> None:
    source = PlayedSource([failure("quota")])
    assert finish(make_run(source)).error.kind == "quota"
    assert source.asked == [MINI]


def test_the_next_target_is_asked_when_retries_are_used_up(make_run: MakeRun) -> None:
    source = PlayedSource([failure("server")], [failure("server")], [STARTED, text("Hi"), FINISHED])
    heard = Heard()
    run = finish(make_run(source, targets=[MINI, GROK], retries=1), heard)
    assert (run.state, run.target, run.error) == ("completed", GROK, None)
    assert source.asked == [MINI, MINI, GROK]
    assert heard.of("notice")[-1] == "openai:gpt-5-mini failed (server); asking xai:grok-4 instead."


def test_each_target_has_retries_of_its_own(make_run: MakeRun) -> None:
    source = PlayedSource([failure("server")])
    finish(make_run(source, targets=[MINI, GROK], retries=1))
    assert source.asked == [MINI, MINI, GROK, GROK]


def test_a_wrong_key_is_tried_at_another_provider_only(make_run: MakeRun) -> None:
    source = PlayedSource([failure("authentication")])
    assert finish(make_run(source, targets=[MINI, NANO, GROK])).state == "failed"
    assert source.asked == [MINI]
    source = PlayedSource([failure("authentication")], [STARTED, text("Hi"), FINISHED])
    assert finish(make_run(source, targets=[MINI, GROK])).state == "completed"


def test_a_run_that_falls_back_is_pending_until_the_next_target_answers(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    gate, heard = Gate(engine), Heard()
    source = PlayedSource(
        [STARTED, ResponseFailed(failure("quota"))], [gate, STARTED, text("Hi"), FINISHED]
    )
    run = make_run(source, targets=[MINI, GROK])
    run.start(heard)
    gate.wait_until_reached()
    assert run.state == "pending"
    gate.open()
    assert run.wait_ended(WAIT_S)
    assert heard.states == ["streaming", "pending", "streaming", "completed"]


# What it knows


def test_reported_usage_is_priced(make_run: MakeRun) -> None:
    usage = Usage(input_tokens=3, output_tokens=5, total_tokens=8)
    run = finish(make_run(PlayedSource([STARTED, text("Hi"), UsageReported(usage), FINISHED])))
    attempt = run.attempts[0]
    assert (attempt.usage, attempt.usage_source) == (usage, "reported")
    assert (attempt.cost_usd, attempt.price_source) == (5.0, "test prices")


def test_a_cut_answer_has_an_estimated_usage_that_is_not_zero(make_run: MakeRun) -> None:
    run = finish(make_run(PlayedSource([STARTED, text("x" * 40)]), chars_per_token=8.0))
    attempt = run.attempts[0]
    assert attempt.usage_source == "estimated"
    assert attempt.usage.output_tokens == 5
    assert attempt.cost_usd == 5.0


def test_a_failure_without_a_word_has_no_usage(make_run: MakeRun) -> None:
    attempt = finish(make_run(PlayedSource([failure("quota")]))).attempts[0]
    assert (attempt.usage, attempt.usage_source, attempt.cost_usd) == (None, None, None)


def test_times_run_from_the_sending_to_the_first_word_the_first_answer_and_the_end(
    make_run: MakeRun,
) -> None:
    source = PlayedSource([STARTED, ReasoningSummaryDelta(0, "Hm."), text("Hi"), FINISHED])
    attempt = finish(make_run(source)).attempts[0]
    assert 0 <= attempt.ttft_s <= attempt.ttfo_s <= attempt.duration_s
    assert attempt.ended_at >= attempt.started_at
    assert attempt.ended_at.tzinfo is not None


def test_tokens_per_second_are_output_tokens_from_the_first_word_to_the_end(
    make_run: MakeRun,
) -> None:
    usage = UsageReported(Usage(output_tokens=10))
    attempt = finish(make_run(PlayedSource([STARTED, text("Hi"), usage, FINISHED]))).attempts[0]
    assert math.isclose(attempt.tokens_per_s, 10 / (attempt.duration_s - attempt.ttft_s))
    assert finish(make_run(PlayedSource([STARTED, FINISHED]))).attempts[0].tokens_per_s is None


def test_a_heartbeat_is_not_an_answer(make_run: MakeRun, engine: ThreadEngine) -> None:
    gate = Gate(engine)
    run = make_run(PlayedSource([HeartbeatReceived(), gate, STARTED, FINISHED]))
    run.start()
    gate.wait_until_reached()
    assert (run.state, run.attempt.answered) == ("pending", False)
    gate.open()
    assert run.wait_ended(WAIT_S)


def test_notices_from_the_start_come_first(make_run: MakeRun) -> None:
    told = Notice("No key was found.", "info")
    source = PlayedSource([failure("server")], [FINISHED])
    run = finish(make_run(source, notices=[told]))
    assert (run.notices[0], len(run.notices)) == (told, 2)


def test_a_run_needs_a_target_and_starts_once(make_run: MakeRun) -> None:
    with pytest.raises(InvalidRequestError, match="at least one target"):
        make_run(PlayedSource([FINISHED]), targets=[])
    run = finish(make_run(PlayedSource([FINISHED])))
    with pytest.raises(RuntimeError, match="starts once"):
        run.start()


def test_before_its_first_attempt_a_run_names_its_first_target(make_run: MakeRun) -> None:
    run = make_run(PlayedSource([FINISHED]), targets=[GROK, MINI], request=Request("Hi"))
    assert (run.target, run.attempt, run.ended) == (GROK, None, False)
    assert run.elapsed_s >= 0


def test_the_clock_of_a_run_stops_at_its_end(make_run: MakeRun) -> None:
    run = finish(make_run(PlayedSource([FINISHED])))
    assert run.elapsed_s == run.elapsed_s


def test_a_listener_to_the_end_is_called_once_and_at_once_when_it_comes_late(
    make_run: MakeRun,
) -> None:
    called: list[str] = []
    both = threading.Barrier(2, timeout=WAIT_S)
    run = make_run(PlayedSource([FINISHED]))
    run.when_ended(lambda: (called.append("early"), both.wait()))
    run.start()
    both.wait()
    run.when_ended(lambda: called.append("late"))
    assert called == ["early", "late"]


def test_waiting_says_whether_the_run_ended_in_time(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    gate = Gate(engine)
    run = make_run(PlayedSource([gate, FINISHED]))
    run.start()
    gate.wait_until_reached()
    assert not run.wait_ended(0)
    gate.open()
    assert run.wait_ended(WAIT_S)
    assert run.wait_ended(0)
