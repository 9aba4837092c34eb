"""The live page, and what it needs to dress a camera's frames by itself: nothing of the camera comes here."""

import hashlib
from pathlib import Path
from urllib.parse import quote

from litestar import Controller, Response, get
from litestar.response import File
from litestar.static_files import create_static_files_router

from api.items import ItemId
from api.problems import problems
from api.state import AppState
from tryon import GarmentAsset, garment_asset, garment_texture

FOLDER = Path(__file__).parent / "page" / "try"
CACHED = "public, max-age=300"


@get("/try", include_in_schema=False, sync_to_thread=False)
def live_page() -> File:
    """The page."""
    return File(FOLDER / "index.html", content_disposition_type="inline", media_type="text/html")


live_files = create_static_files_router("/try", directories=[FOLDER], include_in_schema=False)


class LiveController(Controller):
    path = "/v1/tryon/items"
    tags = ("try-on",)

    @get(
        "/{item_id:str}",
        operation_id="getTryOnItem",
        summary="A product as a live client wears it",
        responses=problems(400, 403, 404, 422, 502, 503),
    )
    async def item(self, state: AppState, item_id: ItemId) -> Response[GarmentAsset]:
        """A mesh bound to the bones of a body, and the address of its texture."""
        place = f"/v1/tryon/items/{quote(item_id, safe='')}/texture"
        asset = await state.service.garment(item_id, lambda garment: garment_asset(garment, place))
        return Response(asset, headers={"Cache-Control": CACHED})

    @get(
        "/{item_id:str}/texture",
        operation_id="getTryOnTexture",
        summary="The texture of a product's mesh",
        media_type="image/webp",
        responses=problems(400, 403, 404, 422, 502, 503),
    )
    async def texture(self, state: AppState, item_id: ItemId) -> Response[bytes]:
        """The parts of the garment side by side, with alpha."""
        picture = await state.service.garment(item_id, garment_texture)
        headers = {"Cache-Control": CACHED, "ETag": f'"{hashlib.sha256(picture).hexdigest()[:16]}"'}
        return Response(picture, media_type="image/webp", headers=headers)
