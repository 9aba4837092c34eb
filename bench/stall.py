"""A stall with a few garments and accessories, to show the live page to: its real routes, without a catalogue."""

from types import SimpleNamespace
from typing import Any

import cv2
import msgspec
import numpy as np
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.static_files import create_static_files_router

from api.assets import AssetsController
from api.headers import add_headers
from api.live import live_files, live_page
from api.plugin import PAGE
from core.errors import NotFound
from core.settings import Settings
from sample import Drawing, generate
from sample.accessories import ACCESSORIES, accessory_file
from tryon import (
    PARTS,
    POINTS_OF,
    AccessoryKind,
    Garment,
    accessory_asset,
    garment_asset,
    garment_texture,
    read_accessory,
)

STYLES = ("crew-neck T-shirt", "long-sleeve T-shirt", "denim jacket", "shift dress", "straight-leg jeans")
GLASSES = "sunglasses"
PART_OF = {"collar_inside": "inside", "waist_inside": "inside"} | {name: name for name in PARTS}


def worn(drawing: Drawing, category: Any) -> Garment:
    """The garment that a drawing is of, with its true points and parts."""
    x, y, w, h = drawing.box
    parts = np.array([0, *(PARTS.index(PART_OF.get(name, "body")) for name in drawing.part_names)], np.uint8)
    points = {name: (px - x, py - y) for name, (px, py) in drawing.points.items() if name in POINTS_OF[category]}
    return Garment(
        pixels=drawing.pixels[y : y + h, x : x + w].copy(),
        parts=parts[drawing.labels[y : y + h, x : x + w]],
        category=category,
        points=points,
        confidence=dict.fromkeys(points, 1.0),
    )


class Asked(msgspec.Struct, frozen=True):
    """A request as it came in, from the page or its worker. body: bytes that it carried."""

    method: str
    path: str
    body: int


def stall(settings: Settings, asked: list[Asked]) -> Litestar:
    """The application. asked: gets every request."""
    products = {product.style.replace(" ", "-"): product for product in generate(400) if product.style in STYLES}
    drawings = {name: product.render(640) for name, product in products.items()}
    garments = {name: worn(drawings[name], product.category) for name, product in products.items()}

    def described(name: str) -> dict[str, Any]:
        return {"id": name, "title": name, "price": "1", "currency": "EUR", "attributes": {}}

    @post("/v1/search", status_code=200, sync_to_thread=False)
    def search(data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
        return {"hits": [{"product": described(name)} for name in (*products, *ACCESSORIES)], "cursor": None}

    @get("/v1/items/{name:str}/picture", sync_to_thread=False)
    def picture(name: FromPath[str]) -> Response[bytes]:
        if name not in drawings:
            raise NotFound("No picture.")
        _, data = cv2.imencode(".jpg", drawings[name].on_background()[..., ::-1])
        return Response(data.tobytes(), media_type="image/jpeg")

    @get("/v1/tryon/items/{name:str}", sync_to_thread=False)
    def item(name: FromPath[str]) -> Response[bytes]:
        address = f"/v1/tryon/items/{name}/texture"
        if name in garments:
            return Response(msgspec.json.encode(garment_asset(garments[name], address)), media_type="application/json")
        made = read_accessory(accessory_file(name), msgspec.convert(ACCESSORIES[name][0], AccessoryKind))
        return Response(msgspec.json.encode(accessory_asset(made, address)), media_type="application/json")

    @get("/v1/tryon/items/{name:str}/texture", sync_to_thread=False)
    def texture(name: FromPath[str]) -> Response[bytes]:
        return Response(garment_texture(garments[name]), media_type="image/webp")

    def note(request: Request[Any, Any, Any]) -> None:
        body = request.headers.get("content-length", "-1" if "transfer-encoding" in request.headers else "0")
        asked.append(Asked(request.method, request.url.path, int(body)))

    return Litestar(
        [
            live_page,
            create_static_files_router("/page", directories=[PAGE]),
            live_files,
            AssetsController,
            search,
            picture,
            item,
            texture,
        ],
        state=State({"service": SimpleNamespace(settings=settings)}),
        before_send=[add_headers],
        before_request=note,
        openapi_config=None,
    )
