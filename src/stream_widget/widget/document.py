"""Runs as one document: what a saved notebook and an exported file hold, and the page draws.

``js/src/document.ts`` is this file's twin.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NotRequired, TypedDict, cast

from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.widget.protocol import Arrangement, RunView

__all__ = ["MIME_TYPE", "RunDocument", "run_document", "running_document", "unpack"]

MIME_TYPE: Final = "application/vnd.stream-widget.run+json"

_SCHEMA: Final = 1
_PACKED_FROM_BYTES: Final = 1_000_000
"""Below this, plain JSON costs little, and people can read and compare it."""
_UNPACKED_BYTES: Final = 64_000_000


class RunDocument(TypedDict):
    """Runs of one widget."""

    schema: int
    widget: str
    """The widget's id in the kernel: where that still lives, its view is the better one."""
    layout: Arrangement
    runs: NotRequired[Sequence[RunView]]
    """Empty while they run, so that a notebook does not change with each word."""
    packed: NotRequired[str]
    """Instead of ``runs``: their JSON, gzipped, as base64."""


def running_document(widget_id: str, layout: Arrangement) -> RunDocument:
    """The document of a widget whose runs have not ended: it stays as it is until they have."""
    return {"schema": _SCHEMA, "widget": widget_id, "layout": layout, "runs": []}


def run_document(widget_id: str, layout: Arrangement, views: Sequence[RunView]) -> RunDocument:
    """The document of these runs; packed if it would be large."""
    text = json.dumps(views, ensure_ascii=False, separators=(",", ":"))
    written = text.encode("utf-8", "replace")
    if len(written) <= _PACKED_FROM_BYTES:
        # From the text, so that what cannot be written in UTF-8 is in no notebook either.
        return {**running_document(widget_id, layout), "runs": json.loads(written)}
    packed = base64.b64encode(gzip.compress(written, mtime=0)).decode("ascii")
    return {"schema": _SCHEMA, "widget": widget_id, "layout": layout, "packed": packed}


def unpack(document: object) -> list[RunView]:
    """The runs of a document, which may come from anybody.

    Raises:
        InvalidRequestError: It is no document of ours, damaged, newer than this version, or
            larger than 64 MB when unpacked.
    """
    fields: Mapping[str, Any] = (
        cast("Mapping[str, Any]", document) if isinstance(document, Mapping) else {}
    )
    schema = fields.get("schema")
    if isinstance(schema, int) and schema > _SCHEMA:
        raise InvalidRequestError(
            f"These runs were written by a newer stream_widget (schema {schema}); update this one."
        )
    if schema != _SCHEMA:
        raise InvalidRequestError("This is no document of stream_widget, or a damaged one.")
    packed = fields.get("packed")
    runs = _unpacked(packed) if isinstance(packed, str) else fields.get("runs")
    if not isinstance(runs, list):
        raise InvalidRequestError("The document holds no list of runs.")
    return cast("list[RunView]", runs)


def _unpacked(packed: str) -> object:
    try:
        return json.loads(_gunzip(base64.b64decode(packed, validate=True)))
    except InvalidRequestError:  # a ValueError too
        raise
    except (binascii.Error, zlib.error, EOFError, ValueError, RecursionError) as error:
        raise InvalidRequestError("The packed runs are damaged.") from error


def _gunzip(data: bytes) -> bytes:
    """Stops as soon as more comes out than may, however little went in."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    text = unpacker.decompress(data, _UNPACKED_BYTES)
    if unpacker.unconsumed_tail:
        raise InvalidRequestError("The packed runs are larger than 64 MB when unpacked.")
    if not unpacker.eof:
        raise EOFError
    return text
