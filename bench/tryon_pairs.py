"""The fixed list of people and garments that were looked at, and what was said of each."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.tryon_people import products
from core.errors import GarmentUnusable, PersonUnusable
from core.settings import Images
from sample import person
from tryon import Answer, Category, Garment, TryOn
from vision import Picture, decode

LIST: Final = Path(__file__).with_name("tryon_pairs.json")
SIZE: Final = (576, 768)

Verdict = Literal["acceptable", "marginal", "failed", "refused", ""]


class Who(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody to dress: in a photo of the data folder, at a point of it if several are there; or drawn."""

    photo: str = ""
    at: tuple[float, float] | None = None
    seed: int = 0
    pose: str = ""
    turn: float = 0.0
    wears: tuple[str, ...] = ()


class Pair(msgspec.Struct, frozen=True):
    """A person, a garment, and what a shopper would say of the picture, looked at in full size.

    garment: a photo of the data folder, or "sample/STYLE/INDEX". verdict: refused where an error said why there is none.
    """

    who: Who
    garment: str
    category: Category
    verdict: Verdict = ""
    note: str = ""


class Rated(msgspec.Struct, frozen=True):
    """The list, when it was looked at, at which commit of the code, and what it was drawn from."""

    seed: int
    rated: date
    commit: str
    drawn_from: str
    pairs: tuple[Pair, ...]


FROM: Final = (
    "30 pairs with photos of `people`, 30 with drawn people; garments in turn of the sample shop and of clothing/validation, those "
    "that are refused at preparation left out. `clothing` has hardly any worn photos, so none of its people are here."
)
LEGS: Final = (Who("people/coco_000000000785.jpg"), Who("people/tfjs_pose.jpg"))
BUSTS: Final = (
    Who("people/astronaut.png"), Who("people/grace_hopper.jpg"), Who("people/tfjs_portrait.jpg"),
    Who("people/coral_face.jpg", (0.35, 0.75)), Who("people/coral_face.jpg", (0.65, 0.75)),
    Who("people/tfjs_three_people.jpg", (0.15, 0.4)), Who("people/tfjs_three_people.jpg", (0.37, 0.75)),
    Who("people/tfjs_three_people.jpg", (0.83, 0.5)),
)  # fmt: skip
POSES: Final = ("arms down", "arms away", "akimbo", "one akimbo", "one bent", "walking", "one raised", "arms down")
TOPS: Final[tuple[Category, ...]] = ("t-shirt", "longsleeve", "shirt", "outwear", "dress")
ALL: Final[tuple[Category, ...]] = (*TOPS, "pants", "skirt", "shorts")
WEARS: Final = (
    ("graphic T-shirt", "polo shirt", "crew-neck T-shirt"),
    ("straight-leg jeans", "chino shorts", "A-line skirt"),
)


def draw(data: Path, engine: TryOn, *, seed: int, count: int = 60) -> tuple[Pair, ...]:
    """A random list, people of photos and drawn ones by turns; garments that cannot be prepared are left out."""
    rng = np.random.default_rng(seed)
    pairs: list[Pair] = []
    while len(pairs) < count:
        if len(pairs) % 2:
            full = bool(rng.random() < 0.4)
            who = (LEGS if full else BUSTS)[rng.integers(len(LEGS if full else BUSTS))]
        else:
            full = True
            wears = tuple(str(rng.choice(some)) for some in WEARS) if rng.random() < 0.5 else ()
            who = Who(
                seed=int(rng.integers(1000)),
                pose=str(rng.choice(POSES)),
                turn=float(rng.integers(-15, 16)),
                wears=wears,
            )
        category = (ALL if full else TOPS)[rng.integers(len(ALL if full else TOPS))]
        pair = Pair(who, _any(data, category, rng, sample=bool(len(pairs) // 2 % 2)), category)
        try:
            prepared(engine, data, pair)
        except GarmentUnusable:
            continue
        pairs.append(pair)
    return tuple(pairs)


def _any(data: Path, category: Category, rng: np.random.Generator, *, sample: bool) -> str:
    if sample:
        styles = sorted(style for style, some in products().items() if some[0].category == category)
        style = styles[rng.integers(len(styles))]
        return f"sample/{style}/{rng.integers(len(products()[style]))}"
    files = sorted((data / "clothing" / "validation" / category).glob("*.jpg"))
    return str(files[rng.integers(len(files))].relative_to(data))


def prepared(engine: TryOn, data: Path, pair: Pair) -> Garment:
    """The garment cut out of its photo by the engine; the sample shop's drawings are photos on a pale ground too."""
    if pair.garment.startswith("sample/"):
        _, style, index = pair.garment.split("/")
        drawing = products()[style][int(index)].render(768)
        return engine.prepare(drawing.on_background(shadow=0.3), pair.category)
    return engine.prepare((data / pair.garment).read_bytes(), pair.category)


def photographed(data: Path, who: Who) -> tuple[Picture, Any]:
    """A person's photo, and the truth about it where it is drawn, else None."""
    if who.photo:
        return decode((data / who.photo).read_bytes(), Images(longest=1024)), None
    picture = _drawn(who)
    return Picture(pixels=picture.pixels, width=SIZE[0], height=SIZE[1]), picture


@cache
def _drawn(who: Who) -> Any:
    wears = [(products()[style][0].category, products()[style][0].render(384)) for style in who.wears]
    return person(who.seed, who.pose, wears, turn=who.turn, size=SIZE, quality=2)


def tried(engine: TryOn, data: Path, pair: Pair) -> tuple[NDArray[np.uint8], Garment | None, Answer | str]:
    """A pair's photo, its garment if it can be prepared, and the answer, or why there is none."""
    photo, _ = photographed(data, pair.who)
    garment = None
    try:
        garment = prepared(engine, data, pair)
        return np.asarray(photo.pixels), garment, engine.dress(photo, [garment], at=pair.who.at)
    except (PersonUnusable, GarmentUnusable) as error:
        return np.asarray(photo.pixels), garment, f"{error.reason}"
