"""Interrupt in a real kernel that nothing else wakes: no page, and a stream that stands still."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

import pytest
from jupyter_client.manager import KernelManager

from compose.asked import scenario
from stream_widget.scripted import Gate, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_client.blocking.client import BlockingKernelClient

REPLY_S = 30.0


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[KernelManager]:
    # Sockets in a folder: two kernels at once may otherwise be given the same ports.
    manager = KernelManager(transport="ipc", ip=str(tmp_path / "k"))
    manager.start_kernel()
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.fixture
def client(kernel: KernelManager) -> Iterator[BlockingKernelClient]:
    made = kernel.client()
    made.start_channels()
    made.wait_for_ready(timeout=REPLY_S)
    yield made
    made.stop_channels()


def how_it_ended(client: BlockingKernelClient, request: str) -> str:
    while True:
        try:
            reply = client.get_shell_msg(timeout=REPLY_S)
        except queue.Empty:
            return "not at all"
        if reply["parent_header"].get("msg_id") == request:
            return reply["content"].get("ename", reply["content"]["status"])


@pytest.mark.parametrize(
    ("waiting", "raised"), [("await w", "CancelledError"), ("w.wait()", "KeyboardInterrupt")]
)
def test_an_interrupt_is_heard_while_a_run_is_waited_for(
    kernel: KernelManager,
    client: BlockingKernelClient,
    server: ScriptedServer,
    waiting: str,
    raised: str,
) -> None:
    answer = Gate()
    server.play("held", scenario(gates={"answer": answer}))
    stream = f"sw.stream('Why?', model='scripted:held', base_url={server.base_url!r})"
    request = client.execute(f"import stream_widget as sw\nw = {stream}\n{waiting}")
    answer.wait_until_reached(REPLY_S)
    kernel.interrupt_kernel()
    assert how_it_ended(client, request) == raised
    server.wait_until_no_connections()
