from .bodies import LABELS, Body, Face, Hand
from .garments import PARTS, POINTS, POINTS_OF, Category, Garment
from .layers import Code, Layer, Mesh, Remark
from .people import People

__all__ = [
    "LABELS",
    "PARTS",
    "POINTS",
    "POINTS_OF",
    "Body",
    "Category",
    "Code",
    "Face",
    "Garment",
    "Hand",
    "Layer",
    "Mesh",
    "People",
    "Remark",
]
