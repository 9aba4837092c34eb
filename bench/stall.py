"""A stall with a few garments and a pair of glasses, to show the live page to: its real routes, without a catalogue."""

from types import SimpleNamespace
from typing import Any

import cv2
import msgspec
import numpy as np
from litestar import Litestar, Response, get, post
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
from tryon import PARTS, POINTS_OF, Garment, garment_asset, garment_texture
from tryon.accessory_asset import AccessoryAsset, AccessoryPiece

STYLES = ("crew-neck T-shirt", "long-sleeve T-shirt", "denim jacket", "shift dress", "straight-leg jeans")
GLASSES = "glasses"
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


def spectacles() -> AccessoryAsset:
    """Black glasses 13.6 cm wide with grey lenses: rims of flat rings, bent round the face, and straight temples."""
    around = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rim = np.stack([np.cos(around), np.sin(around)], 1)
    ring = [[i, (i + 1) % 48, 48 + i] for i in range(48)] + [
        [(i + 1) % 48, 48 + (i + 1) % 48, 48 + i] for i in range(48)
    ]
    disc = [[0, 1 + i, 1 + (i + 1) % 48] for i in range(48)]
    frame: dict[str, Any] = {"colour": (0.02, 0.02, 0.025), "roughness": 0.35}
    pieces = []
    for s in (1, -1):
        at = np.array([s * 3.4, 2.5])
        outer, inner = at + rim * (3.0, 2.5), at + rim * (2.6, 2.1)
        pieces += [
            _piece(_bent(np.concatenate([outer, inner])), ring, **frame),
            _piece(
                _bent(np.concatenate([at[None], inner])), disc, colour=(0.03, 0.03, 0.03), opacity=0.5, roughness=0.1
            ),
            _box((s * 6.2, 3.2, 5.2), (s * 7.4, 2.8, -4.0), 0.25, **frame),
        ]
    pieces.append(_box((-0.6, 3.2, 6.9), (0.6, 3.2, 6.9), 0.25, **frame))
    return AccessoryAsset(kind="glasses", pieces=pieces)


def _bent(flat: np.ndarray) -> np.ndarray:
    return np.column_stack([flat, 7.0 - 0.035 * flat[:, 0] ** 2])


def _box(start: tuple[float, ...], end: tuple[float, ...], half: float, **material: Any) -> AccessoryPiece:
    """A bar with a square section."""
    way = np.subtract(end, start) / np.linalg.norm(np.subtract(end, start))
    one = np.cross(way, (0, 1, 0))
    one /= np.linalg.norm(one)
    corners = [a * one + b * np.cross(way, one) for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
    positions = np.array([np.add(at, half * corner) for at in (start, end) for corner in corners])
    sides = [[i, (i + 1) % 4, 4 + i] for i in range(4)] + [[(i + 1) % 4, 4 + (i + 1) % 4, 4 + i] for i in range(4)]
    return _piece(positions, [*sides, [0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]], **material)


def _piece(positions: np.ndarray, triangles: list[list[int]], **material: Any) -> AccessoryPiece:
    return AccessoryPiece(
        positions=positions.ravel().round(3).tolist(), triangles=np.ravel(triangles).tolist(), **material
    )


def stall(settings: Settings) -> Litestar:
    """The application."""
    products = {product.style.replace(" ", "-"): product for product in generate(400) if product.style in STYLES}
    drawings = {name: product.render(640) for name, product in products.items()}
    garments = {name: worn(drawings[name], product.category) for name, product in products.items()}

    def described(name: str) -> dict[str, Any]:
        return {"id": name, "title": name, "price": "1", "currency": "EUR", "attributes": {}}

    @post("/v1/search", status_code=200, sync_to_thread=False)
    def search(data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
        return {"hits": [{"product": described(name)} for name in (*products, GLASSES)], "cursor": None}

    @get("/v1/items/{name:str}/picture", sync_to_thread=False)
    def picture(name: FromPath[str]) -> Response[bytes]:
        if name not in drawings:
            raise NotFound("No picture.")
        _, data = cv2.imencode(".jpg", drawings[name].on_background()[..., ::-1])
        return Response(data.tobytes(), media_type="image/jpeg")

    @get("/v1/tryon/items/{name:str}", sync_to_thread=False)
    def item(name: FromPath[str]) -> Response[bytes]:
        asset = spectacles() if name == GLASSES else garment_asset(garments[name], f"/v1/tryon/items/{name}/texture")
        return Response(msgspec.json.encode(asset), media_type="application/json")

    @get("/v1/tryon/items/{name:str}/texture", sync_to_thread=False)
    def texture(name: FromPath[str]) -> Response[bytes]:
        return Response(garment_texture(garments[name]), media_type="image/webp")

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
        openapi_config=None,
    )
