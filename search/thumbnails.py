"""Small pictures of products, made of the catalogue's own images and kept in the home folder by content."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from core import replacing
from core.errors import NotFound, ShopglassError
from core.settings import Settings
from search.catalogue import Catalogue
from search.fetch import is_url
from search.pictures import Pictures
from vision import decode

LONGEST: Final = 480
QUALITY: Final = 82


class Thumbnail(msgspec.Struct, frozen=True):
    """path: a JPEG whose longest side is at most LONGEST pixels; digest: names its content."""

    path: Path
    digest: str


class Thumbnails:
    """Safe to share between threads; close it.

    folders: where the images of catalogues lie that name them by path, the latest first.
    """

    def __init__(self, settings: Settings, catalogue: Catalogue, folders: Callable[[], Sequence[Path]]) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._folders = folders
        self._home = settings.home / "thumbnails"
        self._limits = settings.images.model_copy(update={"longest": LONGEST})
        self._web = Pictures(settings, folder=None)

    def close(self) -> None:
        self._web.__exit__()

    def of(self, product_id: str) -> Thumbnail:
        """The thumbnail of a product's picture as it was when it was encoded.

        Raises NotFound for an unknown product or one whose picture is gone, FetchFailed when its host does not deliver.
        """
        image, picture = self._stored(product_id)
        digest = picture.hex()
        path = self._home / digest[:2] / f"{digest}.jpg"
        if not path.exists():
            self._make(path, self._bytes(image, picture))
        return Thumbnail(path, digest)

    def photo(self, product_id: str) -> bytes:
        """The file of a product's picture, whole. Raises as ``of`` does."""
        return self._bytes(*self._stored(product_id))

    def _stored(self, product_id: str) -> tuple[str, bytes]:
        """A product's image as the catalogue names it, and its picture's digest."""
        live = self._catalogue.live()
        stored = self._catalogue.stored([product_id], live.id).get(product_id) if live else None
        if stored is None or stored.picture is None:
            raise NotFound(f"There is no picture of {product_id!r}.")
        return stored.product.image, stored.picture

    def _bytes(self, image: str, picture: bytes) -> bytes:
        if is_url(image):
            return self._web.read(image)
        for folder in self._folders():
            with suppress(ShopglassError), Pictures(self._settings, folder) as pictures:
                data = pictures.read(image)
                if hashlib.sha256(data).digest() == picture:
                    return data
        raise NotFound("The picture is no longer where the catalogue said.", remedy="Ingest the catalogue again.")

    def _make(self, path: Path, data: bytes) -> None:
        from PIL import Image

        pixels = decode(data, self._limits).pixels
        with replacing(path) as part:
            Image.fromarray(pixels).save(part, "JPEG", quality=QUALITY, optimize=True)
