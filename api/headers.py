"""What every response carries so that a browser does only what the page needs."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

# The page loads nothing from elsewhere and nobody frames it; blob: and data: are the shopper's own photo, on its way in.
POLICY = (
    "default-src 'self'; script-src 'self'{more}; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY.format(more=""),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


# The live page and its worker compile MediaPipe.
LIVE = HEADERS | {"content-security-policy": POLICY.format(more=" 'wasm-unsafe-eval'")}


async def add_headers(message: Message, scope: Scope) -> None:
    """Put the headers on the start of every response, errors and unknown routes included."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        path = scope["path"]
        for name, value in (LIVE if path == "/try" or path.startswith("/try/") else HEADERS).items():
            headers.setdefault(name, value)
