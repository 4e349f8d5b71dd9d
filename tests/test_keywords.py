from __future__ import annotations

import inspect

import pytest

from stream_widget.keywords import offers_keywords


@offers_keywords
def ask(prompt: str, *, effort: str = "low", tags: tuple[str, ...] = ()) -> tuple[object, ...]:
    """Ask."""
    return prompt, effort, tags


def test_known_keywords_go_through() -> None:
    assert ask("Why?", effort="high") == ("Why?", "high", ())
    assert ask(prompt="Why?") == ("Why?", "low", ())


def test_a_misspelt_keyword_gets_the_nearest_one() -> None:
    with pytest.raises(
        TypeError, match=r"^ask\(\) has no argument 'efort'\. Did you mean 'effort'\?$"
    ):
        ask("Why?", efort="high")


def test_a_keyword_like_none_gets_them_all() -> None:
    with pytest.raises(TypeError, match=r"'xyz'\. It takes prompt, effort, tags\.$"):
        ask("Why?", xyz=1)


def test_other_mistakes_are_pythons_own() -> None:
    with pytest.raises(TypeError, match="positional argument"):
        ask("Why?", "high")
    with pytest.raises(TypeError, match="missing 1 required"):
        ask()


def test_help_shows_the_function_as_it_was_written() -> None:
    assert ask.__doc__ == "Ask."
    assert list(inspect.signature(ask).parameters) == ["prompt", "effort", "tags"]
