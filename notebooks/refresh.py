"""Run the notebooks and keep the outputs that a reader can look at.

The widget's own view is left out: its model lives in a kernel that is gone. What stays is the
static text that every finished cell carries. ``uv run python notebooks/refresh.py``
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def main() -> None:
    for path in sorted(FOLDER.glob("*.ipynb")):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["STREAM_WIDGET_LOG"] = str(Path(folder) / "calls.db")
            notebook = nbformat.read(path, as_version=4)
            NotebookClient(notebook, timeout=300, store_widget_state=False).execute()
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
            for output in cell.get("outputs", []):
                output.get("data", {}).pop(WIDGET_VIEW, None)
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, path)


if __name__ == "__main__":
    main()
