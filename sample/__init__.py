"""A procedural shop: drawn products with titles, prices, stock, and the exact truth about every picture."""

from sample.drawing import Drawing
from sample.shop import Latent, SampleProduct, Shop, generate
from sample.writer import write

__all__ = ["Drawing", "Latent", "SampleProduct", "Shop", "generate", "write"]
