"""A real HTTP server on loopback that plays scripts over the wires of real providers."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, Self

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from stream_widget.scripted.answer_handler import AnswerHandler
from stream_widget.scripted.background_handlers import CancelHandler, RetrieveHandler
from stream_widget.scripted.chat_wire import ChatWire
from stream_widget.scripted.handler import ModelsHandler, NotFoundHandler
from stream_widget.scripted.house import House
from stream_widget.scripted.library import built_in_scenarios
from stream_widget.scripted.messages_wire import MessagesWire
from stream_widget.scripted.responses_wire import ResponsesWire
from stream_widget.scripted.stage import Plays, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from tornado.iostream import IOStream

    from stream_widget.scripted.exchange import Exchange
    from stream_widget.scripted.wire_protocol import Wire

__all__ = ["ScriptedServer"]

_ADDRESS: Final = "127.0.0.1"
_WIRES: Final[tuple[Wire, ...]] = (ResponsesWire(), ChatWire(), MessagesWire())
_BASE: Final = "(?:/v1)*(?:/deployments/[^/]+)?"
"""Some SDKs put the version into the base URL, others into the path, and people into both.
Azure's client puts the deployment before the path."""
_WAITING_CLIENTS: Final = 128
_LARGEST_REQUEST_BYTES: Final = 64 * 1024 * 1024


class ScriptedServer:
    """Plays scenarios to any client, from a thread of its own; a context manager.

    Args:
        port: The port to listen at; 0 is any free one.
        scenarios: Scenarios by model name, beside the built-in ones; see `play`.
        require_key: The only key that is accepted; ``None`` accepts any, and none.
        speed: How much faster than one can read along the built-in scenarios play.

    Raises:
        ValueError: The port is no port, or there is nothing to play as one of the names.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        scenarios: Mapping[str, Plays] | None = None,
        require_key: str | None = None,
        speed: float = 1.0,
    ) -> None:
        if not 0 <= port <= 65535:  # noqa: PLR2004  what TCP has
            raise ValueError(f"A port is a number from 0 to 65535, not {port}.")
        self._port = port
        stage = Stage({**built_in_scenarios(speed), **(scenarios or {})})
        self._house = House(stage, _WIRES, require_key)
        self._thread: threading.Thread | None = None
        self._stop: Future[None] = Future()
        self._connections = _Connections()

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL.

        Raises:
            RuntimeError: The server is not running.
        """
        return f"{self.root_url}/v1"

    @property
    def root_url(self) -> str:
        """The base URL without the version, as Anthropic's SDK has it; both work with each SDK.

        Raises:
            RuntimeError: The server is not running.
        """
        if self._thread is None:
            raise RuntimeError("The scripted server is not running: call start() first.")
        return f"http://{_ADDRESS}:{self._port}"

    @property
    def wires(self) -> list[str]:
        """The wire APIs that it speaks, by name."""
        return [wire.name for wire in _WIRES]

    @property
    def models(self) -> list[str]:
        """The models that can be asked for."""
        return self._house.stage.names

    @property
    def requests(self) -> list[Exchange]:
        """The requests for answers, the oldest first; the last 1,000 are remembered.

        Among them are those about background responses: to resume, to retrieve, to cancel.
        """
        return [*self._house.exchanges]

    @property
    def cancelled(self) -> list[str]:
        """The ids of the background responses that clients have cancelled, in that order."""
        return [*self._house.cancelled]

    @property
    def open_connections(self) -> int:
        """Connections that clients have open now, with or without a request on them."""
        return self._connections.count

    def play(self, name: str, plays: Plays) -> None:
        """Add or replace the scenario of a model, from any thread, also while the server runs.

        Args:
            name: The model that plays it; ``"*"`` is every model with no scenario of its own.
            plays: One scenario, or one for each attempt.
        """
        self._house.stage.put(name, plays)

    def wait_until_no_connections(self, timeout_s: float = 10.0) -> None:
        """Block until every client has closed its connections.

        Raises:
            TimeoutError: One is still open after that time.
        """
        if not self._connections.wait_until_none(timeout_s):
            raise TimeoutError(
                f"{self.open_connections} connections are still open after {timeout_s:g} s."
            )

    def start(self) -> Self:
        """Listen; when this returns, clients can connect.

        Raises:
            OSError: The port is not free.
            RuntimeError: The server runs already.
        """
        if self._thread is not None:
            raise RuntimeError("The scripted server is running already.")
        self._stop = Future()
        # Running, it cannot be cancelled: `stop` may always set it, however the loop has ended.
        self._stop.set_running_or_notify_cancel()
        self._house.is_closing = False
        started: Future[int] = Future()
        thread = threading.Thread(
            target=self._run, args=(started,), name="stream_widget scripted server", daemon=True
        )
        thread.start()
        try:
            self._port = started.result()
        except OSError:
            thread.join()
            raise
        self._thread = thread
        return self

    def stop(self) -> None:
        """Close every connection and end the thread; does nothing when not running."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop.set_result(None)
            thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self, started: Future[int]) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: Future[int]) -> None:
        try:
            # tornado's bind_sockets leaves its socket open when the port is taken (6.6)
            listener = socket.create_server((_ADDRESS, self._port), backlog=_WAITING_CLIENTS)
        except OSError as error:
            started.set_exception(error)
            return
        server = _Server(self._application(), connections=self._connections)
        listener.settimeout(0)  # does not block
        server.add_sockets([listener])
        async with asyncio.TaskGroup() as self._house.tasks:
            started.set_result(listener.getsockname()[1])
            await asyncio.wrap_future(self._stop)
            self._house.is_closing = True
            server.stop()
            for waiting in (*self._house.lines, *self._house.background.values()):
                waiting.hang_up()
        self._house.background.clear()
        await server.close_all_connections()

    def _application(self) -> Application:
        first = {"house": self._house, "wire": _WIRES[0]}
        routes: list[tuple[str, type[RequestHandler], dict[str, object]]] = [
            (f"{_BASE}{wire.path}", AnswerHandler, {"house": self._house, "wire": wire})
            for wire in _WIRES
        ]
        one_response = f"{_BASE}{_WIRES[0].path}/([^/]+)"
        return Application(
            [
                *routes,
                (one_response, RetrieveHandler, first),
                (f"{one_response}/cancel", CancelHandler, first),
                (f"{_BASE}/models", ModelsHandler, first),
            ],
            default_handler_class=NotFoundHandler,
            default_handler_args=first,
            # tornado warns of each 4xx; here they are played on purpose, often in a notebook.
            log_function=_no_access_log,
        )


class _Connections:
    """Counts open connections; read from any thread."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()

    def add(self, change: int) -> None:
        with self._changed:
            self.count += change
            self._changed.notify_all()

    def wait_until_none(self, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.count == 0, timeout_s)


class _Server(HTTPServer):
    """Tells how many connections there are."""

    def initialize(self, application: Application, *, connections: _Connections) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  tornado's way to pass arguments
        super().initialize(application, max_buffer_size=_LARGEST_REQUEST_BYTES)
        self._open = connections

    def handle_stream(self, stream: IOStream, address: tuple[object, ...]) -> None:
        self._open.add(1)
        super().handle_stream(stream, address)  # pyright: ignore[reportUnknownMemberType]  bare tuple

    def on_close(self, server_conn: object) -> None:
        super().on_close(server_conn)
        self._open.add(-1)


def _no_access_log(handler: RequestHandler) -> None:
    """Log nothing."""
