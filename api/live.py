"""The live page, and what it needs to dress a camera's frames by itself: nothing of the camera comes here."""

import hashlib
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from litestar import Controller, Response, get
from litestar.params import QueryParameter
from litestar.response import File
from litestar.static_files import create_static_files_router

from api.access import FRONT, OPEN
from api.items import ItemId
from api.problems import problems
from api.state import AppState
from core.errors import NotFound
from tryon import (
    Accessory,
    AccessoryAsset,
    Garment,
    GarmentAsset,
    accessory_asset,
    accessory_texture,
    garment_asset,
    garment_texture,
)

FOLDER = Path(__file__).parent / "page" / "try"
Number = Annotated[
    int, QueryParameter(description="The surface's number, of accessories.", ge=0, le=1000, required=False)
]
CACHED = "public, max-age=300"


@get("/try", include_in_schema=False, opt=OPEN, sync_to_thread=False)
def live_page() -> File:
    """The page."""
    return File(FOLDER / "index.html", content_disposition_type="inline", media_type="text/html")


live_files = create_static_files_router("/try", directories=[FOLDER], include_in_schema=False, opt=OPEN)


class LiveController(Controller):
    path = "/v1/tryon/items"
    tags = ("try-on",)
    opt = FRONT

    @get(
        "/{item_id:str}",
        operation_id="getTryOnItem",
        summary="A product as a live client wears it",
        responses=problems(400, 403, 404, 422, 502, 503),
    )
    async def item(self, state: AppState, item_id: ItemId) -> Response[GarmentAsset | AccessoryAsset]:
        """A garment: a mesh bound to the bones of a body. Glasses: their geometry on a face. With addresses of textures."""
        place = f"/v1/tryon/items/{quote(item_id, safe='')}/texture"

        def asset(worn: Garment | Accessory) -> GarmentAsset | AccessoryAsset:
            return garment_asset(worn, place) if isinstance(worn, Garment) else accessory_asset(worn, place)

        return Response(await state.service.wearable(item_id, asset), headers={"Cache-Control": CACHED})

    @get(
        "/{item_id:str}/texture",
        operation_id="getTryOnTexture",
        summary="The texture of a product's mesh",
        media_type="image/webp",
        responses=problems(400, 403, 404, 422, 502, 503),
    )
    async def texture(self, state: AppState, item_id: ItemId, surface: Number = 0) -> Response[bytes]:
        """Of a garment, its parts side by side; of an accessory, the picture of one surface. With alpha."""

        def picture(worn: Garment | Accessory) -> bytes | None:
            return garment_texture(worn) if isinstance(worn, Garment) else accessory_texture(worn, surface)

        data = await state.service.wearable(item_id, picture)
        if data is None:
            raise NotFound(f"Surface {surface} of {item_id} has no texture.")
        headers = {"Cache-Control": CACHED, "ETag": f'"{hashlib.sha256(data).hexdigest()[:16]}"'}
        return Response(data, media_type="image/webp", headers=headers)
