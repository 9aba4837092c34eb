"""The one way a picture comes in by URL: guarded at every hop, bounded in bytes and in time."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as ResolveTimeout
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from core import settings
from core.errors import FetchFailed, ImageTooLarge, Refused
from search.addresses import is_public

_FAULTS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
)


class Fetcher:
    """Fetches pictures, keeping connections for the next one. Safe to share between threads; close it.

    Only http and https, without credentials. A host's name is resolved once for every connection, all its addresses
    are checked and the connection is made to the address that was checked, so that no later answer of a name server
    can lead elsewhere; redirects are followed hop by hop in the same way. Proxies of the environment are not used:
    behind one, the address could not be checked.
    """

    def __init__(self, limits: settings.Fetch, max_bytes: int) -> None:
        self._limits = limits
        self._max_bytes = max_bytes
        self._guard = _Guard(frozenset(host.lower() for host in limits.allow_hosts))
        # A client for each thread: httpcore's pool, shared, at times closes a connection that another thread has
        # just been given (its check of idle ones against a busy one; seen in 5 of 100 requests of 8 threads).
        self._mine = threading.local()
        self._clients: list[httpx.Client] = []

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self._guard.close()

    @property
    def _client(self) -> httpx.Client:
        client: httpx.Client | None = getattr(self._mine, "client", None)
        if client is None:
            client = self._mine.client = httpx.Client(
                transport=_Transport(self._guard),
                trust_env=False,
                follow_redirects=False,
                headers={"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "shopglass"},
            )
            self._clients.append(client)
        return client

    def get(self, url: str) -> bytes:
        """The bytes behind the URL; what they are shows when they are decoded.

        Raises Refused for a URL or an address that must not be asked, at whatever hop; ImageTooLarge when there are
        more than ``max_bytes``; FetchFailed when nothing, or an error, comes within the time of the settings.
        """
        try:
            with self._guard.clock.limit(self._limits.timeout):
                return self._follow(url)
        except _FAULTS as error:
            took_long = isinstance(error, httpx.TimeoutException | httpcore.TimeoutException)
            what = f"did not answer within {self._limits.timeout:g} s" if took_long else "could not be reached"
            raise FetchFailed(f"The host of the picture {what}.") from error

    def _follow(self, url: str) -> bytes:
        request = self._client.build_request("GET", _checked(url))
        for _ in range(self._limits.redirects + 1):
            response = self._client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return self._body(response)
                request = self._client.build_request("GET", _checked(str(response.next_request.url)))
            finally:
                response.close()
        raise FetchFailed(f"The picture is more than {self._limits.redirects} redirects away.")

    def _body(self, response: httpx.Response) -> bytes:
        if response.status_code != httpx.codes.OK:
            raise FetchFailed(f"The host of the picture answered with status {response.status_code}.")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise FetchFailed("The host of the picture sent it packed, although it was asked not to.")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > self._max_bytes:
                raise ImageTooLarge(f"The picture has more than {self._max_bytes} bytes.")
        return bytes(body)


def fetch(url: str, limits: settings.Fetch, max_bytes: int) -> bytes:
    """Fetch one picture; as :meth:`Fetcher.get`."""
    with Fetcher(limits, max_bytes) as fetcher:
        return fetcher.get(url)


def is_url(image: str) -> bool:
    """Whether a product's image is an address, and not a path."""
    return "://" in image


def _checked(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused("The picture's address is not a valid URL.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise Refused("The picture's address is neither http nor https.")
    if url.userinfo:
        raise Refused("The picture's address holds a user name or password.")
    return url


class _Clock(threading.local):
    """When the fetch that runs in this thread must be over: a limit for every read alone would let drops go on forever."""

    end = float("inf")

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        self.end = time.monotonic() + seconds
        yield

    def left(self) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole fetch is over")
        return left


class _Guard(httpcore.NetworkBackend):
    """Connects to checked addresses only. Host header and TLS name stay those of the URL: httpcore sets both from it."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self.clock = _Clock()
        self._network = httpcore.SyncBackend()
        self._resolver = ThreadPoolExecutor(8, "resolve")  # a name server that is silent has no time limit of its own

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses(host, port):
            try:
                stream = self._network.connect_tcp(address, port, timeout=self.clock.left())
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _Stream(stream, self.clock)
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = self._resolver.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(
                self.clock.left()
            )
        except ResolveTimeout as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if host.lower().strip("[]") not in self._allowed and not all(map(is_public, addresses)):
            raise Refused(
                "The picture's address leads into a private network.",
                remedy="Let its host through with the setting fetch.allow_hosts if that is meant.",
            )
        return addresses

    def close(self) -> None:
        self._resolver.shutdown(wait=False, cancel_futures=True)


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends when the whole fetch must."""

    def __init__(self, stream: httpcore.NetworkStream, clock: _Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._clock.left()), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Transport(httpx.BaseTransport):
    """httpx over a pool whose connections the guard makes."""

    def __init__(self, guard: _Guard) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=10,
            max_keepalive_connections=10,
            keepalive_expiry=5.0,
            network_backend=guard,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
