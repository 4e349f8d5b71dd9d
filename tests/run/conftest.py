from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from run.played import MINI
from stream_widget.request import Request
from stream_widget.run import RetryPolicy, Run, ThreadEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from run.played import PlayedSource
    from stream_widget.events import Usage
    from stream_widget.request import Target
    from stream_widget.run import Engine


class MakeRun(Protocol):
    def __call__(
        self,
        source: PlayedSource,
        *,
        request: Request | None = None,
        targets: Sequence[Target] = (MINI,),
        retries: int = 2,
        on: Engine | None = None,
        **more: object,
    ) -> Run: ...


@pytest.fixture
def engine() -> Iterator[ThreadEngine]:
    made = ThreadEngine()
    made.loop.set_debug(True)  # a call from a thread that is not the loop's is an error
    yield made
    made.stop()
    assert not made.alive, "the engine's thread did not end"


@pytest.fixture
def make_run(engine: ThreadEngine) -> MakeRun:
    """A run of a source, not yet started; each output token costs a dollar."""

    def price(target: Target, usage: Usage) -> tuple[float, str | None]:
        return float(usage.output_tokens or 0), "test prices"

    def make(
        source: PlayedSource,
        *,
        request: Request | None = None,
        targets: Sequence[Target] = (MINI,),
        retries: int = 2,
        on: Engine | None = None,
        **more: object,
    ) -> Run:
        return Run(
            request or Request("Why is the sky blue?"),
            targets,
            source,
            engine=on or engine,
            price=price,
            policy=RetryPolicy(retries),
            **more,
        )

    return make
