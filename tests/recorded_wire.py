"""Where the recorded answers of real providers are, if they are on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_NAMED = os.environ.get("STREAM_WIDGET_WIRE")
WIRE = Path(_NAMED or Path(__file__).parents[2] / "shared" / "wire")
_IS_THERE = (WIRE / "recorded").is_dir()

if _NAMED and not _IS_THERE:
    raise FileNotFoundError(
        f"STREAM_WIDGET_WIRE names {_NAMED!r}, which has no folder 'recorded'. Name the folder "
        "that holds the recordings, or unset it."
    )

needs_recordings = pytest.mark.skipif(
    not _IS_THERE,
    reason=f"no recordings at {WIRE}: set STREAM_WIDGET_WIRE to the folder that holds them",
)
