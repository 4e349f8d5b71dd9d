from __future__ import annotations

from hypothesis import given, strategies as st

from stream_widget.widget.short_names import find_named, shorten

IDS = st.lists(st.text("0123456789abcdef", min_size=3, max_size=6), min_size=1, max_size=30)


@given(ids=IDS)
def test_each_short_name_begins_its_id_and_that_of_no_other(ids: list[str]) -> None:
    short = shorten(ids)
    assert set(short) == set(ids)
    for one, name in short.items():
        assert one.startswith(name)
        same = {other for other in ids if other.startswith(name)}
        assert same == {one} or name == one
        assert find_named({one: one for one in ids}, name) == one


@given(ids=IDS)
def test_no_name_could_be_shorter(ids: list[str]) -> None:
    for name in shorten(ids).values():
        if len(name) > 1:
            assert len({other for other in ids if other.startswith(name[:-1])}) > 1


def test_what_is_shared_or_empty_names_nothing() -> None:
    known = {"ab1": 1, "ab2": 2}
    assert find_named(known, "ab") is None
    assert find_named(known, "") is None
    assert find_named(known, "c") is None
    assert find_named(known, "ab1") == 1
