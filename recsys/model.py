"""What one training learnt, as one folder: recall, companions, and what re-ranking looks at."""

from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from recsys.complements import complements
from recsys.gathering import Gathered
from recsys.ranking.goods import Goods
from recsys.recall import Recall

SKETCH = 64
"""Numbers that a vector is brought to for diversity and for new products: a random projection keeps cosines to about .1
(Johnson and Lindenstrauss, 1984)."""


class Model(msgspec.Struct, dict=True):
    """items: names by number; recall: over all of them; companions: (items, items) sparse; sketches: (items, SKETCH)
    float32 of unit length, zeros where an item has no vector; clicks, looks: (items,); goods: what a ranker knows of the
    items, as of the training."""

    items: tuple[str, ...]
    recall: Recall
    companions: object
    sketches: NDArray[np.float32]
    clicks: NDArray[np.int64]
    looks: NDArray[np.int64]
    goods: Goods

    def __post_init__(self) -> None:
        self.number = {item: place for place, item in enumerate(self.items)}

    @classmethod
    def fit(cls, gathered: Gathered, tags: tuple[str, ...]) -> "Model":
        seen = gathered.seen
        colours = None
        if seen.vectors is not None and seen.parts:
            colour = seen.vectors[:, -seen.parts[-1] :]
            colours = colour / np.maximum(np.linalg.norm(colour, axis=1, keepdims=True), 1e-9)
        vectors = seen.vectors if seen.vectors is not None else np.zeros((len(seen.items), 1), np.float32)
        sketches = sketched(vectors)
        return cls(
            seen.items,
            Recall.fit(seen, tags),
            complements(gathered.baskets, len(seen.items), seen.categories, colours),
            sketches,
            gathered.clicks,
            gathered.views,
            Goods(
                sketches,
                _filled(seen.categories, len(seen.items)),
                gathered.brands,
                gathered.colours,
                _known(seen.prices, len(seen.items)),
            ),
        )

    def save(self, folder: Path) -> None:
        """Write it whole; no pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        self.recall.save(folder)
        own = {f"companions {name}": getattr(self.companions, name) for name in ("data", "indices", "indptr")}
        arrays = {"items": np.array(self.items, dtype=str), "sketches": self.sketches, "clicks": self.clicks, "looks": self.looks}  # fmt: skip
        goods = {name: np.array(getattr(self.goods, name), dtype=str) for name in ("categories", "brands", "colours")}
        with replacing(folder / "model.npz") as path, path.open("wb") as file:
            np.savez(file, **arrays, **own, **goods, prices=self.goods.prices)  # type: ignore[arg-type]

    @classmethod
    def load(cls, folder: Path) -> "Model":
        from scipy.sparse import csr_matrix

        with np.load(folder / "model.npz", allow_pickle=False) as arrays:
            items = tuple(str(one) for one in arrays["items"])
            companions = csr_matrix(
                tuple(arrays[f"companions {name}"] for name in ("data", "indices", "indptr")), (len(items), len(items))
            )
            categories, brands, colours = (
                tuple(str(one) for one in arrays[name]) for name in ("categories", "brands", "colours")
            )
            goods = Goods(arrays["sketches"], categories, brands, colours, arrays["prices"])
            looked = arrays["clicks"], arrays["looks"]
            return cls(items, Recall.load(folder), companions, arrays["sketches"], *looked, goods)


def _filled(words: tuple[str, ...] | None, count: int) -> tuple[str, ...]:
    return words if words else ("",) * count


def _known(prices: NDArray[np.float64] | None, count: int) -> NDArray[np.float64]:
    return np.full(count, np.nan) if prices is None else np.asarray(prices, np.float64)


def sketched(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, d) vectors as (n, SKETCH) of unit length, rows of zeros as they are; the same for the same d everywhere."""
    rng = np.random.default_rng([vectors.shape[1], SKETCH])
    found = vectors @ rng.normal(0, 1, (vectors.shape[1], SKETCH)).astype(np.float32)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), np.float32)
