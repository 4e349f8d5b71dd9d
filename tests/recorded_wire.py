"""Where the recorded answers of real providers are, if they are on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

WIRE = Path(os.environ.get("STREAM_WIDGET_WIRE") or Path(__file__).parents[2] / "shared" / "wire")

needs_recordings = pytest.mark.skipif(
    not (WIRE / "recorded").is_dir(),
    reason=f"no recordings at {WIRE}: set STREAM_WIDGET_WIRE to the folder that holds them",
)
