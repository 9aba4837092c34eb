from .accessories.accessory import ACCESSORY_KINDS, Accessory, AccessoryKind
from .accessories.reading import read_accessory
from .accessory_asset import AccessoryAsset, accessory_asset, accessory_texture
from .answer import Answer, Confidence, Report
from .asset import GarmentAsset, garment_asset, garment_texture
from .bodies import LABELS, Body, Face, Hand
from .dressing import Document, Fitting, Format
from .engine import MOST_GARMENTS, TryOn
from .files import Provenance, encode_picture, provenance
from .garments import PARTS, POINTS, POINTS_OF, Category, Garment
from .layers import Code, Layer, Mesh, Remark
from .orders import KIND, Failure, Order, Orders, Photos, Result
from .people import People
from .wardrobe import Wardrobe, accessory_of, category_of

__all__ = [
    "ACCESSORY_KINDS",
    "KIND",
    "LABELS",
    "MOST_GARMENTS",
    "PARTS",
    "POINTS",
    "POINTS_OF",
    "Accessory",
    "AccessoryAsset",
    "AccessoryKind",
    "Answer",
    "Body",
    "Category",
    "Code",
    "Confidence",
    "Document",
    "Face",
    "Failure",
    "Fitting",
    "Format",
    "Garment",
    "GarmentAsset",
    "Hand",
    "Layer",
    "Mesh",
    "Order",
    "Orders",
    "People",
    "Photos",
    "Provenance",
    "Remark",
    "Report",
    "Result",
    "TryOn",
    "Wardrobe",
    "accessory_asset",
    "accessory_of",
    "accessory_texture",
    "category_of",
    "encode_picture",
    "garment_asset",
    "garment_texture",
    "provenance",
    "read_accessory",
]
