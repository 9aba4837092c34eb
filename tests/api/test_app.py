"""What holds for every answer of the web application."""

from collections.abc import Iterator

import pytest
from litestar import get
from litestar.params import FromQuery
from litestar.testing import TestClient

from api.app import create_app
from core.errors import Busy, NotFound
from core.settings import Settings


@get("/test/busy", sync_to_thread=False)
def busy() -> None:
    raise Busy("The queue is full.", remedy="Try again.", retry_after=1.2)


@get("/test/missing", sync_to_thread=False)
def missing() -> None:
    raise NotFound("No item 7.")


@get("/test/broken", sync_to_thread=False)
def broken() -> None:
    raise RuntimeError("secret /path/of/the/server")


@get("/test/number", sync_to_thread=False)
def number(n: FromQuery[int]) -> int:
    return n


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")))
    for handler in (busy, missing, broken, number):
        app.register(handler)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/schema/nowhere", 404, "not-found"),
        ("GET", "/page/../app.py", 404, "not-found"),
        ("GET", "/page/%2e%2e/app.py", 404, "not-found"),
        ("POST", "/health/live", 405, "method-not-allowed"),
        ("GET", "/test/number?n=x", 400, "bad-request"),
        ("GET", "/test/missing", 404, "not-found"),
        ("GET", "/test/busy", 503, "busy"),
        ("GET", "/test/broken", 500, "shopglass-error"),
    ],
)
def test_every_error_is_a_problem(application: TestClient, method: str, path: str, status: int, slug: str) -> None:
    response = application.request(method, path)
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:shopglass:{slug}"
    assert problem["title"]
    assert problem["detail"]


def test_a_busy_answer_says_when_to_come_back(application: TestClient) -> None:
    response = application.get("/test/busy")
    assert response.headers["retry-after"] == "2"
    assert response.json()["remedy"] == "Try again."


def test_an_unforeseen_error_leaks_nothing(application: TestClient) -> None:
    assert "secret" not in application.get("/test/broken").text


def test_a_faulty_parameter_is_named(application: TestClient) -> None:
    assert application.get("/test/number?n=x").json()["errors"][0]["key"] == "n"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/health/live", "/schema"])
def test_every_answer_keeps_the_browser_at_home(application: TestClient, path: str) -> None:
    headers = application.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_document_names_every_operation(application: TestClient) -> None:
    document = application.get("/schema").json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all("-" not in operation["operationId"] and operation["summary"] for operation in operations)


def test_metrics_are_grouped_by_route(application: TestClient) -> None:
    application.get("/health/live")
    assert 'path="/health/live"' in application.get("/metrics").text
