"""What every wire can do; the server knows no more of any but the one with background responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.scripted.ask import Ask, RefusedRequestError
    from stream_widget.scripted.faults import Parameter
    from stream_widget.scripted.script import Failed, Script
    from stream_widget.scripted.steps import Draft, Step

__all__ = ["Wire"]


class Wire(Protocol):
    """One wire API: requests in, frames, bodies and errors out."""

    name: str
    path: str
    """Below the base URL."""
    request_id_header: str
    parameters: Mapping[Parameter, str]
    """Where a request has each parameter; dots lead into objects."""

    def read(self, body: dict[str, object]) -> Ask:
        """The request in neutral words; raises `RefusedRequestError`."""
        ...

    def tell(self, script: Script, ask: Ask, *, number: int) -> list[Draft]:
        """The frames of one response; ``number`` makes its ids."""
        ...

    def whole(self, script: Script, ask: Ask, *, number: int) -> dict[str, object]:
        """The response as one body; raises `RefusedRequestError` where it fails with a status."""
        ...

    def failure(self, failed: Failed, ask: Ask, *, number: int) -> list[Draft]:
        """The frames with which a stream fails."""
        ...

    def keep_alive(self) -> Draft:
        """A sign of life."""
        ...

    def encode(self, drafts: Sequence[Draft]) -> list[Step]:
        """The frames as bytes."""
        ...

    def given_key(self, headers: Mapping[str, str]) -> str:
        """The key that a request came with; empty where it came with none."""
        ...

    def wrong_key(self, *, is_missing: bool) -> RefusedRequestError:
        """What a request without the right key is answered; the key is not repeated."""
        ...

    def unknown_model(self, model: str, known: str) -> RefusedRequestError:
        """What a request for a model that is not there is answered."""
        ...

    def unsupported(self, parameter: Parameter, value: object, takes: Sequence[str]) -> str:
        """The words with which a model refuses a parameter, or this value of it."""
        ...

    def error(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        param: str | None = None,
        request_id: str = "",
    ) -> dict[str, object]:
        """The body of an HTTP error."""
        ...

    def is_named_in(self, headers: Mapping[str, str]) -> bool:
        """Whether only a client of this wire sends such headers."""
        ...

    def models(self, names: Sequence[str]) -> dict[str, object]:
        """The list of models; there is at least one."""
        ...
