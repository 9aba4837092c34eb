"""The live page in a real browser before a fake camera; of a stall that has its real routes and garments of known points."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("selenium", reason="needs selenium")

from bench.live import Shown, chromium, film, look, portrait, serving, standing, strangers, wait
from bench.stall import GLASSES, Asked
from core import Weights
from core.settings import load_settings
from tests.api.conftest import Shop

pytestmark = pytest.mark.browser

SHIRT = "crew-neck-T-shirt"


@pytest.fixture(scope="module", autouse=True)
def assets() -> None:
    store = Weights(load_settings().models_dir)
    there = {status.name for status in store.list() if status.state != "missing"}
    if missing := set(store.group("live")) - there:
        pytest.skip(f"needs `shopglass models pull live`: {', '.join(sorted(missing))} missing")
    if shutil.which("chromedriver") is None:
        pytest.skip("needs Chromium and chromedriver")


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    return []


@pytest.fixture(scope="module")
def url(asked: list[Asked]) -> Iterator[str]:
    with serving(load_settings(), asked) as url:
        yield url


@pytest.fixture(scope="module")
def body() -> Shown:
    return standing()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, body: Shown) -> Iterator[Any]:
    video = tmp_path_factory.mktemp("film") / "standing.mjpeg"
    film(body.pixels, video)
    with chromium(video) as browser:
        yield browser


def size(browser: Any, width: int, height: int = 900) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def worn_on(browser: Any, url: str, item: str, shown: Shown, folder: Path) -> NDArray[np.uint8]:
    """What the page makes of a photo, at its size."""
    file = folder / "photo.png"
    cv2.imwrite(str(file), shown.pixels[..., ::-1])
    size(browser, 1280)
    browser.get(f"{url}/try?item={item}")
    wait(browser, "return document.body.dataset.ready && document.querySelector('#glass').dataset.worn")
    browser.find_element("css selector", "#photo").send_keys(str(file))
    wait(
        browser,
        "return document.querySelector('#glass').dataset.state === 'photo' && !document.querySelector('#busy').textContent",
    )
    box = browser.execute_script(
        "const r = document.querySelector('#after').getBoundingClientRect(); return [r.x, r.y, r.width, r.height]"
    )
    shot = cv2.imdecode(np.frombuffer(browser.get_screenshot_as_png(), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    x, y, w, h = (round(value) for value in box)
    return np.asarray(cv2.resize(shot[y : y + h, x : x + w], shown.pixels.shape[1::-1], interpolation=cv2.INTER_AREA))


def changed(shown: Shown, after: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(after.astype(int) - shown.pixels).max(2) > 30)


def codes(browser: Any) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelectorAll('#remarks li')].map((line) => line.dataset.code)"
    )


def test_glasses_are_before_the_eyes_and_nowhere_else(browser: Any, url: str, tmp_path: Path) -> None:
    face = portrait(5)
    seen = changed(face, worn_on(browser, url, GLASSES, face, tmp_path))
    eyes = face.points[[2, 5]]
    apart = np.linalg.norm(eyes[0] - eyes[1])
    for x, y in eyes.astype(int):
        r = int(0.2 * apart)
        assert seen[y - r : y + r, x - r : x + r].mean() > 0.7
    ys, xs = np.nonzero(seen)
    middle = eyes.mean(0)
    assert np.percentile(np.abs(xs - middle[0]), 99) < 1.7 * apart
    assert np.percentile(np.abs(ys - middle[1]), 99) < 0.9 * apart


def test_a_t_shirt_covers_the_trunk_and_leaves_head_and_legs(
    browser: Any, url: str, body: Shown, tmp_path: Path
) -> None:
    seen = changed(body, worn_on(browser, url, SHIRT, body, tmp_path))
    trunk = np.zeros(seen.shape, np.uint8)
    cv2.fillConvexPoly(trunk, body.points[[11, 12, 24, 23]].round().astype(np.int32), 1)
    lower = np.arange(seen.shape[0])[:, None] > np.average(body.points[[11, 12, 23, 24], 1], weights=(2, 2, 1, 1))
    assert seen[(trunk > 0) & lower].mean() > 0.85
    mouth, knee = body.points[9, 1], body.points[25, 1]
    assert not seen[: int(mouth)].any()
    assert not seen[int(knee) :].any()


def test_before_the_camera_nothing_is_sent_and_nobody_else_is_asked(browser: Any, url: str, asked: list[Asked]) -> None:
    strangers(browser, url)
    asked.clear()
    look(browser, url, SHIRT)
    wait(browser, "return parseFloat(document.querySelector('#rate').textContent) > 0")
    assert strangers(browser, url) == []
    # The search for products is the one thing that is told, in words.
    assert {(one.method, one.path) for one in asked if one.body or one.method != "GET"} == {("POST", "/v1/search")}
    assert all(0 <= one.body < 500 for one in asked)
    assert codes(browser) in ([], ["slow"])


def test_the_mirror_mirrors_and_stops(browser: Any, url: str) -> None:
    look(browser, url, SHIRT)
    shown = "return getComputedStyle(document.querySelector('#after')).transform"
    assert browser.execute_script(shown).startswith("matrix(-1")
    browser.find_element("css selector", "#mirrored").click()
    assert browser.execute_script(shown) == "none"
    browser.find_element("css selector", "#beside").click()
    wait(browser, "const c = document.querySelector('#before'); return c.offsetWidth > 0 && c.width === 640")
    browser.find_element("css selector", "#leave").click()
    assert browser.execute_script("return document.querySelector('#video').srcObject") is None


def test_the_filter_calms_what_rests_and_follows_what_moves(browser: Any, url: str) -> None:
    browser.get(f"{url}/try")
    rest, move, again = browser.execute_async_script(
        """
        const done = arguments[0];
        import("/try/euro.js").then(({ OneEuro }) => {
          const noise = (i) => 0.01 * Math.sin(i * 2.6);
          const run = (signal) => {
            const filter = new OneEuro();
            return Array.from({ length: 90 }, (_, i) => filter.filter([signal(i)], i / 30)[0]);
          };
          const filter = new OneEuro();
          filter.filter([0], 0);
          done([run((i) => 1 + noise(i)), run((i) => i / 30), filter.filter([5], 3)[0]]);
        });
        """
    )
    assert np.std(rest[30:]) < 0.4 * 0.01 / np.sqrt(2)
    assert abs(move[-1] - 89 / 30) < 0.08  # behind by less than three frames
    assert again == 5  # after a gap it begins anew


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_overflows_sideways(browser: Any, url: str, width: int) -> None:
    size(browser, width)
    browser.get(f"{url}/try")
    wait(browser, "return document.body.dataset.ready && document.querySelectorAll('.piece').length")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    names = [
        one.accessible_name for one in browser.find_elements("css selector", "button, input, a") if one.is_displayed()
    ]
    assert all(names)


def test_without_a_camera_a_photo_is_offered(url: str) -> None:
    with chromium(None) as browser:
        browser.get(f"{url}/try?item={SHIRT}")
        wait(browser, "return document.body.dataset.ready")
        browser.find_element("css selector", "#camera").click()
        wait(browser, "return document.querySelector('#remarks li')")
        assert codes(browser) == ["no-camera"]
        assert "photo" in browser.find_element("css selector", "#remarks").text
        assert browser.find_element("css selector", "#photo").is_enabled()


def test_a_refused_camera_is_told_in_words(url: str) -> None:
    with chromium(None, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny") as browser:
        browser.get(f"{url}/try")
        wait(browser, "return document.body.dataset.ready")
        browser.find_element("css selector", "#camera").click()
        wait(browser, "return document.querySelector('#remarks li')")
        assert codes(browser) == ["camera-refused"]


def test_without_webgl_the_page_says_so(url: str) -> None:
    with chromium(None, "--disable-gpu", "--disable-3d-apis") as browser:
        browser.get(f"{url}/try")
        wait(browser, "return document.body.dataset.ready")
        assert codes(browser) == ["no-webgl"]
        assert not browser.find_element("css selector", "#camera").is_enabled()


def test_without_its_files_the_page_names_the_remedy(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPGLASS_HOME", str(tmp_path))
    with serving(load_settings(), []) as url:
        browser.get(f"{url}/try")
        wait(browser, "return document.body.dataset.ready")
        assert "shopglass models pull live" in browser.find_element("css selector", "#remarks").text


def of_category(shop: Shop, category: str) -> str:
    lines = [json.loads(line) for line in (shop.sample / "catalogue.jsonl").read_text().splitlines()]
    return next(str(line["id"]) for line in lines if line["category"] == category)


@pytest.mark.parametrize(("category", "kind"), [("longsleeve", "garment"), ("glasses", "accessory")])
def test_a_product_is_told_as_mesh_and_texture(client: httpx.Client, shop: Shop, category: str, kind: str) -> None:
    asset = client.get(f"/v1/tryon/items/{of_category(shop, category)}").json()
    assert asset["type"] == kind
    assert asset["pieces"]
    address = asset["texture"] if kind == "garment" else asset["pieces"][0]["texture"]
    texture = client.get(address)
    assert texture.headers["content-type"] == "image/webp"
    assert texture.headers["etag"]


def test_what_cannot_be_worn_is_refused_with_the_reason(client: httpx.Client, shop: Shop) -> None:
    refused = client.get(f"/v1/tryon/items/{of_category(shop, 'shoes')}")
    assert refused.status_code == 422
    assert refused.json()["reason"]
    assert client.get("/v1/tryon/items/nothing").status_code == 404
    no_picture = client.get(f"/v1/tryon/items/{of_category(shop, 'glasses')}/texture?surface=1")
    assert no_picture.status_code == 404  # a temple is of one colour


def test_only_the_live_page_may_compile(client: httpx.Client) -> None:
    assert "'wasm-unsafe-eval'" in client.get("/try").headers["content-security-policy"]
    assert "'wasm-unsafe-eval'" in client.get("/try/detector.js").headers["content-security-policy"]
    for path in ("/", "/page/app.js", "/v1/items/nothing"):
        assert "wasm" not in client.get(path).headers["content-security-policy"]
    assert client.get("/try").headers["permissions-policy"].startswith("camera=(self)")
