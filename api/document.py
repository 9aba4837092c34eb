"""The OpenAPI document, at ``/schema``."""

from litestar import Response, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from api.access import OPEN
from core.errors import NotFound


async def _no_such_document(response: Response[object]) -> Response[object]:
    """The framework answers unknown paths below /schema with a page of its own; ours is a problem like any other."""
    if response.status_code == 404:
        raise NotFound("There is no such document.", remedy="The OpenAPI document is at /schema.")
    return response


def openapi() -> OpenAPIConfig:
    """No page that draws the document is served: those of the framework load scripts from elsewhere."""
    return OpenAPIConfig(
        title="Shopglass",
        version="1.0.0",
        description="Find a photographed thing in a shop's catalogue.",
        render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
        openapi_router=Router(
            "/schema", route_handlers=[], include_in_schema=False, opt=OPEN, after_request=_no_such_document
        ),
        use_handler_docstrings=True,
    )
