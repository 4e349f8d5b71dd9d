"""``%%stream``: the cell is the prompt, with ``{variable}`` filled from the notebook."""

from __future__ import annotations

import difflib
import keyword
import re
from typing import TYPE_CHECKING, Any, Final, cast

from IPython.core import magic_arguments as arguments
from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class

from stream_widget.compose import stream
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from IPython.core.interactiveshell import InteractiveShell

    from stream_widget.widget import StreamWidget

__all__ = ["StreamMagics", "fill_prompt", "register"]

# IPython's own annotations are partial.
_cell_magic: Any = cell_magic
_magic_arguments: Any = cast("Any", arguments).magic_arguments
_argument: Any = cast("Any", arguments).argument
_parse_line: Any = cast("Any", arguments).parse_argstring

_FIELD: Final = re.compile(
    r"\{\{|\}\}|\{([A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^\]{}]*\])*)(:[^{}]*)?\}"
)
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

    @_magic_arguments()
    @_argument("target", nargs="?", help="provider:model, or a name the catalog knows")
    @_argument("--effort", help="none, minimal, low, medium, high, xhigh or max")
    @_argument("--summary", help="auto, concise or detailed")
    @_argument("--verbosity", help="low, medium or high")
    @_argument("--max-output-tokens", type=int, help="the most the response may cost")
    @_argument("--temperature", type=float, help="from 0 to 2")
    @_argument("--instructions", help="the system's word to the model")
    @_argument("--fallback", action="append", help="a target to ask next; may be repeated")
    @_argument("--tag", action="append", help="for the log; may be repeated")
    @_argument("--name", help="for the log, and shown above the run")
    @_argument("--timeout", type=float, help="seconds of silence before it gives up")
    @_argument("--base-url", help="the server, where not the provider's usual one")
    @_argument("--out", help="the variable that gets the widget")
    @_cell_magic
    def stream(self, line: str, cell: str) -> StreamWidget:
        """Ask a model with the cell as the prompt; {variable} is filled from the notebook."""
        options: Any = _parse_line(self.stream, line)
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
    shell.register_magics(StreamMagics)
