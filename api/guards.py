"""What is checked before a request's body is read."""

from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from api.access import ORIGIN

_HARMLESS = ("GET", "HEAD", "OPTIONS")


def takes(media_type: str) -> Guard:
    """Answer 415 unless the body says it is of this media type."""

    def guard(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
        sent = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sent != media_type:
            raise HTTPException(status_code=415, detail=f"The body is {sent or 'of no type'}; send {media_type}.")

    return guard


def from_here(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Refuse changes that a page of another site has a browser send; programs send no Origin."""
    origin = connection.headers.get("origin")
    if origin is None or connection.scope.get("method") in _HARMLESS:
        return
    if urlsplit(origin).netloc != connection.headers.get("host") and connection.scope.get(ORIGIN) != origin:
        raise HTTPException(status_code=403, detail="A page of another site may not ask this.")
