"""Faults in the words of the command line and of a request."""

from __future__ import annotations

from typing import Any

import pytest

from stream_widget.scripted import (
    Cut,
    ErrorEvent,
    Fault,
    HangUp,
    HttpError,
    KeepAlive,
    Malformed,
    NoEnd,
    NotAnEventStream,
    Stall,
    UnsupportedParameter,
    UnverifiedOrganization,
    parse_fault,
)
from stream_widget.scripted.ask import RefusedRequestError
from stream_widget.scripted.overrides import read_overrides


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("cut:2000", Cut(after_bytes=2000)),
        ("stall", Stall()),
        ("stall:12", Stall(seconds=12)),
        ("stall:0.5:300", Stall(seconds=0.5, after_bytes=300)),
        ("malformed", Malformed()),
        ("malformed:5", Malformed(at=5)),
        ("no-end", NoEnd()),
        ("html", NotAnEventStream()),
        ("http:429", HttpError(429)),
        ("error", ErrorEvent()),
        ("error:server_error", ErrorEvent("server_error")),
        ("keep-alive:12", KeepAlive(12)),
        ("keep-alive:3:0.5", KeepAlive(3, every_s=0.5)),
        ("hang-up", HangUp()),
        ("unverified", UnverifiedOrganization()),
        ("unsupported:temperature", UnsupportedParameter("temperature")),
        ("http:429:retry-after=2:x-a=b=c", HttpError(429, {"retry-after": "2", "x-a": "b=c"})),
    ],
)
def test_a_fault_is_read_from_words(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    "text",
    [
        *("", "cut", "cut:x", "cut:-1", "cut:1:2", "stall:nan", "stall:-1", "stall:inf"),
        *("malformed:answer", "no-end:3", "html:x", "fire", "http", "http:200", "http:x"),
        *("http:429:retry-after", "keep-alive", "keep-alive:0", "unsupported:stream", "error:a:b"),
    ],
)
def test_what_is_no_fault_is_answered_with_those_there_are(text: str) -> None:
    with pytest.raises(ValueError, match=r"The faults are: cut:BYTES"):
        parse_fault(text)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"type": "http", "status": 500}, HttpError(500)),
        (
            {"type": "http", "status": 429, "headers": {"retry-after": 2}, "body": {"a": 1}},
            HttpError(429, {"retry-after": "2"}, {"a": 1}),
        ),
        ({"type": "http", "body": "no"}, HttpError(500, body="no")),
        ({"type": "cut", "after_bytes": 2000}, Cut(after_bytes=2000)),
        ({"type": "cut", "at": "end", "resets": True}, Cut(at="end", resets=True)),
        ({"type": "stall", "seconds": 12, "at": 3}, Stall(seconds=12, at=3)),
        ({"type": "malformed"}, Malformed()),
        ({"type": "no-end", "at": "reasoning"}, NoEnd(at="reasoning")),
        ({"type": "html"}, NotAnEventStream()),
        ({"type": "html", "body": {"a": 1}}, NotAnEventStream({"a": 1})),
        ({"type": "error"}, ErrorEvent()),
        ({"type": "error", "code": "x", "message": "No.", "at": 3}, ErrorEvent("x", "No.", at=3)),
        ({"type": "keep-alive", "seconds": 2}, KeepAlive(2)),
        (
            {"type": "keep-alive", "seconds": 2, "every_s": 0.5, "at": "answer"},
            KeepAlive(2, every_s=0.5, at="answer"),
        ),
        ({"type": "hang-up", "resets": False}, HangUp(resets=False)),
        ({"type": "unverified"}, UnverifiedOrganization()),
        ({"type": "unverified", "refuses": "summary"}, UnverifiedOrganization("summary")),
        ({"type": "unsupported", "name": "effort"}, UnsupportedParameter("effort")),
    ],
)
def test_a_fault_is_read_from_a_request(fields: dict[str, Any], fault: Fault) -> None:
    assert read_overrides({"fault": fields}).fault == fault


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"type": "http", "status": 200}, "scripted.fault.status"),
        ({"type": "http", "status": 700}, "scripted.fault.type"),
        ({"type": "http", "headers": {"a": "b\nc"}}, "scripted.fault.type"),
        ({"type": "http", "headers": 5}, "scripted.fault.headers"),
        ({"type": "http", "body": 5}, "scripted.fault.body"),
        ({"type": "cut", "after_bytes": -1}, "scripted.fault.after_bytes"),
        ({"type": "cut", "after_byte": 1}, "scripted.fault.after_byte"),
        ({"type": "stall", "seconds": float("inf")}, "scripted.fault.seconds"),
        ({"type": "stall", "seconds": 10**400}, "scripted.fault.seconds"),
        ({"type": "malformed", "at": "middle"}, "scripted.fault.at"),
        ({"type": "malformed", "at": -1}, "scripted.fault.at"),
        ({"type": "keep-alive"}, "scripted.fault.seconds"),
        ({"type": "unsupported"}, "scripted.fault.name"),
        ({"type": "unsupported", "name": "stream"}, "scripted.fault.name"),
    ],
)
def test_a_wrong_fault_is_refused_by_the_name_of_its_field(
    fields: dict[str, Any], param: str
) -> None:
    with pytest.raises(RefusedRequestError) as caught:
        read_overrides({"fault": fields})
    assert caught.value.param == param
    assert caught.value.status == 400


def test_no_overrides_change_nothing() -> None:
    assert read_overrides(None) == read_overrides({})
    assert read_overrides({}).fault is None
