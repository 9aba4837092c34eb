"""Every error Shopglass raises on purpose.

ShopglassError
├── BadRequest                400  the caller's words are off
│   ├── BadFilter                  a filter names no field, or does not parse
│   ├── BadCursor                  a page cursor is not ours, or its snapshot is gone
│   ├── BadImage              422  bytes that are no picture we take
│   │   └── ImageTooLarge     413  over the cap on bytes or pixels
│   ├── BadCatalogue          422  a file of products that cannot be read at all
│   ├── BadTable              422  a file or query that gives no table
│   ├── BadSales              422  a table of sales that is none
│   ├── BadPrice              422  no price, or nothing that one can be made of
│   │   └── CurrencyMix            two currencies in one sum
│   ├── KeyReused             422  an idempotency key that came with another request before
│   └── Unwearable            422  this cannot be tried on; ``reason`` says why
│       ├── PersonUnusable         by the photo of the person
│       ├── GarmentUnusable        by the photo of the garment
│       └── AccessoryUnusable      by the accessory's file, or because nothing shows that it is worn on
├── Unauthorised              401  a key is missing, unknown or has expired
├── Forbidden                 403  the key does not allow this
├── LimitExceeded             429  asked more than is allowed; Retry-After is set
│   ├── RateExceeded               in a minute
│   ├── TooManyAtOnce              at the same time
│   ├── QuotaExceeded              in a day
│   └── BudgetSpent                of what reports may tell of shoppers
├── NotFound                  404  no such item, job or model
├── Conflict                  409  the state forbids it
│   ├── Biased                     a training serves or shows a group too badly
│   └── IndexMismatch              the index was made by other encoders
├── Refused                   403  an address or file that must not be read
├── Unavailable               503  a part we need is not there now; Retry-After is set
│   ├── Busy                       a queue is full
│   ├── IndexUnavailable           Milvus does not answer
│   ├── IndexLocked                another process holds the embedded index
│   └── ModelMissing               a model file is not on disk, or fails its checksum
├── FetchFailed               502  something outside did not deliver
├── ExportFailed              500  a network's exported form does not compute what torch does
├── DiskFull                  507  no room left where a file must be written
└── BadSettings               500  the configuration has faults; all are listed

``type`` is stable and public: ``urn:shopglass:<slug>``, the class name in kebab case.
"""

import re
from typing import ClassVar


class ShopglassError(Exception):
    """An error with a named cause and, where there is one, a remedy.

    detail: what happened this time, in words a user can act on; never a photo, a path of the server or a secret.
    remedy: what to do about it, or None.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Shopglass failed"

    def __init__(self, detail: str, *, remedy: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy

    def __str__(self) -> str:
        return self.detail if self.remedy is None else f"{self.detail} {self.remedy}"

    @classmethod
    def type_uri(cls) -> str:
        """The stable problem type of this class."""
        return "urn:shopglass:" + re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()


class BadRequest(ShopglassError):
    status = 400
    title = "The request is not valid"


class BadFilter(BadRequest):
    title = "The filter is not valid"


class BadCursor(BadRequest):
    title = "The cursor is not valid"


class BadImage(BadRequest):
    status = 422
    title = "The picture cannot be read"


class ImageTooLarge(BadImage):
    status = 413
    title = "The picture is too large"


class BadCatalogue(BadRequest):
    status = 422
    title = "The catalogue cannot be read"


class BadTable(BadRequest):
    status = 422
    title = "The table cannot be read"


class BadSales(BadRequest):
    status = 422
    title = "The table of sales cannot be used"


class BadPrice(BadRequest):
    status = 422
    title = "The price cannot be used"


class CurrencyMix(BadPrice):
    title = "Two currencies cannot be put together"


class KeyReused(BadRequest):
    status = 422
    title = "The idempotency key belongs to another request"


class Unwearable(BadRequest):
    """reason: a stable code in kebab case, such as "nobody" or "worn-by-somebody"; the subclass lists its own."""

    status = 422
    title = "This cannot be tried on"

    def __init__(self, detail: str, *, reason: str, remedy: str | None = None) -> None:
        super().__init__(detail, remedy=remedy)
        self.reason = reason


class PersonUnusable(Unwearable):
    title = "The photo of the person cannot be used"


class GarmentUnusable(Unwearable):
    title = "The photo of the garment cannot be used"


class AccessoryUnusable(Unwearable):
    title = "The accessory cannot be used"


class Unauthorised(ShopglassError):
    status = 401
    title = "A valid key is needed"


class Forbidden(ShopglassError):
    status = 403
    title = "This is not allowed"


class LimitExceeded(ShopglassError):
    """retry_after: seconds after which there is room again."""

    status = 429
    title = "More than is allowed"

    def __init__(self, detail: str, *, remedy: str | None = None, retry_after: float) -> None:
        super().__init__(detail, remedy=remedy or "Ask again when Retry-After has passed.")
        self.retry_after = retry_after


class RateExceeded(LimitExceeded):
    title = "Too much in a minute"


class TooManyAtOnce(LimitExceeded):
    title = "Too many requests of one caller at once"


class QuotaExceeded(LimitExceeded):
    title = "The day's quota is spent"


class BudgetSpent(LimitExceeded):
    title = "What may be told of shoppers is spent"


class NotFound(ShopglassError):
    status = 404
    title = "Not found"


class Conflict(ShopglassError):
    status = 409
    title = "The state does not allow this"


class Biased(Conflict):
    title = "The training treats a group too badly"


class IndexMismatch(Conflict):
    title = "The index was made by other encoders"


class Refused(ShopglassError):
    status = 403
    title = "This must not be read"


class Unavailable(ShopglassError):
    """retry_after: seconds after which another try makes sense."""

    status = 503
    title = "Not available right now"

    def __init__(self, detail: str, *, remedy: str | None = None, retry_after: float = 1.0) -> None:
        super().__init__(detail, remedy=remedy)
        self.retry_after = retry_after


class Busy(Unavailable):
    title = "Too many requests at once"


class IndexUnavailable(Unavailable):
    title = "The index does not answer"


class IndexLocked(Unavailable):
    title = "Another process holds the index"


class ModelMissing(Unavailable):
    title = "A model file is missing"


class FetchFailed(ShopglassError):
    status = 502
    title = "Something outside did not deliver"


class ExportFailed(ShopglassError):
    title = "A network cannot be exported"


class DiskFull(ShopglassError):
    status = 507
    title = "The disk is full"


class BadSettings(ShopglassError):
    title = "The configuration has faults"
