from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from stream_widget.run import Arrival, Timeline


def timeline(*arrivals: tuple[float, int, int]) -> Timeline:
    made = Timeline()
    for at_s, part, characters in arrivals:
        made.add(at_s, part, characters)
    return made


def test_it_is_written_as_times_between_arrivals_and_parts_where_they_change() -> None:
    assert str(timeline((0.8, 0, 15), (0.8334, 0, 12), (0.873, 1, 5))) == "800:0+15 33+12 40:1+5"
    assert str(timeline()) == ""


def test_what_comes_to_one_part_in_one_millisecond_came_at_once() -> None:
    made = timeline((0.8, 0, 15), (0.8003, 0, 1), (0.8004, 1, 2), (0.8005, 0, 3))
    assert [*made] == [Arrival(800, 0, 16), Arrival(800, 1, 2), Arrival(800, 0, 3)]
    assert made.latest_part == 0


def test_its_order_joins_neighbours_of_one_part() -> None:
    made = timeline((0.1, 0, 1), (0.2, 0, 2), (0.3, 1, 3), (0.4, 0, 4))
    assert made.order == [(0, 3), (1, 3), (0, 4)]


@given(
    st.lists(
        st.tuples(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(1, 10**9)), max_size=30
    )
)
def test_what_is_written_is_read_again(entries: list[tuple[int, int, int]]) -> None:
    made = timeline(*((ms / 1000, part, count) for ms, part, count in sorted(entries)))
    assert [*Timeline.parse(str(made))] == [*made]


@pytest.mark.parametrize("text", ["800", "800:0", "-1:0+3", "1e9:0+3", "800:0+15,33+1", "8:0+x"])
def test_what_is_no_timeline_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no entry of a timeline"):
        Timeline.parse(text)
