"""An Altair chart that shows itself without a network and in the page's theme."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["Drawing"]

_MIME: Final = "application/vnd.vegalite.v5+json"
_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"


class Drawing:
    """An Altair chart, ``chart``, whose methods it has; shown by the front end's own Vega.

    Altair itself would show HTML that fetches Vega from the network, on white. JupyterLab, Notebook
    and VS Code have Vega built in and draw Vega-Lite 5, which these charts keep to, in the colours
    of their theme. Whoever has enabled a renderer of Altair gets that one.
    """

    def __init__(self, chart: Any) -> None:
        self.chart = chart

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "chart":
            raise AttributeError(name)
        return getattr(self.chart, name)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        import altair as alt  # noqa: PLC0415 - whoever has a chart has Altair

        if alt.renderers.active != "default":
            return self.chart._repr_mimebundle_(include, exclude)
        spec = self.chart.to_dict() | {"$schema": _SCHEMA}
        return {_MIME: spec, "text/plain": repr(self)}

    def __repr__(self) -> str:
        title = self.chart.title
        return f"<chart: {title.text} ({title.subtitle})>"
