"""A procedural shop: drawn products with titles, prices, stock, and the exact truth about every picture."""

from sample.drawing import Drawing
from sample.shop import Latent, SampleProduct, Shop, generate
from sample.wardrobe import HELD_OUT, families, garment
from sample.writer import write

__all__ = ["HELD_OUT", "Drawing", "Latent", "SampleProduct", "Shop", "families", "garment", "generate", "write"]
