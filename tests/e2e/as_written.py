"""Texts are compared to the character: as they were written, not as they are meant to look."""

from __future__ import annotations

from typing import Final

__all__ = ["AS_WRITTEN"]

AS_WRITTEN: Final = """(() => {
  const prefs = "stream_widget.prefs.v1";
  if (localStorage.getItem(prefs) === null) localStorage.setItem(prefs, '{"source": true}');
})();"""
"""A script for each page before its own; what a test chooses in the page stays."""
