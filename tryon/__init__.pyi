from .accessories.accessory import KINDS, Accessory, Kind
from .accessories.reading import read_accessory
from .answer import Answer, Confidence, Report
from .bodies import LABELS, Body, Face, Hand
from .engine import MOST_GARMENTS, TryOn
from .files import Provenance, encode_picture, provenance
from .garments import PARTS, POINTS, POINTS_OF, Category, Garment
from .layers import Code, Layer, Mesh, Remark
from .people import People

__all__ = [
    "read_accessory",
    "Kind",
    "Accessory",
    "KINDS",
    "LABELS",
    "MOST_GARMENTS",
    "PARTS",
    "POINTS",
    "POINTS_OF",
    "Answer",
    "Body",
    "Category",
    "Code",
    "Confidence",
    "Face",
    "Garment",
    "Hand",
    "Layer",
    "Mesh",
    "People",
    "Provenance",
    "Remark",
    "Report",
    "TryOn",
    "encode_picture",
    "provenance",
]
