"""A procedural shop: drawn products with titles, prices, stock, drawn people to wear them, and the exact truth about
every picture."""

from sample.drawing import Drawing
from sample.people import POSES, PersonPicture, Worn, person
from sample.sales import Sales, sell
from sample.shop import Latent, SampleProduct, Shop, generate
from sample.shoppers import Shoppers
from sample.wardrobe import HELD_OUT, families, garment
from sample.writer import write

__all__ = [
    "HELD_OUT",
    "POSES",
    "Drawing",
    "Latent",
    "PersonPicture",
    "Sales",
    "SampleProduct",
    "Shop",
    "Shoppers",
    "Worn",
    "families",
    "garment",
    "generate",
    "person",
    "sell",
    "write",
]
