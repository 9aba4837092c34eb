"""The shop is the same for the same seed, and varied."""

import subprocess
import sys
from collections import Counter
from decimal import Decimal

import msgspec
import numpy as np

from sample import SampleProduct, Shop, generate
from sample.assortment import BRANDS, CATEGORIES


def test_same_seed_same_shop() -> None:
    assert list(generate(40, 5)) == list(generate(40, 5))
    assert list(generate(40, 5)) != list(generate(40, 6))


def test_a_product_does_not_depend_on_how_many_there_are() -> None:
    assert list(generate(60, 5))[:20] == list(generate(20, 5))
    assert Shop(5).product(17) == list(generate(18, 5))[17]


def test_same_product_same_pixels() -> None:
    for product in Shop(5).products(12):
        again = msgspec.json.decode(msgspec.json.encode(product), type=SampleProduct)
        first, second = product.render(96), again.render(96)
        assert np.array_equal(first.pixels, second.pixels)
        assert np.array_equal(first.labels, second.labels)
        assert first.points == second.points


def test_same_pixels_in_another_process() -> None:
    code = (
        "import hashlib; from sample import generate;"
        "print(hashlib.sha256(b''.join(p.render(64).pixels.tobytes() for p in generate(8, 5))).hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_three_hundred_products_fill_every_category_and_brand() -> None:
    products = list(generate())
    assert len(products) == 300
    categories = Counter(product.category for product in products)
    assert set(categories) == set(CATEGORIES)
    assert len(categories) >= 10
    assert min(categories.values()) >= 10
    assert {product.brand for product in products} == set(BRANDS)
    assert len({product.id for product in products}) == 300
    assert len({product.title for product in products}) > 240


def test_prices_and_stock_are_a_shops() -> None:
    products = list(generate())
    assert all(Decimal(1) < product.price < Decimal(600) for product in products)
    assert all(product.price == round(product.price, 2) for product in products)
    assert 8 <= sum(product.stock == 0 for product in products) <= 45
    assert all(product.stock >= 0 for product in products)
    dear = [float(product.price) for product in products if BRANDS[product.brand].quality > 0.7]
    cheap = [float(product.price) for product in products if BRANDS[product.brand].quality < 0.4]
    assert np.mean(dear) > 1.2 * np.mean(cheap)


def test_latent_facts_are_bounded() -> None:
    for product in generate():
        assert len(product.latent.taste) == 8
        assert all(-1 <= value <= 1 for value in product.latent.taste)
        assert 0 <= product.latent.quality <= 1
        assert -1 <= product.latent.season <= 1
        assert (
            float(product.price) == round(product.latent.base_price)
            or abs(float(product.price) - product.latent.base_price) < 1
        )


def test_the_door_imports_no_network() -> None:
    heavy = ("torch", "vision", "search", "polars")
    code = f"import sys, sample; print(*[m for m in {heavy!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
