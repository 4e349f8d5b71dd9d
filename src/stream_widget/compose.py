"""Where providers, run, log and widget meet: `stream` and `configure`."""

from __future__ import annotations

import functools
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from stream_widget import catalog
from stream_widget.call_log import LogSink
from stream_widget.errors import InvalidRequestError, MissingKeyError
from stream_widget.kernel import CallLog, Kernel, current_kernel
from stream_widget.keywords import offers_keywords
from stream_widget.providers import (
    PROVIDERS,
    Endpoint,
    as_sent,
    ask,
    check_client,
    endpoint,
    require_anthropic,
)
from stream_widget.request import Request, Target, Timeouts
from stream_widget.run import DEFAULT_CHARS_PER_TOKEN, Notice, RetryPolicy, Run
from stream_widget.telemetry import telemetry
from stream_widget.widget import Expectation, StreamWidget

if TYPE_CHECKING:
    from stream_widget.events import Event
    from stream_widget.request import Api, Effort, Message, Summary, Verbosity
    from stream_widget.settings import Settings

__all__ = ["configure", "current_log", "stream", "words"]

_NO_KEY = (
    "No API key was found, so the scripted provider plays a prepared answer; the prompt is not "
    "sent anywhere. To stream from OpenAI, set OPENAI_API_KEY before the kernel starts, or run "
    "%env OPENAI_API_KEY=… in a cell you do not save, and run this cell again."
)
_MOST_RETRIES = 10
_T = TypeVar("_T")


def current_log() -> CallLog:
    """The log that runs of this kernel are written to."""
    return current_kernel().log


@offers_keywords
def configure(  # noqa: PLR0913 - each a setting of its own, all keyword-only
    *,
    model: str | None = None,
    fallback: Sequence[str] | None = None,
    effort: Effort | None = None,
    summary: Summary | None = None,
    verbosity: Verbosity | None = None,
    max_output_tokens: int | None = None,
    temperature: float | None = None,
    timeout: float | Mapping[str, float] | None = None,
    tags: Sequence[str] | None = None,
    log: str | os.PathLike[str] | None = None,
    log_content: bool | None = None,
    redact: Callable[[str], str] | None = None,
    otel_content: bool | None = None,
    scripted_speed: float | None = None,
) -> None:
    """Set defaults for this kernel; what is left out stays as it is.

    Args:
        model: The target of `stream` without ``model``.
        fallback: Targets asked in turn when the model fails; ``[]`` for none.
        effort: How hard models think.
        summary: How their reasoning is summarised.
        verbosity: How long their answers are.
        max_output_tokens: The most a response may cost, reasoning included.
        temperature: From 0 to 2, for models that take it.
        timeout: Seconds of silence before a run gives up.
        tags: Put on every run.
        log: The log's file, or ``":memory:"``.
        log_content: False keeps prompts and answers out of the log.
        redact: What may be written to the log of a text, as a function; applied to all of them.
        otel_content: True puts prompts and answers into OpenTelemetry spans, False never does.
        scripted_speed: How much faster than one can read along the scripted provider plays; set
            before it is asked for the first time.

    Raises:
        InvalidRequestError: A value is out of range or not one of its choices.
    """
    known = current_kernel()
    for name in (*(() if model is None else (model,)), *words(fallback or ())):
        _find_target(name)
    known.configure(
        model=model,
        fallback=None if fallback is None else words(fallback),
        effort=effort,
        summary=summary,
        verbosity=verbosity,
        max_output_tokens=max_output_tokens,
        temperature=temperature,
        timeout=timeout,
        tags=None if tags is None else words(tags),
        log=None if log is None else os.fspath(log),
        log_content=log_content,
        redact=redact,
        otel_content=otel_content,
        scripted_speed=scripted_speed,
    )


@offers_keywords
def stream(  # noqa: PLR0913 - the public face: each a thing to ask for, all keyword-only
    prompt: str | Sequence[Message],
    *,
    model: str | None = None,
    fallback: Sequence[str] | None = None,
    instructions: str | None = None,
    effort: Effort | None = None,
    summary: Summary | None = None,
    verbosity: Verbosity | None = None,
    max_output_tokens: int | None = None,
    temperature: float | None = None,
    tools: Sequence[Mapping[str, object]] | None = None,
    text_format: Mapping[str, object] | type | None = None,
    api: Api | None = None,
    base_url: str | None = None,
    api_key: str | None = None,
    client: object | None = None,
    stream: bool | Literal["auto"] = "auto",
    background: bool = False,
    retries: int = 2,
    timeout: float | Mapping[str, float] | None = None,
    tags: Sequence[str] = (),
    name: str | None = None,
    log_content: bool | None = None,
    redact: Callable[[str], str] | None = None,
    extra: Mapping[str, object] | None = None,
) -> StreamWidget:
    """Ask a model and watch it answer: returns at once, shows itself as the cell's value.

    Args:
        prompt: A text, or a list of messages in the form of the OpenAI Responses API.
        model: ``"provider:model"``, or a name the catalog knows; without it ``gpt-5-mini``, or the
            scripted provider where there is no key at all.
        fallback: Targets asked in turn when the model fails before its first word; ``None`` for the
            catalog's, ``[]`` for none.
        instructions: The system's word to the model.
        effort: How hard the model thinks: none, minimal, low, medium, high, xhigh, max.
        summary: How its reasoning is summarised: auto, concise, detailed.
        verbosity: How long its answer is: low, medium, high.
        max_output_tokens: The most the response may cost, reasoning included.
        temperature: From 0 to 2, for models that take it.
        tools: Tools the model may call, in the API's form.
        text_format: A JSON schema in the API's ``text.format`` form, or a pydantic model.
        api: The wire API, where not the provider's usual one.
        base_url: The server, where not the provider's usual one.
        api_key: The key, where not in the environment; it is kept nowhere else.
        client: A client of the ``openai`` or ``anthropic`` SDK that you already have.
        stream: False asks for the whole answer at once.
        background: Let the provider go on without us, so that a lost connection can be taken up.
        retries: How often a failed attempt is made again before its first word.
        timeout: Seconds of silence before an attempt gives up, or a mapping of ``connect`` (10),
            ``first_delta`` (600) and ``silence`` between deltas (300); keep-alives count as life.
        tags: For finding the run in the log.
        name: For finding the run in the log, and shown above it.
        log_content: False logs numbers only: no prompt, no answer.
        redact: What may be logged of a text, as a function; for prompt, instructions, all that the
            model writes, errors, name and tags. Where it fails the text is not logged.
        extra: Fields added to the request's body as they are.

    Returns:
        The widget, whose run goes on in the background.

    Raises:
        InvalidRequestError: An argument cannot be sent; nothing was.
        UnknownModelError: The name is in no catalog.
        MissingKeyError: The provider needs a key and there is none.
    """
    kernel = current_kernel()
    defaults = kernel.settings.with_changes(log_content=log_content, redact=redact)
    _check_retries(retries)
    request = Request(
        prompt,
        instructions=instructions,
        effort=_unless_given(effort, cast("Effort | None", defaults.effort)),
        summary=_unless_given(summary, cast("Summary | None", defaults.summary)),
        verbosity=_unless_given(verbosity, cast("Verbosity | None", defaults.verbosity)),
        max_output_tokens=_unless_given(max_output_tokens, defaults.max_output_tokens),
        temperature=_unless_given(temperature, defaults.temperature),
        tools=tuple(tools or ()),
        text_format=_schema(text_format),
        stream=stream,
        background=background,
        timeouts=Timeouts.of(_unless_given(timeout, defaults.timeout)),
        tags=(*defaults.tags, *words(tags)),
        name=name,
        extra=dict(extra or {}),
    )
    targets, notices = _targets(
        _unless_given(model, defaults.model),
        fallback if fallback is not None else defaults.fallback,
        asked_elsewhere=bool(base_url or client or api_key),
    )
    endpoints = _endpoints(
        targets, kernel, api=api, base_url=base_url, api_key=api_key, client=client
    )
    if client is not None:
        check_client(client, targets[0], endpoints[targets[0]].api)
    return _start(kernel, request, targets, endpoints, notices, RetryPolicy(retries), defaults)


def _start(  # noqa: PLR0913, PLR0917 - what a run is made of
    kernel: Kernel,
    request: Request,
    targets: tuple[Target, ...],
    endpoints: Mapping[Target, Endpoint],
    notices: Sequence[Notice],
    policy: RetryPolicy,
    settings: Settings,
) -> StreamWidget:
    def source(request: Request, target: Target) -> AsyncGenerator[Event, None]:
        return ask(
            kernel.clients,
            request,
            target,
            endpoint=endpoints[target],
            known=catalog.capabilities(target),
        )

    log, engine = kernel.log, kernel.engine
    past = log.recent_answers(targets[0].model)

    def make_run() -> Run:
        return Run(
            request,
            targets,
            source,
            engine=engine,
            price=catalog.price,
            policy=policy,
            chars_per_token=past.chars_per_token or DEFAULT_CHARS_PER_TOKEN,
            notices=notices,
            prepare=functools.partial(kernel.get_ready, endpoints.values()),
            as_sent=lambda request, target: as_sent(request, catalog.capabilities(target)),
            refused={target: kernel.refused(target, endpoints[target]) for target in targets},
        )

    widget = StreamWidget(
        make_run(),
        engine=engine,
        budget=kernel.budget,
        calls=lambda run_id: log.to_frame(run_id=run_id),
        sinks=[
            LogSink(
                log,
                api_of=lambda target: endpoints[target].api,
                log_content=settings.log_content,
                redact=settings.redact,
            ),
            *telemetry(
                base_url_of=lambda target: endpoints[target].base_url,
                api_of=lambda target: endpoints[target].api,
                content=settings.otel_content,
                redact=settings.redact,
            ),
        ],
        expected=_expectation(request, past.count, past.median_output_tokens),
        again=make_run,
    )
    widget.start()
    return widget


# Targets and where they are asked


def _targets(
    model: str | None, fallback: Sequence[str] | None, *, asked_elsewhere: bool
) -> tuple[tuple[Target, ...], tuple[Notice, ...]]:
    notices: tuple[Notice, ...] = ()
    if model is not None:
        first = _find_target(model)
    elif asked_elsewhere or _any_key():
        first = catalog.default_targets()[0]
    else:
        first, notices = catalog.keyless_target(), (Notice(_NO_KEY, "info"),)
    if fallback is None:
        following = catalog.default_fallback(first)
    else:
        following = tuple(map(_find_target, words(fallback)))
    return (first, *(target for target in following if target != first)), notices


def _find_target(name: object) -> Target:
    if not isinstance(name, str):
        raise InvalidRequestError(
            f"A model is named by a text such as 'openai:gpt-5', not {name!r}."
        )
    return catalog.find_target(name, providers=PROVIDERS)


def _any_key() -> bool:
    variables = (provider.key_variable for provider in PROVIDERS.values())
    return any(os.environ.get(variable) for variable in variables if variable)


def _endpoints(  # noqa: PLR0913 - one keyword for each thing a caller may override
    targets: Sequence[Target],
    kernel: Kernel,
    *,
    api: Api | None,
    base_url: str | None,
    api_key: str | None,
    client: object | None,
) -> dict[Target, Endpoint]:
    """Where each target is asked; what the caller gave counts for the first target's provider."""
    found: dict[Target, Endpoint] = {}
    for target in targets:
        own = target.provider == targets[0].provider
        url = base_url if own else None
        if url is None and target.provider == "scripted":
            url = kernel.scripted_base_url()
        try:
            found[target] = endpoint(
                target,
                api=api if own else None,
                base_url=url,
                api_key=api_key if own else None,
                client=client if own else None,
            )
        except MissingKeyError:
            # Whoever names another server may be talking to one that wants no key.
            if not (own and base_url):
                raise
            found[target] = endpoint(target, api=api, base_url=url, api_key="none")
        if found[target].api == "messages":
            require_anthropic(target)
    return found


# What is asked


def _expectation(request: Request, count: int, median: float | None) -> Expectation | None:
    if median is not None:
        return {"output_tokens": round(median), "source": f"from {count} past answers"}
    if request.max_output_tokens is not None:
        return {"output_tokens": request.max_output_tokens, "source": "of max_output_tokens"}
    return None


def _schema(text_format: Mapping[str, object] | type | None) -> Mapping[str, object] | None:
    if text_format is None or isinstance(text_format, Mapping):
        return text_format
    make = getattr(text_format, "model_json_schema", None)
    if make is None:
        raise InvalidRequestError(
            "text_format must be a mapping such as {'type': 'json_schema', …} or a pydantic model, "
            f"not {text_format!r}."
        )
    return {"type": "json_schema", "name": text_format.__name__, "schema": make()}


def _check_retries(retries: object) -> None:
    if (
        isinstance(retries, bool)
        or not isinstance(retries, int)
        or not 0 <= retries <= _MOST_RETRIES
    ):
        raise InvalidRequestError(
            f"retries must be a whole number from 0 to {_MOST_RETRIES}, not {retries!r}."
        )


def _unless_given(value: _T | None, default: _T | None) -> _T | None:
    return default if value is None else value


def words(given: Sequence[str]) -> tuple[str, ...]:
    """A list of words; a single string is one word, not its letters."""
    return (given,) if isinstance(given, str) else tuple(given)
