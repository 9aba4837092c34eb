"""Single products, put, changed or deleted while the shop runs: searchable when the call returns."""

import hashlib
from collections.abc import Mapping

import msgspec

from core.errors import BadRequest, Conflict, IndexMismatch
from core.settings import Settings
from search import graph
from search.catalogue import Catalogue, Entry, Version
from search.encoding import Encoder
from search.fetch import is_url
from search.index import Index
from search.locks import turn
from search.pictures import Pictures
from search.products import Product
from search.publish import placed, publish, upsert
from vision import decode


class Items:
    """Writes single products. Safe to share between threads; writers take turns.

    A product gets its place among its neighbours at once; theirs is seen to by the next ingest.
    pictures: where pictures come from. From the network, that must be one without a folder.
    """

    def __init__(
        self, settings: Settings, catalogue: Catalogue, index: Index, encoder: Encoder, pictures: Pictures
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._index = index
        self._encoder = encoder
        self._pictures = pictures

    def put(self, product: Product) -> bool:
        """Store a product whole; True when it is new.

        Its picture is fetched, unless it is the path it was ingested with. Raises what :meth:`Pictures.read` and
        :func:`decode` do, Conflict before the first ingest is over, IndexMismatch when that was of another encoder.
        """
        live = self._live()
        before = self._catalogue.stored([product.id], live.id).get(product.id)
        kept = before is not None and before.picture is not None and before.product.image == product.image
        if kept and not is_url(product.image):
            self._write(None, product)
        else:
            self._write(self._encoded(product, before.picture if before else None), product)
        return before is None

    def patch(self, product_id: str, changes: Mapping[str, object]) -> Product:
        """Change fields of a product and return it whole; its picture is fetched only if ``image`` is among them.

        changes: field → JSON value; attributes are replaced as a whole. Raises BadRequest for an unknown field, a
        value that does not fit or another id, NotFound, and otherwise what :meth:`put` does.
        """
        before = self._catalogue.get(product_id)
        if changes.get("id", product_id) != product_id:
            raise BadRequest("A product keeps its id.", remedy="Put it under the new id and delete the old one.")
        try:
            product = msgspec.convert({**msgspec.to_builtins(before), **changes}, Product, str_keys=True)
        except msgspec.ValidationError as error:
            raise BadRequest(f"The product would not be valid: {error}.") from error
        if product.image == before.image:
            self._write(None, product)
        else:
            self.put(product)
        return product

    def delete(self, product_id: str) -> None:
        """Delete a product. Raises NotFound when there is none."""
        self._catalogue.get(product_id)
        with turn(self._catalogue.database, self._settings.home, "write", wait=True):
            for version in self._written():
                self._catalogue.mark(version.id, dirty=True)
                self._index.delete(version.collection, [product_id])
            with self._catalogue.database.session() as session:
                self._catalogue.remove(session, [product_id])

    def _encoded(self, product: Product, known: bytes | None) -> Entry | None:
        data = self._pictures.read(product.image)
        picture = hashlib.sha256(data).digest()
        if picture == known:
            return None
        pixels = decode(data, self._settings.images).pixels
        return Entry(product, picture, self._encoder.encode_images([pixels])[0])

    def _write(self, entry: Entry | None, product: Product) -> None:
        with turn(self._catalogue.database, self._settings.home, "write", wait=True):
            encoded = [entry] if entry else []
            products = [] if entry else [product]
            for version in self._written():
                self._catalogue.mark(version.id, dirty=True)
                kept = graph.colours(self._encoder)
                among = [placed(self._catalogue, self._index, version, one, kept) for one in encoded]
                upsert(self._catalogue, self._index, version, among, products)
            with self._catalogue.database.session() as session:
                for version in self._versions():
                    self._catalogue.write(session, version.id, encoded)
                self._catalogue.write_products(session, products)

    def _live(self) -> Version:
        live = self._catalogue.live()
        if live is None:
            if self._catalogue.building() is not None:
                raise Conflict("The first ingest is not over yet.", remedy="Wait for it, or take it up with --resume.")
            with turn(self._catalogue.database, self._settings.home, "ingest", wait=False):
                live = self._catalogue.begin_version(self._encoder.tag, self._encoder.dim)
                publish(self._catalogue, self._index, self._settings, live, stale=True)
        if (live.encoder, live.dim) != (self._encoder.tag, self._encoder.dim):
            raise IndexMismatch(
                f"The live index was made by {live.encoder}, the settings say {self._encoder.tag}.",
                remedy="Build it anew with `shopglass ingest CATALOG --rebuild`, or set models.encoder back.",
            )
        return live

    def _versions(self) -> list[Version]:
        """The live version and the one that is being built beside it, as far as this encoder's vectors belong there."""
        ours = (self._encoder.tag, self._encoder.dim)
        versions = self._catalogue.versions()
        return [v for v in versions if v.state in ("live", "building") and (v.encoder, v.dim) == ours]

    def _written(self) -> list[Version]:
        """Those of them that have a collection already; the others are written from the database when they get one."""
        there = set(self._index.collections())
        return [version for version in self._versions() if version.collection in there]
