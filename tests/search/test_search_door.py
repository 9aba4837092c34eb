"""What the room offers to others."""

import subprocess
import sys

import search


def test_the_names_are_these_and_all_are_there() -> None:
    assert set(search.__all__) == {
        "Product", "Catalogue", "Version", "Index", "Capabilities", "Filter", "parse", "Query", "Term", "Answer", "Hit",
        "Facets", "FACETS", "MOST_HITS", "PhotoAnswer", "PhotoRegion", "RegionAnswer", "Searcher", "Sight",
        "Fault", "Pictures", "Ingest", "IngestOrder", "IngestResult", "Progress", "Parts", "ingest_function", "ingest_id",
        "read_faults", "Items", "Entry", "ID_LENGTH", "KIND", "Facet", "MOST_TERMS", "MOST_TEXT", "Thumbnails",
    }  # fmt: skip
    for name in search.__all__:
        assert getattr(search, name) is not None
    assert not hasattr(search, "nothing")


def test_the_door_opens_without_loading_what_is_behind_it() -> None:
    code = "import sys, search; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "sqlalchemy", "pymilvus", "torch"} & set(loaded)
