"""The catalogue as arrays, by number of the item: what recall, ranking and profiles know about products."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from search import Catalogue, Product

PAGE = 1000
_COLOUR = "colour"


class Stock(msgspec.Struct, frozen=True, dict=True):
    """Products by number, sorted by id.

    prices: (n,) float64; vectors: (n, d) float32 of unit length, zeros where a product has none; parts: widths of their
    subspaces.
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    colours: tuple[str, ...]
    prices: NDArray[np.float64]
    vectors: NDArray[np.float32]
    parts: tuple[int, ...] = ()

    @classmethod
    def of(cls, catalogue: Catalogue, parts: tuple[int, ...] = ()) -> "Stock":
        """Everything in the catalogue, with the vectors of the live index version where there is one."""
        products = {product.id: product for product in _all(catalogue)}
        ids = sorted(products)
        number = {id: place for place, id in enumerate(ids)}
        live = catalogue.live()
        vectors = np.zeros((len(ids), live.dim if live else 1), np.float32)
        if live is not None:
            for page, own in catalogue.iterate(live, PAGE):
                for product, vector in zip(page, own, strict=True):
                    if product.id in number:
                        vectors[number[product.id]] = vector
        return cls.made([products[id] for id in ids], vectors, parts)

    @classmethod
    def made(
        cls, products: Sequence[Product], vectors: NDArray[np.float32], parts: tuple[int, ...] = ()
    ) -> "Stock":
        """Of products sorted by id; vectors of any length."""
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return cls(
            tuple(product.id for product in products),
            tuple(product.title for product in products),
            tuple(product.category for product in products),
            tuple(product.brand for product in products),
            tuple(product.attributes.get(_COLOUR, "").partition(",")[0] for product in products),
            np.array([float(product.price) for product in products], np.float64),
            np.asarray(vectors / np.maximum(norms, 1e-9), np.float32),
            parts if sum(parts) == vectors.shape[1] else (),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def number(self) -> dict[str, int]:
        return {id: place for place, id in enumerate(self.ids)}

    @cached_property
    def log_price(self) -> NDArray[np.float64]:
        return np.log1p(self.prices)

    @cached_property
    def category(self) -> NDArray[np.int64]:
        """(n,) numbers of the categories, in the order of their names; ``brand`` and ``colour`` likewise."""
        return _coded(self.categories)

    @cached_property
    def brand(self) -> NDArray[np.int64]:
        return _coded(self.brands)

    @cached_property
    def colour(self) -> NDArray[np.int64]:
        return _coded(self.colours)

    @cached_property
    def price_rank(self) -> NDArray[np.float64]:
        """(n,) in [0, 1]: where a price stands among those of its category."""
        ranks = np.full(len(self), 0.5)
        for kind in np.unique(self.category):
            own = np.flatnonzero(self.category == kind)
            if len(own) > 1:
                ranks[own] = np.argsort(np.argsort(self.prices[own], kind="stable")) / (len(own) - 1)
        return ranks


def _all(catalogue: Catalogue) -> Iterator[Product]:
    after = ""
    while page := catalogue.page(after=after, limit=PAGE):
        yield from page
        after = page[-1].id


def _coded(names: Sequence[str]) -> NDArray[np.int64]:
    return np.asarray(np.unique(names, return_inverse=True)[1] if len(names) else np.empty(0), np.int64)
