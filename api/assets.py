"""What the live page runs on: libraries and model files out of the asset store, on our own origin."""

from typing import Annotated

import msgspec
from litestar import Controller, get
from litestar.params import PathParameter
from litestar.response import File

from api.access import OPEN
from api.problems import problems
from api.state import AppState
from core import Weights
from core.errors import ModelMissing, NotFound

GROUP = "live"
KINDS = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}


class Assets(msgspec.Struct, frozen=True):
    """missing: files that the live page needs and that are not there; remedy: what brings them."""

    missing: tuple[str, ...]
    remedy: str


class AssetsController(Controller):
    path = "/assets"
    tags = ("try-on",)
    opt = OPEN

    @get("/", operation_id="getAssets", summary="Whether the live page has all it needs", sync_to_thread=True)
    def check(self, state: AppState) -> Assets:
        store = Weights(state.service.settings.models_dir)
        missing = {status.name for status in store.list() if status.state == "missing"}
        return Assets(
            missing=tuple(name for name in store.group(GROUP) if name in missing),
            remedy=f"shopglass models pull {GROUP}",
        )

    @get(
        "/{name:str}",
        operation_id="getAsset",
        summary="A library or model file of the live page",
        media_type="application/octet-stream",
        responses=problems(400, 404),
        sync_to_thread=True,
    )
    def asset(
        self, state: AppState, name: Annotated[str, PathParameter(description="The file's name.", max_length=100)]
    ) -> File:
        """Checked against its checksum before it is served. The ETag is of its content."""
        store = Weights(state.service.settings.models_dir)
        if name not in store.group(GROUP):
            raise NotFound(f"The live page has no file {name!r}.")
        try:
            path = store.path(name)
        except ModelMissing as error:
            raise NotFound(error.detail, remedy=error.remedy) from error
        return File(
            path,
            media_type=KINDS.get(path.suffix, "application/octet-stream"),
            content_disposition_type="inline",
            headers={"Cache-Control": "public, max-age=3600"},
        )
