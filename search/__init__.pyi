from .alignment import align, install_heads
from .catalogue import Catalogue, Entry, Version
from .conditions import Filter
from .connection import Capabilities
from .embedded import holder
from .filters import parse
from .index import Index
from .ingest import Ingest, Progress
from .ingest_job import KIND, IngestOrder, Parts, image_folders, ingest_function, ingest_id
from .items import Items
from .ledger import IngestResult, read_faults
from .pictures import Pictures
from .products import ID_LENGTH, Fault, Product
from .publish import republish
from .query import (
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
from .searcher import Searcher, Sight
from .thumbnails import Thumbnails

__all__ = [
    "FACETS",
    "ID_LENGTH",
    "KIND",
    "MOST_HITS",
    "MOST_TERMS",
    "MOST_TEXT",
    "Answer",
    "Capabilities",
    "Catalogue",
    "Entry",
    "Facet",
    "Facets",
    "Fault",
    "Filter",
    "Hit",
    "Index",
    "Ingest",
    "IngestOrder",
    "IngestResult",
    "Items",
    "Parts",
    "PhotoAnswer",
    "PhotoRegion",
    "Pictures",
    "Product",
    "Progress",
    "Query",
    "RegionAnswer",
    "Searcher",
    "Sight",
    "Term",
    "Thumbnails",
    "Version",
    "align",
    "holder",
    "image_folders",
    "ingest_function",
    "ingest_id",
    "install_heads",
    "parse",
    "read_faults",
    "republish",
]
