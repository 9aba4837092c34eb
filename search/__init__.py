"""Products and their index: catalogue, ingest, Milvus, queries, re-ranking.

Names are loaded when they are first asked for: this door opens in a millisecond.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.catalogue import Catalogue, Entry, Version
    from search.conditions import Filter
    from search.connection import Capabilities
    from search.filters import parse
    from search.index import Index
    from search.ingest import Ingest, Progress
    from search.ingest_job import KIND, IngestOrder, Parts, ingest_function, ingest_id
    from search.items import Items
    from search.ledger import IngestResult, read_faults
    from search.pictures import Pictures
    from search.products import ID_LENGTH, Fault, Product
    from search.query import (
        FACETS,
        MOST_HITS,
        MOST_TERMS,
        MOST_TEXT,
        Answer,
        Facet,
        Facets,
        Hit,
        PhotoAnswer,
        PhotoRegion,
        Query,
        RegionAnswer,
        Term,
    )
    from search.searcher import Searcher, Sight
    from search.thumbnails import Thumbnails

_HOMES = {
    "search.catalogue": ("Catalogue", "Entry", "Version"),
    "search.conditions": ("Filter",),
    "search.connection": ("Capabilities",),
    "search.filters": ("parse",),
    "search.index": ("Index",),
    "search.ingest": ("Ingest", "Progress"),
    "search.ingest_job": ("KIND", "IngestOrder", "Parts", "ingest_function", "ingest_id"),
    "search.items": ("Items",),
    "search.ledger": ("IngestResult", "read_faults"),
    "search.pictures": ("Pictures",),
    "search.products": ("ID_LENGTH", "Fault", "Product"),
    "search.query": (
        "FACETS",
        "MOST_HITS",
        "MOST_TERMS",
        "MOST_TEXT",
        "Answer",
        "Facet",
        "Facets",
        "Hit",
        "PhotoAnswer",
        "PhotoRegion",
        "Query",
        "RegionAnswer",
        "Term",
    ),
    "search.searcher": ("Searcher", "Sight"),
    "search.thumbnails": ("Thumbnails",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022  (in the order of a product's way, then a query's)
    "Product",
    "ID_LENGTH",
    "Fault",
    "Pictures",
    "Ingest",
    "KIND",
    "IngestOrder",
    "IngestResult",
    "Progress",
    "Parts",
    "ingest_function",
    "ingest_id",
    "read_faults",
    "Items",
    "Catalogue",
    "Entry",
    "Version",
    "Index",
    "Capabilities",
    "Filter",
    "parse",
    "Query",
    "Term",
    "Answer",
    "Hit",
    "Facet",
    "Facets",
    "FACETS",
    "MOST_HITS",
    "MOST_TERMS",
    "MOST_TEXT",
    "PhotoAnswer",
    "PhotoRegion",
    "RegionAnswer",
    "Searcher",
    "Sight",
    "Thumbnails",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
