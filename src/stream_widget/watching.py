"""`watch`: a stream that the caller asked for, shown, steered and logged like one of ours."""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, aclosing
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from stream_widget import catalog, compose
from stream_widget.call_log import LogSink
from stream_widget.events import ResponseFailed
from stream_widget.kernel import current_kernel
from stream_widget.keywords import offers_keywords
from stream_widget.providers import PROVIDERS
from stream_widget.providers.sdk_failures import finish_in, request_of, sdk_failure
from stream_widget.providers.watchable import Watchable
from stream_widget.providers.watched_items import WATCHED, WatchedItems
from stream_widget.request import Request, Target, Timeouts
from stream_widget.run import DEFAULT_CHARS_PER_TOKEN, RetryPolicy
from stream_widget.run.driving import driver_for, running_loop
from stream_widget.run.watched import UnknownRequest, WatchedRun
from stream_widget.telemetry import telemetry
from stream_widget.widget import StreamWidget

if TYPE_CHECKING:
    from stream_widget.events import Event
    from stream_widget.request import Message
    from stream_widget.run.driving import Driver

__all__ = ["watch"]

_Streams: TypeAlias = (
    AsyncIterable[object]
    | Iterable[object]
    | AbstractAsyncContextManager[Any]
    | AbstractContextManager[Any]
)

_UNNAMED: Final = "stream"
_PATIENT: Final = Timeouts(first_delta_s=31_536_000.0, silence_s=31_536_000.0)
"""A year: what is only watched may take its time, and Cancel is there."""
_WATCHED_ONCE: Final = (
    "What this widget watches cannot be asked again: call watch() with a new iterable."
)
_ASKED_ONCE: Final = RetryPolicy(0)


@offers_keywords
def watch(  # noqa: PLR0913 - each a thing the stream cannot say itself, all keyword-only
    iterable: _Streams,
    *,
    name: str | None = None,
    model: str | None = None,
    prompt: str | Sequence[Message] | None = None,
    tags: Sequence[str] = (),
    timeout: float | None = None,
    log_content: bool | None = None,
    redact: Callable[[str], str] | None = None,
) -> StreamWidget:
    """Watch a stream that you asked for yourself: returns at once, shows itself as `stream` does.

    An asynchronous stream is driven on the loop that runs where `watch` is called (a notebook's
    own), a plain one on a thread; Cancel closes either.

    Args:
        iterable: Strings, events of ``stream_widget.events``, dict frames, or a stream of the
            ``openai`` or ``anthropic`` SDK, entered or not; plain or asynchronous.
        name: For finding the run in the log, and shown above it.
        model: Who answers, as ``"provider:model"``, where the frames do not say it or not well.
        prompt: What was asked, for the log and for a count of its tokens.
        tags: For finding the run in the log.
        timeout: Seconds of silence before the run gives up; ``None`` waits for as long as it takes.
        log_content: False logs numbers only: no prompt, no answer.
        redact: What may be logged of a text, as a function, as for `stream`.

    Returns:
        The widget, whose run goes on in the background.

    Raises:
        InvalidRequestError: The first argument is no stream, or another cannot be used.
        UnknownModelError: The model's name is in no catalog.
    """
    stream = Watchable(iterable)
    kernel = current_kernel()
    defaults = kernel.settings.with_changes(log_content=log_content, redact=redact)
    make_request = UnknownRequest if prompt is None else functools.partial(Request, prompt)
    request = make_request(
        tags=(*defaults.tags, *compose.words(tags)),
        name=name,
        timeouts=_PATIENT if timeout is None else Timeouts.of(timeout),
    )
    named = None if model is None else catalog.find_target(model, providers=PROVIDERS)
    target = named or Target(WATCHED, name or _UNNAMED)
    items = WatchedItems(target, guess=named is None, request=lambda: stream.request)
    log, engine = kernel.log, kernel.engine
    driver = driver_for(stream, engine_loop=engine.loop)
    past = None if named is None else log.recent_answers(named.model).chars_per_token

    def source(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
        return _events(driver, items, run)

    run = WatchedRun(
        request,
        (target,),
        source,
        engine=engine,
        price=catalog.price,
        policy=_ASKED_ONCE,
        chars_per_token=past or DEFAULT_CHARS_PER_TOKEN,
        prepare=functools.partial(kernel.get_ready, ()),  # the prices; the SDK is the caller's
        driven_on=running_loop() if stream.is_async else None,
    )
    run.when_ended(driver.release)
    widget = StreamWidget(
        run,
        engine=engine,
        budget=kernel.budget,
        calls=lambda run_id: log.to_frame(run_id=run_id),
        sinks=[
            LogSink(
                log,
                api_of=lambda _target: items.api,
                log_content=defaults.log_content,
                redact=defaults.redact,
            ),
            *telemetry(
                base_url_of=lambda _target: None,
                api_of=lambda _target: items.api,
                content=defaults.otel_content,
                redact=defaults.redact,
            ),
        ],
        why_not_again=_WATCHED_ONCE,
    )
    widget.start()
    return widget


async def _events(
    driver: Driver, items: WatchedItems, run: WatchedRun
) -> AsyncGenerator[Event, None]:
    """Drive the stream to its end; closing the generator closes it."""
    target = items.target
    try:
        async with aclosing(driver.items()) as received:
            async for item in received:
                events = items.feed(item)
                if items.target is not target:
                    target = items.target
                    run.name_target(target)
                for event in events:
                    yield _final(event)
        last = items.end()
    except Exception as error:  # noqa: BLE001 - anyone's code; what it raises is the run's error
        last = _end_by(error, items, run)
    for event in last:
        yield _final(event)


def _end_by(error: Exception, items: WatchedItems, run: WatchedRun) -> Iterator[Event]:
    """The last events of a stream that ended with an exception, which is then raised as ours."""
    items.name_by(request_of(error))
    run.name_target(items.target)
    frame = finish_in(error)
    if frame is not None:
        yield from items.finish(frame)
        return
    yield from items.break_off()
    provider = PROVIDERS.get(items.target.provider)
    failure = sdk_failure(
        error,
        target=str(items.target),
        answered=items.taken > 0,
        of_sdk=items.of_sdk,
        key_variable=None if provider is None else provider.key_variable,
    )
    failure.refused = None
    raise failure


def _final(event: Event) -> Event:
    if isinstance(event, ResponseFailed):
        event.error.refused = None  # there is nobody to ask again without it
    return event
