"""Against real servers on this machine, which the guard takes for a private network unless the settings let them in."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore
import httpx
import pytest

import search.fetch
from core.errors import FetchFailed, ImageTooLarge, Refused
from core.settings import Fetch
from search.addresses import is_public
from search.fetch import Fetcher, fetch

Answer = Callable[["Handler"], None]
LOCAL = ("127.0.0.1",)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers: dict[str, Answer]
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Host"]))
        try:
            self.answers[self.path](self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server:
    """An HTTP server with an answer for each path, and what it was asked."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        handler = type("Answers", (Handler,), {"answers": {}, "asked": []})
        self.answers, self.asked = handler.answers, handler.asked  # type: ignore[attr-defined]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def url(self, path: str, answer: Answer, host: str = "127.0.0.1") -> str:
        self.answers[path] = answer
        return f"http://{host}:{self.port}{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def limits(**values: object) -> Fetch:
    return Fetch.model_validate({"allow_hosts": LOCAL, "timeout": 5.0, **values})


def test_the_bytes_come_whatever_type_they_claim(server):
    url = server.url("/a", lambda h: h.send(b"picture", Content_Type="text/html"))
    assert fetch(url, limits(), 100) == b"picture"
    assert server.asked == [("/a", f"127.0.0.1:{server.port}")]


def test_a_private_address_is_refused_before_it_is_asked(server):
    url = server.url("/a", lambda h: h.send(b"secret"))
    with pytest.raises(Refused):
        fetch(url, limits(allow_hosts=()), 100)
    assert server.asked == []


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1."]
)
def test_no_spelling_of_this_machine_gets_in(server, host):
    url = server.url("/a", lambda h: h.send(b"secret"), host=host)
    with pytest.raises((Refused, FetchFailed)):
        fetch(url, limits(allow_hosts=()), 100)
    assert server.asked == []


def test_a_redirect_into_the_private_network_is_refused(server):
    inner = server.url("/inner", lambda h: h.send(b"secret"), host="localhost")
    for status in (301, 302, 303, 307, 308):
        outer = server.url(f"/{status}", lambda h, status=status: h.send(b"", status, Location=inner))
        with pytest.raises(Refused):
            fetch(outer, limits(), 100)
    assert "/inner" not in [path for path, _ in server.asked]


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1", "http://u:p@127.0.0.1/"]
)
def test_a_redirect_must_keep_to_plain_web_addresses(server, target):
    with pytest.raises((Refused, FetchFailed)):
        fetch(server.url("/a", lambda h: h.send(b"", 302, Location=target)), limits(), 100)


def test_redirects_are_followed_and_counted(server):
    server.url("/0", lambda h: h.send(b"picture"))
    for i in range(1, 5):
        server.url(f"/{i}", lambda h, i=i: h.send(b"", 302, Location=f"/{i - 1}"))
    assert fetch(f"http://127.0.0.1:{server.port}/3", limits(redirects=3), 100) == b"picture"
    with pytest.raises(FetchFailed):
        fetch(f"http://127.0.0.1:{server.port}/4", limits(redirects=3), 100)


@pytest.mark.parametrize("url", ["http://user:word@127.0.0.1/", "ftp://127.0.0.1/", "http:///a", "//a", "http://a:x/"])
def test_a_url_with_more_or_less_than_it_takes_is_refused(url):
    with pytest.raises(Refused):
        fetch(url, limits(), 100)


def test_bytes_are_capped_with_and_without_a_length(server):
    def endless(h: Handler) -> None:
        h.send_response(200)
        h.send_header("Transfer-Encoding", "chunked")
        h.end_headers()
        while True:
            h.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    for path, answer in (("/a", lambda h: h.send(b"x" * 101)), ("/b", endless)):
        with pytest.raises(ImageTooLarge):
            fetch(server.url(path, answer), limits(), 100)


def test_packed_content_is_not_unpacked(server):
    with pytest.raises(FetchFailed):
        fetch(server.url("/a", lambda h: h.send(b"x", Content_Encoding="gzip")), limits(), 100)


def test_a_whole_fetch_is_over_in_time_however_the_host_dawdles(server):
    stop = threading.Event()

    def drip(h: Handler, head: bool) -> None:
        h.send_response(200)
        h.send_header("Content-Length", "1000")
        if not head:
            h.end_headers()
        h.wfile.write(b"X-Drip: ")
        while not stop.wait(0.05):
            h.wfile.write(b"x")
            h.wfile.flush()

    answers = {"/silent": lambda h: stop.wait(10), "/head": lambda h: drip(h, True), "/body": lambda h: drip(h, False)}
    try:
        for path, answer in answers.items():
            start = time.monotonic()
            with pytest.raises(FetchFailed, match="within"):
                fetch(server.url(path, answer), limits(timeout=0.5), 10_000)
            assert time.monotonic() - start < 2
    finally:
        stop.set()


def test_errors_of_the_host_are_named(server):
    with pytest.raises(FetchFailed, match="404"):
        fetch(server.url("/a", lambda h: h.send(b"", 404)), limits(), 100)
    with pytest.raises(FetchFailed):
        fetch(server.url("/b", lambda h: h.wfile.write(b"nonsense\r\n\r\n")), limits(), 100)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(FetchFailed, match="reached"):
            fetch(f"http://127.0.0.1:{free.getsockname()[1]}/", limits(), 100)
    with pytest.raises(FetchFailed):
        fetch("http://name.invalid/a", limits(), 100)


@contextmanager
def names(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[list[str]]]) -> Iterator[list[str]]:
    """A name server that gives other addresses every time it is asked."""
    real, asked = socket.getaddrinfo, []

    def resolve(host: str, port: int, *args: object, **options: object) -> object:
        if host not in answers:
            return real(host, port, *args, **options)  # type: ignore[arg-type]
        asked.append(host)
        found = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    yield asked


def test_the_address_that_was_checked_is_the_one_that_is_asked(server, monkeypatch):
    """DNS rebinding: public when checked, private when connected to."""
    connected: list[str] = []

    class Recorder(httpcore.SyncBackend):
        def connect_tcp(self, host: str, port: int, **options: object) -> httpcore.NetworkStream:
            connected.append(host)
            raise httpcore.ConnectError("this machine has no way out")

    monkeypatch.setattr(httpcore, "SyncBackend", Recorder)
    with names(monkeypatch, {"shop.test": [["93.184.216.34"], ["127.0.0.1"]]}) as asked:
        with pytest.raises(FetchFailed):
            fetch("http://shop.test/a", limits(allow_hosts=()), 100)
        assert (asked, connected) == (["shop.test"], ["93.184.216.34"])
        with pytest.raises(Refused):
            fetch("http://shop.test/a", limits(allow_hosts=()), 100)
    with names(monkeypatch, {"shop.test": [["93.184.216.34", "10.0.0.1"]]}), pytest.raises(Refused):
        fetch("http://shop.test/a", limits(allow_hosts=()), 100)
    assert len(connected) == 1


def test_host_and_tls_name_are_those_of_the_url(tmp_path, monkeypatch):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "1",
         "-subj", "/CN=shop.test", "-addext", "subjectAltName=DNS:shop.test"],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    indicated: list[str | None] = []
    tls.sni_callback = lambda connection, name, context: indicated.append(name)
    server = Server(tls)
    server.answers["/a"] = lambda h: h.send(b"picture")
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(search.fetch.httpx, "create_ssl_context", lambda **_: trusting)
    try:
        with names(monkeypatch, {"shop.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]]}):
            allowed = limits(allow_hosts=("shop.test", "other.test"))
            assert fetch(f"https://shop.test:{server.port}/a", allowed, 100) == b"picture"
            assert (indicated, server.asked) == (["shop.test"], [("/a", f"shop.test:{server.port}")])
            with pytest.raises(FetchFailed):
                fetch(f"https://other.test:{server.port}/a", allowed, 100)
    finally:
        server.close()


def test_proxies_of_the_environment_are_not_used(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert fetch(server.url("/a", lambda h: h.send(b"picture")), limits(), 100) == b"picture"


def test_one_fetcher_serves_many_threads_and_keeps_connections(server):
    url = server.url("/a", lambda h: h.send(b"x" * 5000))
    with Fetcher(limits(at_once=4), 10_000) as fetcher, ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: fetcher.get(url), range(100))) == {b"x" * 5000}


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "0.0.0.0", "169.254.169.254", "100.64.0.1", "224.0.0.1",
     "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1",
     "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2002:7f00:1::", "2002:a00:1::1",
     "2001:0:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:db8::1", "100::1"],
)  # fmt: skip
def test_addresses_that_are_not_of_the_open_internet(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_addresses_of_the_open_internet(address):
    assert is_public(address)


def test_the_client_has_no_way_around_the_guard():
    with Fetcher(limits(), 100) as fetcher:
        assert isinstance(fetcher._client, httpx.Client)
        assert fetcher._client._mounts == {}
