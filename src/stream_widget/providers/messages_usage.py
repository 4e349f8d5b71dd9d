"""The tokens of an Anthropic Messages response, said in pieces, in our words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from stream_widget.events import Usage
from stream_widget.providers.json_values import count_in, mapping_in

__all__ = ["MessageCounts"]

_INPUT: Final = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


@dataclass(slots=True)
class MessageCounts:
    """What ``message_start`` said of the tokens, overridden by what ``message_delta`` says."""

    tokens: dict[str, int] = field(default_factory=dict[str, int])
    final: bool = False
    """The counts are those of the whole response."""

    def take(self, raw: object) -> None:
        """Take the counts that are named; the others stay as they were said before."""
        known = mapping_in(raw)
        said = {name: count_in(known.get(name)) for name in _INPUT}
        if any(said.values()) or not self.tokens:
            # No request has an input of nothing: such zeros (of gateways) mean "said before".
            self._keep(said)
        details = mapping_in(known.get("output_tokens_details"))
        output = count_in(known.get("output_tokens"))
        thinking = count_in(details.get("thinking_tokens"))
        self._keep({"output_tokens": output, "thinking_tokens": thinking})

    def usage(self) -> Usage:
        """The counts in our words: their input leaves out what a cache gave or took."""
        uncached, cached, written = map(self.tokens.get, _INPUT)
        return Usage(
            input_tokens=None if uncached is None else uncached + (cached or 0) + (written or 0),
            cached_input_tokens=cached,
            cache_write_tokens=written,
            output_tokens=self.tokens.get("output_tokens"),
            reasoning_tokens=self.tokens.get("thinking_tokens"),
        )

    def _keep(self, counts: dict[str, int | None]) -> None:
        self.tokens |= {name: count for name, count in counts.items() if count is not None}
