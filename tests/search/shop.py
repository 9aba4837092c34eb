"""Small made-up products and vectors for the tests of this room."""

from decimal import Decimal
from typing import Any

import numpy as np

from search.products import Product


def product(product_id: str, **fields: Any) -> Product:
    """A product with this id; every other field has a plain value unless given."""
    given: dict[str, Any] = {"price": Decimal("19.90"), **fields}
    return Product(
        id=product_id,
        title=given.pop("title", "Plain thing"),
        category=given.pop("category", "dress"),
        currency=given.pop("currency", "EUR"),
        image=given.pop("image", "a.jpg"),
        **given,
    )


def units(count: int, dim: int, seed: int = 7) -> np.ndarray:
    """Unit vectors, (count, dim) float32."""
    vectors = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
