"""Trying on: a person's photo and garments become a picture, at once or as a job."""

from datetime import datetime
from typing import Annotated, Any, Literal

import anyio.to_thread
import msgspec
from litestar import Controller, Request, Response, delete, get, post, route
from litestar.datastructures import UploadFile
from litestar.enums import HttpMethod, RequestEncodingType
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, HeaderParameter, PathParameter

from api.access import FRONT
from api.guards import takes
from api.problems import problems
from api.search import PHOTO_BYTES
from api.state import AppState
from core import Job
from core.errors import BadRequest
from tryon import AccessoryKind, Category, Document, Failure, Order, Orders

MOST_PHOTOS = 4
FORM_BYTES = PHOTO_BYTES * (MOST_PHOTOS + 1) + 200_000

JobId = Annotated[str, PathParameter(description="The try-on's id.", pattern="^[0-9a-f]{32}$")]
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Repeating a request with its key does not do it twice.",
        min_length=1,
        max_length=200,
        required=False,
    ),
]
Prefer = Annotated[
    str | None,
    HeaderParameter(name="Prefer", description="`respond-async` for a job.", max_length=200, required=False),
]


class TryOnForm(msgspec.Struct):
    """person: a photo of the person; item: ids of products, separated by commas; garment: photos of garments;
    category: what these are, in their order, separated by commas, recognised where it is not given; at: x,y, a point
    on the person in fractions of the upright photo, by default the largest person; tucked: tops go into what is worn
    below; light: whether the light of the person's photo falls on the garments; layers: whether the document holds
    layers and meshes; watermark: words written into the picture's corner.
    """

    person: UploadFile
    item: Annotated[str, msgspec.Meta(max_length=600)] | None = None
    garment: list[UploadFile] = []
    category: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    at: Annotated[str, msgspec.Meta(pattern=r"^ *[0-9.]+ *, *[0-9.]+ *$")] | None = None
    tucked: bool = False
    light: bool = True
    layers: bool = False
    watermark: Annotated[str, msgspec.Meta(max_length=80)] = ""


class TryOnJob(msgspec.Struct, frozen=True):
    """A try-on that was asked for as a job. picture, document: where they are once it is done, until ``expires``;
    failure: why it gave none."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    created: datetime
    finished: datetime | None
    expires: datetime
    picture: str | None
    document: str | None
    failure: Failure | None


def as_tryon(orders: Orders, job: Job) -> TryOnJob:
    here = f"/v1/tryon/jobs/{job.id}" if job.state == "done" else None
    said = (job.result or {}).get("failure")
    if said is None and job.state == "failed":
        said = {"type": "urn:shopglass:shopglass-error", "title": "Shopglass failed", "detail": job.error or ""}
    return TryOnJob(
        id=job.id,
        state=job.state,
        created=job.created,
        finished=job.finished,
        expires=orders.expires(job),
        picture=here and f"{here}/picture",
        document=here and f"{here}/document",
        failure=msgspec.convert(said, Failure) if said else None,
    )


class TryOnController(Controller):
    path = "/v1/tryon"
    tags = ("try-on",)
    opt = FRONT

    @post(
        "/",
        operation_id="tryOn",
        opt={"cost": 50},
        summary="Put garments on a person in a photo",
        guards=[takes("multipart/form-data")],
        status_code=200,
        request_max_body_size=FORM_BYTES,
        responses={
            202: ResponseSpec(TryOnJob, description="Taken in as a job", generate_examples=False),
            **problems(400, 403, 404, 409, 413, 415, 422, 502, 503),
        },
    )
    async def try_on(
        self,
        state: AppState,
        request: Request[Any, Any, Any],
        data: Annotated[TryOnForm, Body(media_type=RequestEncodingType.MULTI_PART, multipart_form_part_limit=24)],
        key: Key = None,
        prefer: Prefer = None,
    ) -> Response[Document] | Response[TryOnJob] | Response[bytes]:
        """By the header Accept: `image/jpeg` or `image/png` gives the picture alone, anything else the document with
        picture, report and, if asked for, layers and meshes, files in it as base64. `Prefer: respond-async` gives a job.
        Nothing of the photo is kept, but for a job, until it is over.
        """
        order = read_order(data)
        person, garments = await _read(data.person), [await _read(photo) for photo in data.garment]
        service = state.service
        if "respond-async" in (prefer or "").lower():
            job = await anyio.to_thread.run_sync(service.orders.submit, order, person, garments, key)
            headers = {"Location": f"/v1/tryon/jobs/{job.id}", "Preference-Applied": "respond-async"}
            return Response(as_tryon(service.orders, job), status_code=202, headers=headers)
        if key is not None:
            await anyio.to_thread.run_sync(service.orders.check_key, key, order, person, garments)
        accepted = request.headers.get("accept", "")
        kind: Literal["jpeg", "png"] = "png" if "image/png" in accepted else "jpeg"
        result = await service.try_on(order, person, garments, kind)
        headers = {"Cache-Control": "no-store", "Vary": "Accept"}
        if "image/jpeg" in accepted or "image/png" in accepted:
            return Response(result.picture, media_type=f"image/{kind}", headers=headers)
        return Response(result.document, media_type="application/json", headers=headers)

    @get("/jobs/{job_id:str}", operation_id="getTryOn", summary="A try-on", responses=problems(400, 404, 503))
    async def job(self, state: AppState, job_id: JobId) -> TryOnJob:
        orders = state.service.orders
        return as_tryon(orders, await anyio.to_thread.run_sync(orders.get, job_id))

    @route("/jobs/{job_id:str}", http_method=HttpMethod.OPTIONS, include_in_schema=False, sync_to_thread=False)
    def allow(self, job_id: JobId) -> Response[None]:
        """The framework's own answer names one method alone."""
        return Response(None, status_code=204, headers={"Allow": "DELETE, GET, OPTIONS"})

    @get(
        "/jobs/{job_id:str}/picture",
        operation_id="getTryOnPicture",
        summary="The picture of a try-on that is done",
        media_type="image/jpeg",
        responses=problems(400, 404, 409, 503),
        sync_to_thread=True,
    )
    def picture(self, state: AppState, job_id: JobId) -> Response[bytes]:
        picture = state.service.orders.result(job_id).picture
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})

    @get(
        "/jobs/{job_id:str}/document",
        operation_id="getTryOnDocument",
        summary="The document of a try-on that is done",
        responses={
            200: ResponseSpec(Document, description="The document", generate_examples=False),
            **problems(400, 404, 409, 503),
        },
        sync_to_thread=True,
    )
    def document(self, state: AppState, job_id: JobId) -> Response[bytes]:
        document = state.service.orders.result(job_id).document
        return Response(document, media_type="application/json", headers={"Cache-Control": "no-store"})

    @post(
        "/jobs/{job_id:str}/cancel",
        operation_id="cancelTryOn",
        summary="Stop a try-on",
        status_code=200,
        responses=problems(400, 404, 503),
        sync_to_thread=True,
    )
    def cancel(self, state: AppState, job_id: JobId) -> TryOnJob:
        return as_tryon(state.service.orders, state.service.orders.cancel(job_id))

    @delete(
        "/jobs/{job_id:str}",
        operation_id="deleteTryOn",
        summary="Remove everything about a try-on now",
        responses=problems(400, 404, 503),
        sync_to_thread=True,
    )
    def forget(self, state: AppState, job_id: JobId) -> None:
        state.service.orders.delete(job_id)


def read_order(form: TryOnForm) -> Order:
    """The form's words as an order. Raises BadRequest."""
    items = tuple(name.strip() for name in (form.item or "").split(",") if name.strip())
    try:
        categories = tuple(
            msgspec.convert(name.strip(), Category | AccessoryKind)
            for name in (form.category or "").split(",")
            if name.strip()
        )
    except msgspec.ValidationError as error:
        raise BadRequest(f"The category is not one there is: {error}.") from error
    if len(items) + len(form.garment) == 0:
        raise BadRequest("No garment was given.", remedy="Give item or garment.")
    return Order(
        items=items,
        categories=categories,
        at=_point(form.at),
        tucked=form.tucked,
        light=form.light,
        layers=form.layers,
        watermark=form.watermark,
    )


def _point(text: str | None) -> tuple[float, float] | None:
    if not text:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise BadRequest("The point is not two numbers from 0 to 1.", remedy="Give x,y as fractions of the photo.")
    return x, y


async def _read(file: UploadFile) -> bytes:
    data = await file.read()
    await file.close()
    return data
