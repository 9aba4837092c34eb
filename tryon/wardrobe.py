"""Garments made ready, kept in a folder by what they were made from, so that a try-on does not make them again."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from filelock import FileLock

from core import replacing
from core.errors import GarmentUnusable
from tryon.accessories.accessory import AccessoryKind
from tryon.accessories.flat import WORDS
from tryon.garment_file import load, save
from tryon.garments import Category, Garment

Kind = TypeVar("Kind", bound=str)

CATEGORY_WORDS: Final[dict[Category, tuple[str, ...]]] = {
    "t-shirt": ("t-shirt", "tee", "tshirt", "polo", "tank", "T恤", "短袖"),
    "longsleeve": ("longsleeve", "long-sleeve", "sweater", "jumper", "sweatshirt", "hoodie", "毛衣", "卫衣", "长袖"),
    "shirt": ("shirt", "blouse", "衬衫", "衬衣"),
    "outwear": ("outwear", "outerwear", "jacket", "coat", "blazer", "cardigan", "外套", "夹克", "大衣"),
    "dress": ("dress", "gown", "连衣裙"),
    "skirt": ("skirt", "半身裙", "短裙"),
    "pants": ("pants", "trousers", "jeans", "leggings", "裤子", "长裤", "牛仔裤"),
    "shorts": ("shorts", "短裤"),
}
"""Words that shops call the categories by, of one word; plurals are found too."""


ACCESSORY_WORDS: Final[dict[AccessoryKind, tuple[str, ...]]] = {
    "glasses": WORDS,
    "hat": ("hat", "cap", "beanie", "fedora", "headwear", "帽子", "棒球帽"),
    "earrings": ("earring", "earrings", "耳环", "耳饰"),
    "necklace": ("necklace", "pendant", "项链"),
    "watch": ("watch", "wristwatch", "手表"),
    "bracelet": ("bracelet", "bangle", "手镯", "手链"),
    "ring": ("ring", "戒指"),
}
"""What shops call accessories."""


def category_of(name: str) -> Category | None:
    """The kind of garment that a shop's own category is; None if it is none that can be put on a photo, or unclear."""
    return _called(name, CATEGORY_WORDS)


def accessory_of(name: str) -> AccessoryKind | None:
    """The kind of accessory that a shop's own category is; None if it is none that can be put on, or unclear."""
    return _called(name, ACCESSORY_WORDS)


def _called(name: str, table: Mapping[Kind, tuple[str, ...]]) -> Kind | None:
    words = name.lower().replace("/", " ").split()
    spoken = {*words, *(word.removesuffix("s") for word in words), *(word.removesuffix("es") for word in words)}
    for category, names in table.items():
        if any(one.lower() in spoken if one.isascii() else one in name for one in names):
            return category
    return None


class Refusal(msgspec.Struct, frozen=True):
    """Why a picture gives no garment."""

    detail: str
    reason: str
    remedy: str | None


class Wardrobe:
    """Safe to share between threads and processes.

    make: turns a picture's file into a garment; tag: of what it is made with, so that other networks make it anew;
    megabytes: that the folder may take, beyond which those not used for longest go.
    """

    def __init__(
        self, folder: Path, make: Callable[[bytes, Category | None], Garment], *, tag: str, megabytes: int
    ) -> None:
        self._folder = folder
        self._make = make
        self._tag = tag
        self._bytes = megabytes * 1_000_000

    def garment(self, photo: bytes, category: Category | None) -> Garment:
        """The garment in a picture's file, made ready now or before. Raises GarmentUnusable, and BadImage, as then."""
        key = hashlib.sha256(b"\n".join([self._tag.encode(), (category or "").encode(), photo])).hexdigest()
        file = self._folder / key[:2] / f"{key}.garment"
        refused = file.with_suffix(".refused")
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.parent / ".lock", thread_local=False) if not file.exists() else nullcontext():
            if refused.exists():
                said = msgspec.json.decode(refused.read_bytes(), type=Refusal)
                raise GarmentUnusable(said.detail, reason=said.reason, remedy=said.remedy)
            if file.exists():
                file.touch()
                return load(file)
            try:
                garment = self._make(photo, category)
            except GarmentUnusable as error:
                with replacing(refused) as part:
                    part.write_bytes(msgspec.json.encode(Refusal(error.detail, error.reason, error.remedy)))
                raise
            save(garment, file)
        if key[0] == "0":  # now and then: it looks at every file
            self._tidy()
        return garment

    def _tidy(self) -> None:
        """Remove what was not used for longest, down to nine tenths of the room."""
        files = [(file.stat().st_mtime, file.stat().st_size, file) for file in self._folder.glob("??/*.[gr]*")]
        taken = sum(size for _, size, _ in files)
        if taken <= self._bytes:
            return
        for _, size, file in sorted(files):
            file.unlink(missing_ok=True)
            taken -= size
            if taken <= self._bytes * 0.9:
                return
