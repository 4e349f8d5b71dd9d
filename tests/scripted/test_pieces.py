"""Pieces the size of tokens."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from stream_widget.scripted.library import built_in_script
from stream_widget.scripted.pieces import obfuscation, seeded, split_pieces


@settings(deadline=None)
@given(text=st.text())
def test_the_pieces_are_the_text_and_none_is_empty_or_long(text: str) -> None:
    pieces = split_pieces(text)
    assert "".join(pieces) == text
    assert all(1 <= len(piece) <= 8 for piece in pieces)


def test_words_keep_the_space_before_them_and_long_ones_fall_apart() -> None:
    pieces = split_pieces("Why is it scattering?")
    assert pieces == ("Why", " is", " it", " sca", "tter", "ing", "?")


def test_emoji_are_split_between_code_points() -> None:
    assert split_pieces("a ☁️👩‍🔬")[-5:] == ("☁", "\ufe0f", "👩", "\u200d", "🔬")


def test_a_piece_of_prose_is_about_four_characters() -> None:
    answer = built_in_script("sky").script.answer
    assert 2.5 < len(answer) / len(split_pieces(answer)) < 5


def test_obfuscation_hides_the_length_of_a_piece() -> None:
    random = seeded("x")
    assert {(len(piece) + len(obfuscation(piece, random))) % 16 for piece in (" a", "word")} == {0}
