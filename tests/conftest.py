"""What holds for every test: nothing leaves this machine, and the slow ones come last."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from collections.abc import Callable

_SLOW_FOLDER = Path(__file__).parent / "e2e"

# A busy machine breaks no test: hypothesis does not look at the clock.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


class NetworkError(AssertionError):
    """A test reached out of this machine."""


def _is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii")
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    def guard(self: socket.socket, address: Any) -> Any:
        internet = self.family in {socket.AF_INET, socket.AF_INET6}
        if internet and not _is_loopback(address[0]):
            raise NetworkError(
                f"A test tried to connect to {address[0]}:{address[1]}. Tests talk to this machine "
                "only: give the call base_url= of the scripted server."
            )
        return connect(self, address)

    return guard


@pytest.fixture(scope="session", autouse=True)
def heeded_ctrl_c() -> None:
    """A program in the background of a shell ignores Ctrl-C, and so do those that it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but this machine is an error that names the address."""
    monkeypatch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))


class _OneJupyterLab(LoadFileScheduling):
    """Files are shared out, but one process has all that drive JupyterLab.

    Two servers that start kernels at once may give two of them the same ports, and one then hangs.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "jupyterlab" if _drives_jupyterlab(nodeid) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _OneJupyterLab:
    """See `_OneJupyterLab`."""
    return _OneJupyterLab(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser last: a broken unit is named in seconds, and Playwright keeps an event loop
    running in the main thread, in which ``asyncio.run`` of other tests would fail.

    Where two processes share the tests, JupyterLab comes first: it keeps one of them busy.
    """
    shared = "PYTEST_XDIST_WORKER" in os.environ
    items.sort(
        key=lambda item: (
            not (shared and _drives_jupyterlab(item.nodeid)),
            _SLOW_FOLDER in item.path.parents,
        )
    )


def _drives_jupyterlab(nodeid: str) -> bool:
    file = nodeid.partition("::")[0]
    return "tests/e2e/" in file and "/test_gallery" not in file
