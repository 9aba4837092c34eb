"""The sample shop: which products there are. Product number i of a seed is the same however many are asked for."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import msgspec
import numpy as np

from sample.assortment import BRANDS, CATEGORIES, companion, pick_colour
from sample.cloth import Cloth
from sample.colours import COLOURS, name_of, to_rgb
from sample.drawing import RGB, Drawing
from sample.render import render
from sample.style import MATERIALS, Look, Style
from sample.titles import description, title, title_zh


class Latent(msgspec.Struct, frozen=True):
    """What drives demand and taste but stands in no catalogue.

    taste: 8 coordinates in [-1, 1] (formal, summery, bold, dark, warm-coloured, dear, and two of the brand);
    quality in [0, 1]; base_price: euros before any promotion; season: -1 winter … 1 summer.
    """

    taste: tuple[float, ...]
    quality: float
    base_price: float
    season: float


class SampleProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product of the sample shop. colours: names, the ground first; sku: which drawing it is."""

    id: str
    category: str
    title: str
    title_zh: str
    brand: str
    price: Decimal
    currency: str
    colours: tuple[str, ...]
    description: str
    stock: int
    attributes: dict[str, str]
    style: str
    latent: Latent
    cloth: tuple[tuple[RGB, ...], str, str, int, float]
    look: tuple[RGB, RGB]
    seed: int
    tilt: float

    def render(self, size: int = 512) -> Drawing:
        """Draw it on a transparent square of ``size`` pixels; the same every time."""
        colours, weave, pattern, seed, turn = self.cloth
        cloth = Cloth(colours, weave, pattern, seed, turn=turn)
        trim, accent = self.look
        style = _style(self.category, self.style)
        sketch = style.draw(Look(cloth, cloth.plain(colour=trim), accent), np.random.default_rng(self.seed))
        return render(sketch, size, self.seed, self.tilt)


@cache
def _style(category: str, name: str) -> Style:
    return next(style for style in CATEGORIES[category].styles if style.name == name)


def generate(products: int = 300, seed: int = 7) -> Iterator[SampleProduct]:
    """The first ``products`` products of the shop of this seed."""
    return Shop(seed).products(products)


class Shop:
    """A shop that is the same for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self.seed = seed
        self._round = [name for name, category in CATEGORIES.items() for _ in range(category.share)]

    def products(self, count: int) -> Iterator[SampleProduct]:
        """Products 0 … count - 1, made one by one."""
        return (self.product(index) for index in range(count))

    def product(self, index: int) -> SampleProduct:
        """Product number ``index``, from 0."""
        turn, place = divmod(index, len(self._round))
        category = self._round[int(np.random.default_rng([self.seed, turn, 1]).permutation(len(self._round))[place])]
        rng = np.random.default_rng([self.seed, index, 2])
        return _make(index, category, rng)


def _shade(name: str, rng: np.random.Generator) -> RGB:
    """A cloth's own version of a named colour, still of that name."""
    anchor = np.array(COLOURS[name].lab)
    rgb = to_rgb(anchor + rng.normal(0, 1, 3) * (1.2, 1.0, 1.0))
    return rgb if name_of(rgb) == name else to_rgb(anchor)


def _make(index: int, category: str, rng: np.random.Generator) -> SampleProduct:
    styles = CATEGORIES[category].styles
    style = styles[int(rng.integers(len(styles)))]
    material, pattern = str(rng.choice(style.materials)), str(rng.choice(style.patterns))
    ground = pick_colour(style, rng)
    second = companion(ground, rng)
    third = companion(ground, rng, 15.0)
    names = (ground,) if pattern == "plain" else (ground, second)
    rgbs = tuple(_shade(name, rng) for name in (ground, second, third)[: 1 if pattern == "plain" else 3])
    brand = str(rng.choice(list(BRANDS)))
    facts = BRANDS[brand]
    quality = float(np.clip(facts.quality + rng.normal(0, 0.12), 0, 1))
    low, high = style.price
    base = (low + (high - low) * np.clip(0.15 + 0.7 * quality + rng.normal(0, 0.08), 0, 1)) * MATERIALS[material].cost
    lab = np.array([COLOURS[name].lab for name in names]).mean(0)
    taste = (
        style.formality * 2 - 1, style.season, (pattern != "plain") * 0.6 + min(1.0, float(np.hypot(lab[1], lab[2])) / 70) * 0.8 - 0.7,
        1 - lab[0] / 50, lab[2] / 60, quality * 2 - 1, facts.formality * 2 - 1, facts.boldness * 2 - 1,
    )  # fmt: skip
    seed = int(rng.integers(2**31))
    return SampleProduct(
        id=f"SG-{index + 1:05d}",
        category=category,
        title=title(names, pattern, material, style),
        title_zh=title_zh(names, pattern, material, style),
        brand=brand,
        price=_tag_price(float(base), rng),
        currency="EUR",
        colours=names,
        description=description(brand, names, material, style, rng),
        stock=0 if rng.random() < 0.08 else int(rng.lognormal(3.2, 0.7)) + 1,
        attributes={"colour": ", ".join(names), "pattern": pattern, "material": material},
        style=style.name,
        latent=Latent(
            tuple(round(float(np.clip(t, -1, 1)), 3) for t in taste),
            round(quality, 3),
            round(float(base), 2),
            style.season,
        ),
        cloth=(rgbs, MATERIALS[material].weave, pattern, seed % 10_000, 0.0),
        look=(_shade(second, rng), _shade(third, rng)),
        seed=seed,
        tilt=float(np.clip(rng.normal(0, 0.8), -2, 2)),
    )


def _tag_price(base: float, rng: np.random.Generator) -> Decimal:
    """A price as on a tag: whole euros less one, five or ten cents, or round."""
    return Decimal(max(2, round(base))) - Decimal(str(rng.choice(["0.01", "0.01", "0.05", "0.10", "0.00"])))
