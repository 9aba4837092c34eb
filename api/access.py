"""Who may ask what, and how much: keys, scopes, origins, limits, and the record of changes; before a handler is reached.

A handler says in its ``opt`` what it needs: ``scope`` (``open``, ``front``, ``merchant``, ``operator``; one that says
nothing is the operator's), ``cost`` in units (1 where nothing is said), and ``personal`` where its path names a person.
"""

import base64
import binascii
from typing import Any, cast

import structlog
from anyio import CancelScope, to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from core import Allowance, AuditLog, Key, Keys, Settings, ShopglassError, Taken, open_limits
from core.errors import Forbidden, Unauthorised, Unavailable

log = structlog.get_logger()
OPEN: dict[str, Any] = {"scope": "open"}
FRONT: dict[str, Any] = {"scope": "front"}
MERCHANT: dict[str, Any] = {"scope": "merchant"}
HARMLESS = ("GET", "HEAD", "OPTIONS")
ACTOR = "shopglass.actor"  # in a connection's scope: whose key it came with, for records
ORIGIN = "shopglass.origin"  # in a connection's scope: the other site's page that may ask
PREFLIGHT_SECONDS = "600"


class Access(ASGIMiddleware):
    """Stands before every handler. ``keys`` and ``audit`` are those of the service, open while it runs."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, settings: Settings, parts: Any) -> None:
        """parts: has ``keys`` and ``audit`` while the service runs."""
        self._access = settings.access
        self._allowed = Allowance(self._access.rate, self._access.at_once, self._access.quota)
        self._parts = parts
        self.limits = open_limits(settings)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Raises Unauthorised, Forbidden, RateExceeded, TooManyAtOnce and QuotaExceeded."""
        http = cast(HTTPScope, scope)  # by ``scopes``
        headers = Headers.from_scope(http)
        method, opt = http["method"], http["route_handler"].opt
        needed = "open" if method == "OPTIONS" else opt.get("scope", "operator")
        # What is open to all asks for no key, so that health is told without a database, too.
        key = None if needed == "open" and "origin" not in headers else await self._key(headers)
        http[ACTOR] = _name(key)  # type: ignore[literal-required]
        http[ORIGIN] = await self._other_site(headers, key, method)  # type: ignore[literal-required]
        if needed != "open":
            self._admit(key, needed, headers)
        taken = None
        caller = self._caller(key, http)
        if needed != "open" and caller is not None:
            try:
                taken = await self.limits.take(caller, opt.get("cost", 1), self._allowed)
            except Unavailable:
                if needed != "operator" or method not in HARMLESS:  # who watches must see that the limits are gone
                    raise
        outcome = 500

        async def tell(message: Message) -> None:
            nonlocal outcome
            if message["type"] == "http.response.start":
                outcome = message["status"]
                self._add(MutableScopeHeaders.from_message(message), http, taken)
            await send(message)

        try:
            await next_app(scope, receive, tell)
        finally:
            with CancelScope(shield=True):
                if taken is not None and caller is not None:
                    await self._give_back(caller, taken)
                if needed in ("merchant", "operator") and method not in HARMLESS:
                    await to_thread.run_sync(self._record, key, http, outcome)

    async def _key(self, headers: Headers) -> Key | None:
        secret = _secret(headers)
        if secret is None:
            return None
        keys: Keys = self._parts.keys
        return await to_thread.run_sync(keys.check, secret)

    async def _other_site(self, headers: Headers, key: Key | None, method: str) -> str | None:
        """The Origin of a page elsewhere that a key is bound to; a browser's question beforehand carries no key."""
        origin = headers.get("origin")
        if origin is None:
            if key is not None and key.origins:
                raise Forbidden("This key is for web pages alone.", remedy="Use a key that is bound to no origin.")
            return None
        if key is not None and key.origins:
            if origin not in key.origins:
                raise Forbidden(
                    "This key is not for pages of this site.", remedy="Bind it: shopglass keys add --origin."
                )
            return origin
        known = method == "OPTIONS" and await to_thread.run_sync(self._parts.keys.knows_origin, origin)
        return origin if known else None

    def _admit(self, key: Key | None, needed: str, headers: Headers) -> None:
        if key is None:
            of_page = self._access.pages and headers.get("sec-fetch-site") == "same-origin" and needed == "front"
            if self._access.required and not of_page:
                raise Unauthorised(
                    "This needs a key.", remedy="Send `Authorization: Bearer KEY`; shopglass keys add makes one."
                )
        elif not key.allows(needed):
            raise Forbidden(f"A key of scope {key.scope} may not do this.", remedy=f"Use one of scope {needed}.")

    def _caller(self, key: Key | None, scope: HTTPScope) -> str | None:
        """Who is counted: a key, at a page each address by itself, and nobody where no keys are asked for."""
        if key is not None and not key.origins:
            return key.id
        if key is None and not self._access.required:
            return None
        client = scope.get("client")
        return f"{key.id if key else 'pages'}:{client[0] if client else ''}"

    def _add(self, headers: MutableScopeHeaders, scope: HTTPScope, taken: Taken | None) -> None:
        if taken is not None:  # draft-ietf-httpapi-ratelimit-headers-10
            headers["RateLimit-Policy"] = f'"minute";q={self._allowed.rate};w=60'
            headers["RateLimit"] = f'"minute";r={taken.left};t={round(taken.whole_in)}'
        if (origin := scope.get(ORIGIN)) is not None:
            headers["Access-Control-Allow-Origin"] = str(origin)
            headers["Vary"] = "Origin"
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            if scope["method"] == "OPTIONS":
                headers["Access-Control-Allow-Methods"] = headers.get("allow", "GET, POST")
                headers["Access-Control-Allow-Headers"] = "authorization, content-type, idempotency-key, prefer"
                headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS

    async def _give_back(self, caller: str, taken: Taken) -> None:
        try:
            await self.limits.give_back(caller, taken.ticket)
        except ShopglassError as error:  # it is given back by time
            log.warning("limit_not_given_back", error=error.detail)

    def _record(self, key: Key | None, scope: HTTPScope, outcome: int) -> None:
        personal = scope["route_handler"].opt.get("personal", False)
        path = scope["path_template"] if personal else scope["path"]
        audit: AuditLog = self._parts.audit
        try:
            audit.record(_name(key), f"{scope['method']} {path}", outcome)
        except ShopglassError as error:  # the change is made; what cannot be told here is told in the log
            log.error("audit_failed", error=error.detail, action=scope["method"], path=scope["path_template"])


def actor(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Whose key a request came with, for records: name and id, or "nobody"."""
    return str(connection.scope[ACTOR])  # type: ignore[literal-required]


def _name(key: Key | None) -> str:
    return f"{key.name} ({key.id})" if key else "nobody"


def _secret(headers: Headers) -> str | None:
    """A bearer token, or the password of HTTP's own login, which is what a browser asks for."""
    kind, _, given = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Unauthorised("The login is not valid.") from error
    return None
