"""A scripted server, and the real SDK as its client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stream_widget.scripted import ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running
