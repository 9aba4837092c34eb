"""What recommendations learn from the catalogue: the bridge between two rooms that do not know each other's words."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
