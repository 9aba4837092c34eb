"""What recommendations and forecasts learn from the catalogue: the bridge between rooms that do not know each other's words."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecasting import Alike
    from recsys import Facts
    from search import Catalogue


def facts_of(catalogue: "Catalogue") -> "Callable[[Iterable[str]], dict[str, Facts]]":
    """Facts of products by id; an item that is not in the catalogue is left out."""
    from recsys import Facts

    def facts(ids: Iterable[str]) -> dict[str, Facts]:
        return {
            id: Facts(product.category, product.brand, str(product.attributes.get("colour", "")), float(product.price))
            for id, product in catalogue.get_many(ids).items()
        }

    return facts


def kin_of(catalogue: "Catalogue") -> "Callable[[Sequence[str], Sequence[str]], dict[str, Alike]]":
    """Of products with little history, the nearest others by item vector, and their category."""
    import numpy as np

    from forecasting import Alike, nearest

    def kin(young: Sequence[str], others: Sequence[str]) -> dict[str, Alike]:
        live = catalogue.live()
        vectors = catalogue.own_vectors(live, list(dict.fromkeys([*young, *others]))) if live is not None else {}
        near = nearest(list(vectors), np.array(list(vectors.values())), of=young) if vectors else {}
        return {id: Alike(near.get(id, ()), product.category) for id, product in catalogue.get_many(young).items()}

    return kin
