"""Requests are traced to a collector where one is named."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from litestar.testing import TestClient

from api.app import create_app
from core.settings import Settings, Telemetry


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a collector of traces, and the bodies it was sent."""
    bodies: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", bodies
        server.shutdown()


def test_a_request_leaves_a_span_by_its_route(tmp_path: Path, collector: tuple[str, list[bytes]]) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="needs the extra traces")
    url, bodies = collector
    settings = Settings(home=tmp_path, telemetry=Telemetry(otlp=url))
    with TestClient(create_app(settings)) as client:
        client.get("/health/live")
    sent = b"".join(bodies)
    assert b"shopglass" in sent
    assert b"/health/live" in sent
