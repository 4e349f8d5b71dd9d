"""A background response is taken up again where it dropped, and cancelled at the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compose.asked import ANSWER, REASONING, SCRIPT, WAIT_S, scenario, wait_until
from stream_widget.scripted import Cut, Gate, HttpError, Scenario, UnverifiedOrganization

if TYPE_CHECKING:
    from stream_widget.scripted import ScriptedServer

WHOLE_REASONING = "\n\n".join(REASONING)
Ask = "Callable[..., StreamWidget]"


@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize("at", ["start", "reasoning", "answer", "end"])
def test_a_dropped_connection_loses_and_doubles_nothing(
    ask: Ask, server: ScriptedServer, at: str, *, resets: bool
) -> None:
    server.play("gpt-5-mini", scenario(Cut(at=at, resets=resets)))
    w = ask(background=True).wait(WAIT_S)
    assert (w.state, w.reasoning_text, w.output_text) == ("completed", WHOLE_REASONING, ANSWER)
    assert len(w.calls) == 1
    assert w.calls["usage_source"][0] == "reported"
    notices = [notice["text"] for notice in w.to_dict()["notices"]]
    assert any("taking it up where it stopped" in text for text in notices)
    server.wait_until_no_connections()


def test_a_connection_that_drops_again_and_again_is_taken_up_each_time(
    ask: Ask, server: ScriptedServer
) -> None:
    again = ((Cut(at="answer"),), (HttpError(503),))
    server.play("gpt-5-mini", Scenario(SCRIPT, faults=(Cut(at="reasoning"),), resume_faults=again))
    w = ask(background=True).wait(WAIT_S)
    assert (w.state, w.reasoning_text, w.output_text) == ("completed", WHOLE_REASONING, ANSWER)


def test_a_response_that_cannot_be_taken_up_keeps_its_text(
    ask: Ask, server: ScriptedServer
) -> None:
    server.play(
        "gpt-5-mini",
        Scenario(SCRIPT, faults=(Cut(at="answer"),), resume_faults=((HttpError(400),),)),
    )
    w = ask(background=True).wait(WAIT_S)
    assert w.state == "failed"
    assert w.reasoning_text == WHOLE_REASONING
    assert w.output_text
    assert ANSWER.startswith(w.output_text)


def test_cancel_cancels_it_at_the_provider(ask: Ask, server: ScriptedServer) -> None:
    gate = Gate()
    server.play("gpt-5-mini", scenario(gates={"answer": gate}))
    w = ask(background=True)
    wait_until(w, lambda: w.output_text)
    w.cancel()
    assert w.wait(WAIT_S).state == "cancelled"
    assert server.cancelled == [w.calls["response_id"][0]]
    server.wait_until_no_connections()


def test_unstreamed_it_is_asked_for_until_it_is_there(ask: Ask, server: ScriptedServer) -> None:
    w = ask(background=True, stream=False).wait(WAIT_S)
    assert (w.state, w.reasoning_text, w.output_text) == ("completed", WHOLE_REASONING, ANSWER)
    assert not w.calls["streamed"][0]


def test_a_refused_stream_is_asked_for_until_it_is_there(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", scenario(UnverifiedOrganization()))
    w = ask(background=True).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)
    assert list(w.calls["streamed"]) == [True, False]
