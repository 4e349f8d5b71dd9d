"""``stream-widget log tail``: calls as they start, grow and end."""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from stream_widget.call_log import json_value, printable, time_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.call_log import CallLog

__all__ = ["Follower", "follow"]

_PAUSE_S: Final = 0.25
"""A quarter of a second: what streams is not on disk sooner."""
_STREAMING: Final = "streaming"
_RUN_ID: Final = 8


def follow(
    log: CallLog, chosen: Mapping[str, Any], *, latest: int, text: bool, as_json: bool
) -> None:
    """Print what happens in a log until somebody ends this process.

    Args:
        log: The log, which other processes write.
        chosen: The filters.
        latest: How many earlier calls to begin with.
        text: Print answers as they grow, too.
        as_json: Print a line of JSON for each start and end.
    """
    follower = Follower(log, chosen, text=text, as_json=as_json)
    follower.begin(latest)
    pause = threading.Event()
    while True:
        sys.stdout.flush()
        pause.wait(_PAUSE_S)
        follower.look()


class Follower:
    """What has been printed of a log so far."""

    def __init__(
        self, log: CallLog, chosen: Mapping[str, Any], *, text: bool, as_json: bool
    ) -> None:
        """Follow a log; the arguments are those of `follow`."""
        self._log, self._chosen = log, chosen
        self._text, self._as_json = text, as_json
        self._mark = 0
        self._unfinished: dict[str, int] = {}
        """Characters of the answer that were printed, by the call's id."""
        self._speaker: str | None = None
        """Whose text was printed last."""

    def begin(self, latest: int) -> None:
        """Print the last calls, and take what streams already for known."""
        news = self._log.read_news(0, (), latest=latest, **self._chosen)
        self._mark = news.mark
        for call in news.calls:
            self._take(call)

    def look(self) -> None:
        """Print what has happened since."""
        news = self._log.read_news(self._mark, self._unfinished, **self._chosen)
        self._mark = news.mark
        for call in news.calls:
            self._take(call)

    def _take(self, call: Mapping[str, Any]) -> None:
        call_id, over = call["call_id"], call["state"] != _STREAMING
        if call_id not in self._unfinished:
            self._unfinished[call_id] = 0
            if not over:
                self._print_event(call)
        if self._text and not self._as_json:
            self._print_text(call, call["output_text"] or "")
        if over:
            del self._unfinished[call_id]
            self._print_event(call)

    def _print_event(self, call: Mapping[str, Any]) -> None:
        if self._as_json:
            said = {name: json_value(name, value) for name, value in call.items()}
            sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
            return
        self._end_line()
        at = time_text(call["ended_at"] or call["started_at"])[:19].replace("T", " ") + "Z"
        target = f"{call['provider']}:{call['request_model']}"
        words = [at, call["run_id"][:_RUN_ID], printable(target), call["state"]]
        if call["state"] != _STREAMING:
            words += _numbers(call)
        sys.stdout.write("  ".join(words) + "\n")

    def _print_text(self, call: Mapping[str, Any], text: str) -> None:
        call_id = call["call_id"]
        grown = text[self._unfinished.get(call_id, 0) :]
        if not grown:
            return
        if self._speaker != call_id:
            self._end_line()
            sys.stdout.write(f"[{call['run_id'][:_RUN_ID]}] ")
            self._speaker = call_id
        sys.stdout.write(printable(grown))
        self._unfinished[call_id] = len(text)

    def _end_line(self) -> None:
        if self._speaker is not None:
            sys.stdout.write("\n")
            self._speaker = None


def _numbers(call: Mapping[str, Any]) -> list[str]:
    about = "~" if call["usage_source"] == "estimated" else ""
    words: list[str] = []
    if call["error_kind"] is not None:
        words.append(call["error_kind"])
    if call["output_tokens"] is not None:
        words.append(f"{about}{call['output_tokens']:,} tokens")
    if call["cost_usd"] is not None:
        words.append(f"{about}${call['cost_usd']:.6f}")
    if call["duration_s"] is not None:
        words.append(f"{call['duration_s']:.1f} s")
    return words
