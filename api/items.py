"""Single products: read, put, change, delete, and how they look."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import msgspec
from litestar import Controller, Response, delete, get, patch, put, route
from litestar.enums import HttpMethod
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter

from api.access import FRONT, MERCHANT
from api.guards import takes
from api.problems import problems
from api.state import AppState
from core.errors import BadRequest
from search import ID_LENGTH, Product

JSON = "application/json"

# What a product checks by itself, said in the document too.
_PRICE = msgspec.Meta(extra_json_schema={"extra": {"pattern": r"^\d{1,12}(\.\d{1,6})?$"}})
_CURRENCY = msgspec.Meta(description="ISO 4217.", extra_json_schema={"extra": {"pattern": "^[A-Z]{3}$"}})
_HINTS = get_type_hints(Product, include_extras=True) | {
    "price": Annotated[Decimal, _PRICE],
    "currency": Annotated[str, _CURRENCY],
}
_FIELDS = [field for field in msgspec.structs.fields(Product) if field.name != "id"]

ItemId = Annotated[str, PathParameter(description="The product's id.", min_length=1, max_length=ID_LENGTH)]


def _field(field: msgspec.structs.FieldInfo) -> tuple[str, Any] | tuple[str, Any, Any]:
    if field.required:
        return field.name, _HINTS[field.name]
    if field.default_factory is not msgspec.NODEFAULT:
        return field.name, _HINTS[field.name], msgspec.field(default_factory=field.default_factory)
    return field.name, _HINTS[field.name], msgspec.field(default=field.default)


if TYPE_CHECKING:

    class Item(msgspec.Struct): ...

    class Changes(msgspec.Struct): ...
else:
    # A product without its id, which stands in the path.
    Item = msgspec.defstruct("Item", [_field(f) for f in _FIELDS], kw_only=True, forbid_unknown_fields=True)
    # Fields of a product to be changed; attributes are replaced as a whole.
    Changes = msgspec.defstruct(
        "Changes",
        [(f.name, _HINTS[f.name] | msgspec.UnsetType, msgspec.UNSET) for f in _FIELDS],
        kw_only=True,
        forbid_unknown_fields=True,
    )


def _product(item_id: str, item: msgspec.Struct) -> Product:
    try:
        return msgspec.convert({"id": item_id, **msgspec.to_builtins(item)}, Product)
    except msgspec.ValidationError as error:
        raise BadRequest(f"{error}.") from error


class ItemsController(Controller):
    path = "/v1/items"
    tags = ("items",)
    opt = FRONT

    @get(
        "/{item_id:str}",
        operation_id="getItem",
        summary="A product",
        responses=problems(400, 404),
        sync_to_thread=True,
    )
    def get_item(self, state: AppState, item_id: ItemId) -> Product:
        return state.service.catalogue.get(item_id)

    @route("/{item_id:str}", http_method=HttpMethod.OPTIONS, include_in_schema=False, sync_to_thread=False)
    def allow(self, item_id: ItemId) -> Response[None]:
        """The framework's own answer names only the method of the handler whose name is first in the alphabet."""
        return Response(None, status_code=204, headers={"Allow": "DELETE, GET, OPTIONS, PATCH, PUT"})

    @put(
        "/{item_id:str}",
        operation_id="putItem",
        opt=MERCHANT,
        summary="Store a product whole, new or in place of the one there",
        guards=[takes(JSON)],
        responses={
            201: ResponseSpec(Product, description="Stored, and new", generate_examples=False),
            **problems(400, 403, 409, 413, 415, 422, 502, 503),
        },
        sync_to_thread=True,
    )
    def put_item(self, state: AppState, item_id: ItemId, data: JSONBody[Item]) -> Response[Product]:
        """Its picture is fetched by URL and encoded; queries find it as soon as this returns."""
        product = _product(item_id, data)
        new = state.service.items.put(product)
        return Response(product, status_code=201 if new else 200)

    @patch(
        "/{item_id:str}",
        operation_id="changeItem",
        opt=MERCHANT,
        summary="Change some fields of a product",
        guards=[takes(JSON)],
        responses=problems(400, 403, 404, 409, 413, 415, 422, 502, 503),
        sync_to_thread=True,
    )
    def change_item(self, state: AppState, item_id: ItemId, data: JSONBody[Changes]) -> Product:
        """The picture is fetched only where its address is among the changes."""
        return state.service.items.patch(item_id, msgspec.to_builtins(data))

    @delete(
        "/{item_id:str}",
        operation_id="deleteItem",
        opt=MERCHANT,
        summary="Delete a product",
        responses=problems(400, 404, 503),
        sync_to_thread=True,
    )
    def delete_item(self, state: AppState, item_id: ItemId) -> None:
        state.service.items.delete(item_id)

    @get(
        "/{item_id:str}/picture",
        operation_id="getItemPicture",
        summary="A small picture of a product",
        media_type="image/jpeg",
        responses=problems(400, 403, 404, 422, 502, 503),
        sync_to_thread=True,
    )
    def get_picture(self, state: AppState, item_id: ItemId) -> Response[bytes]:
        """Longest side at most 480 pixels."""
        thumbnail = state.service.thumbnails.of(item_id)
        headers = {"Cache-Control": "public, max-age=300", "ETag": f'"{thumbnail.digest}"'}
        return Response(thumbnail.path.read_bytes(), media_type="image/jpeg", headers=headers)
