from __future__ import annotations

from itertools import pairwise

import pytest

from stream_widget.clock import monotonic_s
from stream_widget.widget.pace import Pace

FRAME_MS = 1000 / 60


def test_a_message_that_must_wait_goes_on_a_beat_at_least_a_frame_later() -> None:
    pace, now_s = Pace(), monotonic_s()
    due_s = [pace.next_s(now_s)]
    for _ in range(200):
        due_s.append(pace.next_s(due_s[-1]))
    assert due_s[0] >= now_s + 0.016
    gaps = [later - sooner for sooner, later in pairwise(due_s)]
    assert gaps == pytest.approx([1 / 60] * 200, abs=1e-6)


def test_messages_that_arrive_too_early_or_late_are_shifted_to_just_before_the_frame() -> None:
    for spare_ms in (12.0, 0.0, -3.0):
        pace, now_s = Pace(), monotonic_s()
        before_s = pace.next_s(now_s)
        pace.meet_frames(frame_ms=FRAME_MS, spare_ms=spare_ms)
        left_ms = (spare_ms - (pace.next_s(now_s) - before_s) * 1000) % FRAME_MS
        assert left_ms == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("hz", "rhythm_hz"), [(60, 60), (59.94, 59.94), (120, 60), (61, 61), (62.5, 62.5), (125, 62.5)]
)
def test_the_rhythm_is_the_screens(hz: float, rhythm_hz: float) -> None:
    for spare_ms in range(-3, 16):
        pace = Pace()
        pace.meet_frames(frame_ms=1000 / hz, spare_ms=spare_ms)
        due_s = [pace.next_s(123_456.789)]
        for _ in range(200):
            due_s.append(pace.next_s(due_s[-1]))
        gaps = [later - sooner for sooner, later in pairwise(due_s)]
        assert gaps == pytest.approx([1 / rhythm_hz] * 200, rel=1e-3)


@pytest.mark.parametrize("hz", [30, 62.6, 63, 75, 125.5, 144])
def test_a_screen_whose_frames_do_not_fit_is_left_alone(hz: float) -> None:
    check_left_alone(1000 / hz)


@pytest.mark.parametrize("frame_ms", [0.0, -4.0])
def test_what_is_no_frame_is_left_alone(frame_ms: float) -> None:
    check_left_alone(frame_ms)


def check_left_alone(frame_ms: float) -> None:
    pace, now_s = Pace(), monotonic_s()
    before_s = pace.next_s(now_s)
    pace.meet_frames(frame_ms=frame_ms, spare_ms=9.0)
    assert pace.next_s(now_s) == before_s


def test_a_message_with_many_texts_has_three_frames() -> None:
    pace = Pace()
    alone = pace.interval_s
    frames = []
    for texts in (0, 1, 4, 5, 6, 6, 4):
        pace.sent(texts=texts)
        frames.append(round((pace.next_s(100 / 60) - 100 / 60) * 60))
    assert frames == [1, 1, 1, 3, 3, 3, 1]
    assert pace.interval_s == alone


def test_texts_take_turns_and_none_waits_for_a_third_message() -> None:
    assert [Pace().room_for(waiting) for waiting in (0, 8, 9, 16, 17, 64)] == [8, 8, 8, 8, 9, 32]


def test_rare_messages_bring_the_text_of_all_runs() -> None:
    pace = Pace()
    pace.acknowledged(lag_ms=200)
    assert pace.room_for(64) == 64
    pace.acknowledged(lag_ms=10)
    assert pace.room_for(64) < 64
