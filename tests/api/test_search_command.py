"""``shopglass search``: usage, and a search where another process holds the index."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from core.settings import load_settings
from search.index import Index


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOPGLASS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def held(home: Path) -> Iterator[Index]:
    with Index(load_settings().index, home) as index:
        yield index


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["search", *arguments])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Give --photo, --text or --item"),
        (("--text", "x", "--box", "0,0,1,1"), "--box is a region"),
        (("--text", "x", "--limit", "0"), "--limit"),
        (("--text", "x", "--filter", "{}", "--filter", "price<5"), "stands alone"),
        (("--photo", "absent.jpg"), "absent.jpg"),
    ],
)
def test_bad_usage_is_exit_code_2(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_a_bad_filter_is_named_before_anything_is_loaded() -> None:
    result = run("--text", "x", "--filter", "colour=red")
    assert result.exit_code == 1
    assert "colour" in result.stderr
    assert "attributes.<name>" in result.stderr


def test_an_index_held_by_a_process_without_a_url_is_refused_naming_it(held: Index) -> None:
    result = run("--text", "x")
    assert result.exit_code == 1
    assert "holds the index" in result.stderr


def test_a_service_that_holds_the_index_is_asked(
    held: Index, http_service: tuple[str, list[dict[str, object]]]
) -> None:
    url, asked = http_service
    held.announce(url)
    result = run("--text", "red dress", "--filter", "price<50", "--limit", "3", "--json")
    assert result.exit_code == 0, result.stderr
    assert asked == [{"terms": [{"text": "red dress"}], "filters": "price<50", "limit": 3}]
    (hit,) = json.loads(result.stdout)["hits"]
    assert hit["product"]["price"] == "19.90"
    table = run("--item", "a")
    assert "Red dress" in table.stdout
    assert "words: red" in table.stdout


def test_what_the_service_refuses_is_said(held: Index, http_service: tuple[str, list[dict[str, object]]]) -> None:
    held.announce(http_service[0])
    result = run("--item", "absent")
    assert result.exit_code == 1
    assert "There is no product" in result.stderr


@pytest.fixture
def http_service() -> Iterator[tuple[str, list[dict[str, object]]]]:
    """A service's answers at the edge of the network: its URL, and what it was asked."""
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    import msgspec

    from search.query import Answer, Hit
    from tests.search.shop import product

    asked: list[dict[str, object]] = []
    hit = Hit(product=product("a", title="Red dress"), score=0.5, signals={"words": 2.0}, words=("red",))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(query)
            absent = query["terms"] == [{"item": "absent"}]
            problem = {"detail": "There is no product 'absent'.", "remedy": None}
            self.send_response(404 if absent else 200)
            self.end_headers()
            self.wfile.write(msgspec.json.encode(problem if absent else Answer(hits=(hit,), index_version=1)))

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()
