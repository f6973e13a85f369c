"""The notebook runs, and comes to its answers."""

from __future__ import annotations

from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
# Jupyter's own.
pytestmark = pytest.mark.filterwarnings("ignore")
EXAMPLES = Path(__file__).parents[1] / "examples"


def said(cell) -> str:
    """What a cell printed and showed as text."""
    texts = [output.get("text", "") for output in cell.outputs]
    texts += [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return "".join(texts)


def test_the_notebook_comes_to_its_answers() -> None:
    notebook = nbformat.read(EXAMPLES / "photos_and_embeddings.ipynb", as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(EXAMPLES)}}
    )
    client.execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    by_start = {cell.source.split()[0]: said(cell) for cell in cells}
    cameras = next(said(cell) for cell in cells if "camera A" in cell.source)
    assert cameras.startswith("DRIFT: ") and "pixels.brightness" in cameras
    weeks = next(said(cell) for cell in cells if "weeks.items()" in cell.source)
    clean, degraded = weeks.strip().split("\n")
    assert clean.startswith("NO DRIFT") and degraded.startswith("DRIFT")
    assert "d4" in by_start["rows"]
    answer = next(cell for cell in cells if "degraded week" in cell.source)
    assert "<table>" in answer.outputs[0]["data"]["text/html"]
