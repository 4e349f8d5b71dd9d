"""The scripts of the package say what is true."""

from __future__ import annotations

import contextlib
import io
import re

import pytest

from stream_widget.scripted import BUILT_IN_SCRIPTS, built_in_script
from stream_widget.scripted.pieces import split_pieces


def code_blocks(answer: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", answer, re.DOTALL)


def run_python(code: str) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})  # noqa: S102  our own script's code: it must do what the answer says
    return printed.getvalue()


def test_the_code_in_the_sky_script_prints_what_the_answer_says() -> None:
    answer = built_in_script("sky").script.answer
    [code] = code_blocks(answer, "python")
    [output] = code_blocks(answer, "text")
    assert run_python(code) == output


def test_the_code_in_the_sort_script_holds() -> None:
    [code] = code_blocks(built_in_script("sort").script.answer, "python")
    run_python(code)


def test_the_sky_script_shows_every_kind_of_markdown() -> None:
    script = built_in_script("sky").script
    assert 900 <= len(split_pieces(script.answer)) <= 1250
    assert len(script.reasoning) == 4
    for mark in ("# ", "```python", "|:--|", "\n1. ", "\n   - ", "\n  - ", "🌈", "\n> "):
        assert mark in script.answer


@pytest.mark.parametrize("name", BUILT_IN_SCRIPTS)
def test_every_part_of_reasoning_begins_with_a_bold_title(name: str) -> None:
    built_in = built_in_script(name)
    assert built_in.prompt
    assert built_in.script.reasoning
    for part in built_in.script.reasoning:
        assert re.match(r"\*\*[^*\n]+\*\*\n\n\S", part)


def test_a_script_of_another_name_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        built_in_script("sea")
