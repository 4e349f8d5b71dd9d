"""``%%stream`` in a real IPython shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import stream_widget as sw
from compose.asked import ANSWER, WAIT_S
from stream_widget.errors import InvalidRequestError, UnknownModelError
from stream_widget.magics import fill_prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.scripted import ScriptedServer


@pytest.fixture(scope="module")
def one_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        # Its history would be a file that is closed at the end of the process.
        without_history = Config({"HistoryManager": {"enabled": False}})
        made = InteractiveShell.instance(config=without_history)
        made.run_line_magic("load_ext", "stream_widget")
        yield made
        InteractiveShell.clear_instance()


@pytest.fixture
def shell(one_shell: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("OPENAI_API_KEY", "planted-0123456789-secret")
    one_shell.reset(new_session=False)
    return one_shell


def ask(shell: Any, server: ScriptedServer, line: str, cell: str = "Why is the sky blue?") -> Any:
    address = f"--base-url {server.base_url}"
    return shell.run_cell_magic("stream", f"{line} {address}", cell)


def test_the_cell_is_the_prompt_and_its_value_is_the_widget(
    shell: Any, server: ScriptedServer
) -> None:
    w = ask(shell, server, "openai:gpt-5-mini", "\nWhy is\nthe sky blue?\n")
    assert isinstance(w, sw.StreamWidget)
    assert w.wait(WAIT_S).output_text == ANSWER
    assert server.requests[0].body["input"] == "Why is\nthe sky blue?"


def test_options_reach_the_wire_and_the_log(shell: Any, server: ScriptedServer) -> None:
    w = ask(
        shell,
        server,
        "gpt-5-mini --effort low --summary detailed --verbosity high --max-output-tokens 500 "
        '--instructions "Be brief." --tag sky --tag blue --name first --timeout 30',
    ).wait(WAIT_S)
    body = server.requests[0].body
    assert body["reasoning"] == {"effort": "low", "summary": "detailed"}
    assert (body["max_output_tokens"], body["text"]) == (500, {"verbosity": "high"})
    assert "Be brief." in body["instructions"]
    row = w.calls.iloc[0]
    assert (row["tags"], row["name"]) == (["sky", "blue"], "first")


def test_out_names_the_variable_that_gets_the_widget(shell: Any, server: ScriptedServer) -> None:
    w = ask(shell, server, "openai:gpt-5-mini --out sky")
    assert shell.user_ns["sky"] is w
    w.wait(WAIT_S)


def test_a_variable_is_filled_from_the_notebook(shell: Any, server: ScriptedServer) -> None:
    shell.run_cell("colour = 'blue'\nsizes = [1.25]")
    ask(shell, server, "gpt-5-mini", "Why {colour}? {sizes[0]:.1f} {{x}}").wait(WAIT_S)
    assert server.requests[0].body["input"] == "Why blue? 1.2 {x}"


@pytest.mark.parametrize(
    ("line", "cell", "says"),
    [
        (
            "gpt-5-mini",
            "Why {colur}?",
            (InvalidRequestError, "'colur' is not .*mean colour"),
        ),
        ("gpt-5-mini", "   ", (InvalidRequestError, "prompt is empty")),
        ("gtp-5-mini", "Why?", (UnknownModelError, "openai:gpt-5-mini")),
        ("xai:", "Why?", (InvalidRequestError, "names no model")),
        ("gpt-5-mini --effort hihg", "Why?", (InvalidRequestError, "effort must be one of")),
        ("gpt-5-mini --max-output-tokens 0", "Why?", (InvalidRequestError, "max_output_tokens")),
        ("gpt-5-mini --out 1st", "Why?", (UsageError, "name of a variable")),
        ("gpt-5-mini --out class", "Why?", (UsageError, "name of a variable")),
        ("gpt-5-mini --temperature hot", "Why?", (UsageError, "temperature")),
        ("gpt-5-mini --unknown 1", "Why?", (UsageError, "unknown")),
        ("gpt-5-mini gpt-5-nano", "Why?", (UsageError, "gpt-5-nano")),
    ],
)
def test_what_cannot_be_sent_is_an_error_before_any_request(
    shell: Any, server: ScriptedServer, line: str, cell: str, says: tuple[type[Exception], str]
) -> None:
    error, message = says
    shell.run_cell("colour = 'blue'")
    with pytest.raises(error, match=message):
        ask(shell, server, line, cell)
    assert server.requests == []
    assert "sky" not in shell.user_ns


def test_the_extension_may_be_loaded_twice(shell: Any, server: ScriptedServer) -> None:
    shell.run_line_magic("reload_ext", "stream_widget")
    assert ask(shell, server, "gpt-5-mini").wait(WAIT_S).state == "completed"


# Filling


class Point:
    x = 3


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{a}", "1"),
        ("{a}{b}", "1two"),
        ("{point.x}", "3"),
        ("{items[0]}", "first"),
        ("{table[key]}", "value"),
        ("{a:03d}", "001"),
        ("{{a}}", "{a}"),
        ("{{{a}}}", "{1}"),
        ('{"a": 1}', '{"a": 1}'),
        ("{}", "{}"),
        ("{ a }", "{ a }"),
        ("{1}", "{1}"),
        ("a } b { c", "a } b { c"),
        ("no braces", "no braces"),
        ("{b} keeps {{b}} and ünïcode 🌌", "two keeps {b} and ünïcode 🌌"),
    ],
)
def test_only_names_in_braces_are_filled(template: str, filled: str) -> None:
    variables = {
        "a": 1,
        "b": "two",
        "point": Point(),
        "items": ["first"],
        "table": {"key": "value"},
    }
    assert fill_prompt(template, variables) == filled


def test_a_value_is_not_filled_again() -> None:
    assert fill_prompt("{a}", {"a": "{b}", "b": "no"}) == "{b}"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{c}", r"uses \{c\}, but 'c' is not defined"),
        ("{point.y}", "cannot be filled.*'y'"),
        ("{items[9]}", "cannot be filled"),
        ("{table[none]}", "cannot be filled"),
        ("{b:d}", "cannot be filled"),
    ],
)
def test_what_cannot_be_filled_is_named(template: str, message: str) -> None:
    variables = {"b": "two", "point": Point(), "items": ["first"], "table": {}}
    with pytest.raises(InvalidRequestError, match=message):
        fill_prompt(template, variables)
