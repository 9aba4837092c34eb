"""The one translator from errors to HTTP problem details (RFC 9457)."""

import traceback
from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import Any

import msgspec
import structlog
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.plugins.problem_details import ProblemDetailsConfig, ProblemDetailsException, ProblemDetailsPlugin

from core.errors import BadRequest, LimitExceeded, NotFound, ShopglassError, Unauthorised, Unavailable, Unwearable

MEDIA_TYPE = "application/problem+json"

# What HTTP itself refuses, before any of our code is asked: stable type and title by status, and the remedy.
HTTP_PROBLEMS: dict[int, tuple[str, str, str | None]] = {
    400: (BadRequest.type_uri(), BadRequest.title, None),
    403: ("urn:shopglass:forbidden", "This is not allowed", None),
    404: (NotFound.type_uri(), NotFound.title, "The paths there are stand in /schema."),
    405: (
        "urn:shopglass:method-not-allowed",
        "This method is not allowed here",
        "The header Allow names those that are.",
    ),
    413: ("urn:shopglass:body-too-large", "The request body is too large", "Send less at once."),
    415: ("urn:shopglass:unsupported-media-type", "This content type is not taken here", None),
    503: (Unavailable.type_uri(), Unavailable.title, None),
}


class Fault(msgspec.Struct, frozen=True):
    """One faulty part of a request: what is wrong with it, and where it was found."""

    message: str
    key: str | None = None
    source: str | None = None


class Problem(msgspec.Struct, frozen=True):
    """Why a request failed (RFC 9457).

    type: stable and public; detail: this occurrence; remedy: what to do about it; errors: each faulty part; reason: why
    something cannot be tried on, a stable word.
    """

    type: str
    title: str
    status: int
    detail: str
    remedy: str | None = None
    errors: list[Fault] | None = None
    reason: str | None = None


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The ``responses`` of a handler that may fail with these statuses, and as any may, for the OpenAPI document."""
    return {
        status: ResponseSpec(
            Problem, description=HTTPStatus(status).phrase, media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in sorted({*statuses, 401, 403, 429})
    }


def from_shopglass(error: ShopglassError) -> ProblemDetailsException:
    """Ours: everything it says is made for users."""
    if error.status == 500:
        return from_anything(error)
    headers = {}
    if isinstance(error, Unavailable | LimitExceeded):
        headers["Retry-After"] = str(max(1, ceil(error.retry_after)))
    if isinstance(error, Unauthorised):
        headers["WWW-Authenticate"] = 'Bearer, Basic realm="Shopglass: any name, the key as password"'
    reason = error.reason if isinstance(error, Unwearable) else None
    return _problem(
        error.status, error.type_uri(), error.title, error.detail, error.remedy, reason=reason, headers=headers
    )


def from_http(error: HTTPException) -> ProblemDetailsException:
    """The framework's: no such route, a method not allowed, a body that does not validate."""
    if error.status_code >= 500 and error.status_code not in HTTP_PROBLEMS:
        return from_anything(error)
    phrase = HTTPStatus(error.status_code).phrase
    fallback = "urn:shopglass:" + phrase.lower().replace(" ", "-"), phrase, None
    kind, title, remedy = HTTP_PROBLEMS.get(error.status_code, fallback)
    faults = error.extra if isinstance(error.extra, list) else None
    return _problem(error.status_code, kind, title, error.detail, remedy, errors=faults, headers=error.headers)


def from_text(error: UnicodeDecodeError) -> ProblemDetailsException:
    """The framework's parser of forms lets out what it meets in a field that is neither a file nor UTF-8."""
    if not traceback.extract_tb(error.__traceback__)[-1].filename.endswith("_multipart.py"):
        return from_anything(error)
    return from_shopglass(
        BadRequest("A field of the form is not in UTF-8.", remedy="Send a file with its name, and words in UTF-8.")
    )


def from_anything(error: Exception) -> ProblemDetailsException:
    """A fault of ours: logged in full, told in general."""
    structlog.get_logger().error("request failed", exc_info=error)
    return _problem(500, ShopglassError.type_uri(), ShopglassError.title, "An unexpected fault; the log has it.")


def _problem(
    status: int, kind: str, title: str, detail: str, remedy: str | None = None, **rest: Any
) -> ProblemDetailsException:
    extra = {"remedy": remedy, "errors": rest.pop("errors", None), "reason": rest.pop("reason", None)}
    return ProblemDetailsException(
        status_code=status,
        type_=kind,
        title=title,
        detail=detail,
        extra={name: value for name, value in extra.items() if value is not None},
        **rest,
    )


def problem_details() -> ProblemDetailsPlugin:
    """Problem details for every error, ours, the framework's and the unforeseen."""
    translators: dict[type[Exception], Callable[[Any], ProblemDetailsException]] = {
        ShopglassError: from_shopglass,
        HTTPException: from_http,
        UnicodeDecodeError: from_text,
        Exception: from_anything,
    }
    return ProblemDetailsPlugin(ProblemDetailsConfig(exception_to_problem_detail_map=translators))
