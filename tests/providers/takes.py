"""Models for the tests of bodies: one that takes everything, and one that takes nothing."""

from __future__ import annotations

from stream_widget.catalog import Capabilities

TAKES_ALL = Capabilities(
    takes_effort=True,
    takes_budget=False,
    takes_summary=True,
    takes_verbosity=True,
    takes_temperature=True,
    efforts=("low", "medium", "high"),
    effort="medium",
    summary="auto",
    verbosity="medium",
    reasoning="text",
)
TAKES_NONE = Capabilities(
    takes_effort=False,
    takes_budget=False,
    takes_summary=False,
    takes_verbosity=False,
    takes_temperature=False,
    efforts=(),
    effort=None,
    summary=None,
    verbosity=None,
    reasoning="none",
)
