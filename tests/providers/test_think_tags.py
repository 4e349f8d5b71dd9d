from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from stream_widget.providers.think_tags import TagSplitter

ALPHABET = ["<", ">", "/", "think", "thinking", "answer", "\n", " ", "```", "a", "İ", "😀"]
TAGS = ["<think>", "</think>", "<thinking>", "</thinking>", "<answer>", "</answer>", "<THINK>"]


def split(*pieces: str) -> list[tuple[str, str]]:
    """What the pieces give, neighbours of one kind joined."""
    splitter = TagSplitter()
    found = [each for piece in pieces for each in splitter.feed(piece)] + splitter.end()
    assert all(text for _, text in found)
    grouped = itertools.groupby(found, key=lambda each: each[0])
    return [(track, "".join(text for _, text in group)) for track, group in grouped]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello", [("output", "Hello")]),
        ("", []),
        ("<think>hm</think>yes", [("reasoning", "hm"), ("output", "yes")]),
        ("<think>\nhm\n</think>\n\nyes\n", [("reasoning", "\nhm\n"), ("output", "\n\nyes\n")]),
        ("\n <think>hm</think>yes", [("reasoning", "hm"), ("output", "yes")]),
        ("<Think>hm</THINK>yes", [("reasoning", "hm"), ("output", "yes")]),
        ("<think></think>yes", [("output", "yes")]),
        ("<think>\n\n</think>yes", [("reasoning", "\n\n"), ("output", "yes")]),
        ("<think>hm</think>\n\n", [("reasoning", "hm"), ("output", "\n\n")]),
        ("<think>a</think>\n<think>b</think>c", [("reasoning", "ab"), ("output", "c")]),
        ("<thinking>hm</thinking>yes", [("reasoning", "hm"), ("output", "yes")]),
        (
            "<thinking>hm</thinking>\n<answer>\nyes\n</answer>\n",
            [("reasoning", "hm"), ("output", "\nyes\n")],
        ),
        (
            "<thinking>hm</thinking><answer>yes</answer>\nBye",
            [("reasoning", "hm"), ("output", "yes\nBye")],
        ),
        ("<thinking>hm</thinking><answer>yes", [("reasoning", "hm"), ("output", "yes")]),
    ],
)
def test_tags_at_the_beginning_tell_reasoning_from_the_answer(
    text: str, pieces: list[tuple[str, str]]
) -> None:
    assert split(text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "Use <think>hm</think> for it.",
        "```xml\n<think>hm</think>\n```",
        "`<think>`",
        "&lt;think&gt;hm&lt;/think&gt;",
        "\\<think>hm",
        "<thinks>hm</thinks>",
        "<thin",
        "<",
        "< think>",
        "<answer>yes</answer>",
        "hm</think>yes",
        "\n\n",
    ],
)
def test_all_else_is_the_answer_to_the_character(text: str) -> None:
    assert split(text) == [("output", text)]
    assert split(*text) == [("output", text)]


def test_a_tag_that_is_never_closed_is_reasoning_to_the_end() -> None:
    assert split("<think>hm <tool_call>") == [("reasoning", "hm <tool_call>")]
    assert split("<think>hm</thi") == [("reasoning", "hm</thi")]


def test_the_word_and_other_tags_inside_the_reasoning_end_nothing() -> None:
    inside = "I think </thinking> of <think> and <b>"
    assert split(f"<think>{inside}</think>") == [("reasoning", inside)]


def test_a_closing_tag_whose_opening_was_in_the_prompt_is_dropped_where_it_comes_first() -> None:
    assert split("</think>\n\nyes") == [("output", "\n\nyes")]


def test_the_end_of_the_answer_inside_a_code_fence_ends_nothing() -> None:
    code = "So:\n```xml\n</answer>\n```\nand\n~~~~\n</answer>\n~~~\n</answer>\n~~~~ "
    raw = f"<thinking>hm</thinking><answer>{code}</answer>"
    assert split(raw) == [("reasoning", "hm"), ("output", code)]
    assert split(*raw) == [("reasoning", "hm"), ("output", code)]


def test_only_what_the_next_piece_decides_on_is_held_back() -> None:
    splitter = TagSplitter()
    assert splitter.feed("\n<thi") == []
    assert splitter.feed("nk>hm, <") == [("reasoning", "hm, ")]
    assert splitter.feed("b</th") == [("reasoning", "<b")]
    assert splitter.feed("ink>") == []
    assert splitter.feed("yes") == [("output", "yes")]
    assert splitter.passes
    assert splitter.feed("<think>") == [("output", "<think>")]


@given(st.lists(st.sampled_from(TAGS + ALPHABET), max_size=12).map("".join), st.data())
def test_the_pieces_do_not_depend_on_where_the_text_is_split(
    text: str, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert split(*pieces) == split(text) == split(*text)


PLAIN = st.text(alphabet="ab</> \n`\u00e9", max_size=20)


@given(PLAIN, PLAIN)
def test_what_stands_between_the_tags_and_behind_them_comes_out_whole(
    inside: str, behind: str
) -> None:
    wanted = [("reasoning", inside), ("output", behind)]
    raw = f" \n<think>{inside}</think>{behind}"
    assert split(*raw) == [piece for piece in wanted if piece[1]]


@given(PLAIN.filter(str.strip))
def test_a_text_without_tags_comes_out_whole(text: str) -> None:
    assert split(*text) == [("output", text)]
