"""The guard in ``conftest.py`` guards."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", ["192.0.2.1", "example.org"])
def test_a_connection_that_leaves_this_machine_is_an_error(address: str) -> None:
    with (
        socket.socket() as outgoing,
        pytest.raises(AssertionError, match=f"tried to connect to {address}:80"),
    ):
        outgoing.connect((address, 80))


def test_a_connection_to_this_machine_goes_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
