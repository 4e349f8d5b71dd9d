"""``%%stream``: the cell is the prompt, with ``{variable}`` filled from the notebook."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from stream_widget.compose import stream
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from stream_widget.widget import StreamWidget

__all__ = ["StreamMagics", "fill_prompt", "register"]

_FIELD: Final = re.compile(r"\{\{|\}\}|\{([A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^\]{}]*\])*)(:[^{}]*)?\}")
"""``{name}``, ``{name.attribute}``, ``{name[0]:.2f}``; any other brace is text, as in JSON."""

_PASSED: Final = (
    "effort",
    "summary",
    "verbosity",
    "max_output_tokens",
    "temperature",
    "instructions",
    "name",
    "timeout",
)


def fill_prompt(template: str, variables: Mapping[str, object]) -> str:
    """The template with each ``{variable}`` replaced; ``{{`` and ``}}`` stand for one brace.

    Raises:
        InvalidRequestError: A variable is not defined, or has no such attribute, item or format.
    """

    def value_of(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        return _filled(match[1], (match[2] or "")[1:], variables)

    return _FIELD.sub(value_of, template)


def _filled(expression: str, format_spec: str, variables: Mapping[str, object]) -> str:
    name = re.split(r"[.\[]", expression, maxsplit=1)[0]
    if name not in variables:
        near = difflib.get_close_matches(name, [n for n in variables if not n.startswith("_")], n=3)
        offer = f" Did you mean {', '.join(near)}?" if near else ""
        raise InvalidRequestError(
            f"The prompt uses {{{expression}}}, but {name!r} is not defined.{offer} "
            "For braces in the text itself, write {{ and }}. Nothing was sent."
        )
    try:
        return f"{{{expression}:{format_spec}}}".format_map(variables)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise InvalidRequestError(
            f"The prompt uses {{{expression}}}, which cannot be filled: {error}. Nothing was sent."
        ) from error


@magics_class
class StreamMagics(Magics):
    """The cell magics of stream_widget."""

    @magic_arguments()
    @argument("target", nargs="?", help="provider:model, or a name the catalog knows")
    @argument("--effort", help="none, minimal, low, medium, high, xhigh or max")
    @argument("--summary", help="auto, concise or detailed")
    @argument("--verbosity", help="low, medium or high")
    @argument("--max-output-tokens", type=int, help="the most the response may cost")
    @argument("--temperature", type=float, help="from 0 to 2")
    @argument("--instructions", help="the system's word to the model")
    @argument("--fallback", action="append", help="a target to ask next; may be repeated")
    @argument("--tag", action="append", help="for the log; may be repeated")
    @argument("--name", help="for the log, and shown above the run")
    @argument("--timeout", type=float, help="seconds of silence before it gives up")
    @argument("--base-url", help="the server, where not the provider's usual one")
    @argument("--out", help="the variable that gets the widget")
    @cell_magic
    def stream(self, line: str, cell: str) -> StreamWidget:
        """Ask a model with the cell as the prompt; {variable} is filled from the notebook."""
        options: Any = parse_argstring(self.stream, line)
        if options.out is not None and (
            not options.out.isidentifier() or keyword.iskeyword(options.out)
        ):
            raise UsageError(f"--out needs the name of a variable, not {options.out!r}.")
        shell: Any = self.shell
        namespace = cast("dict[str, object]", shell.user_ns)
        widget = stream(
            fill_prompt(cell.strip("\n"), namespace),
            model=options.target,
            fallback=options.fallback,
            tags=options.tag or (),
            base_url=options.base_url,
            **{name: getattr(options, name) for name in _PASSED},
        )
        if options.out is not None:
            namespace[options.out] = widget
        return widget


def register(shell: InteractiveShell) -> None:
    """Make the magics known to a shell."""
    shell.register_magics(StreamMagics)  # pyright: ignore[reportUnknownMemberType] - traitlets
