"""Garments made ready are made once."""

import pytest

from tryon.wardrobe import category_of


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("T-Shirts", "t-shirt"),
        ("t-shirt", "t-shirt"),
        ("longsleeve", "longsleeve"),
        ("Women / Dresses", "dress"),
        ("连衣裙", "dress"),
        ("牛仔裤", "pants"),
        ("Jackets", "outwear"),
        ("shirt", "shirt"),
        ("shorts", "shorts"),
        ("sunglasses", None),
        ("bag", None),
    ],
)
def test_a_shops_own_words_give_the_kind_of_garment(name: str, category: str | None) -> None:
    assert category_of(name) == category
