"""The live page in headless Chromium before a fake camera: frames a second, delays, and who is asked for what."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import uvicorn
from msgspec import Struct
from numpy.typing import NDArray

from bench.report import Figure
from bench.stall import GLASSES, Asked, stall
from core import Weights
from core.errors import Unavailable
from core.settings import Settings
from sample import person

SECONDS = 12.0
SEED = 3
FILM = (640, 480)
ABROAD = ("http", "https", "ws", "wss")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-GB",
    "--enable-unsafe-swiftshader",
    "--use-fake-ui-for-media-stream",
)


class Pace(Struct, frozen=True):
    """rate: frames a second; milliseconds: took, to find landmarks; delay, from landmarks to the picture; whole, from the
    camera's frame to the picture."""

    rate: float
    took: float
    delay: float
    whole: float


class Shown(Struct, frozen=True):
    """pixels: (480, 640, 3) uint8 of a drawn person; points: (33, 2) their landmarks in it."""

    pixels: NDArray[np.uint8]
    points: NDArray[np.float64]


def portrait(seed: int = SEED) -> Shown:
    """Head and shoulders."""
    drawn = person(seed, "arms down", turn=0, size=(960, 1280), quality=2)
    (x, y), unit = drawn.points[0, :2], float(np.linalg.norm(drawn.points[11, :2] - drawn.points[12, :2]))
    scale = FILM[0] / (2.2 * unit)
    matrix = np.array([[scale, 0, -scale * (x - 1.1 * unit)], [0, scale, -scale * (y - 0.8 * unit)]])
    cut = cv2.warpAffine(drawn.pixels, matrix, FILM, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return Shown(np.asarray(cut, np.uint8), drawn.points[:, :2] @ matrix[:, :2].T + matrix[:, 2])


def standing(seed: int = SEED) -> Shown:
    """The whole person."""
    drawn = person(seed, "arms away", turn=0, size=FILM, quality=2)
    return Shown(drawn.pixels, drawn.points[:, :2].astype(float))


def film(picture: NDArray[np.uint8], file: Path, frames: int = 30) -> None:
    """Write a picture that sways a little as motion JPEG, which Chromium plays in a loop as its camera."""
    with file.open("wb") as out:
        for i in range(frames):
            turn = 2 * np.pi * i / frames
            matrix = np.array([[1, 0, 8 * np.cos(turn)], [0, 1, 4 * np.sin(turn)]])
            moved = cv2.warpAffine(picture, matrix, FILM, borderMode=cv2.BORDER_REPLICATE)
            _, data = cv2.imencode(".jpg", moved[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
            out.write(data.tobytes())


@contextmanager
def serving(settings: Settings, asked: list[Asked]) -> Iterator[str]:
    """The URL of a stall of its own. asked: gets every request."""
    server = uvicorn.Server(uvicorn.Config(stall(settings, asked), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def chromium(video: Path | None, *flags: str) -> Iterator[Any]:
    """A browser whose camera is this film; None for no camera. Raises Unavailable where there is no Chromium."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    program, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if program is None or driver is None:
        raise Unavailable("There is no Chromium with its chromedriver.", remedy="Install both.", retry_after=60)
    options = ChromeOptions()
    options.binary_location = program
    camera = (
        () if video is None else ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={video}")
    )
    with TemporaryDirectory() as profile:
        for flag in (*FLAGS, *camera, *flags, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        with Chrome(options=options, service=Service(driver)) as browser:
            browser.set_script_timeout(60)
            yield browser


def wait(browser: Any, script: str, seconds: float = 90) -> Any:
    """What a script returns once it is true. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := browser.execute_script(script):
            return found
        time.sleep(0.1)
    raise TimeoutError(script)


def look(browser: Any, url: str, item: str) -> None:
    """Open the page with a product and let it look into the camera, until the first second has been measured."""
    browser.get(f"{url}/try?item={item}")
    wait(browser, "return document.body.dataset.ready && document.querySelector('#glass').dataset.worn")
    browser.execute_script("document.querySelector('#camera').click()")
    wait(browser, "return parseFloat(document.querySelector('#rate').textContent)")


def pace(browser: Any, seconds: float = SECONDS) -> Pace:
    """The medians of what the page says of its speed over some seconds."""
    seen = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(1)
        script = (
            "return ['rate', 'took', 'delay', 'whole'].map((id) => parseFloat(document.getElementById(id).textContent))"
        )
        seen.append(browser.execute_script(script))
    return Pace(*(float(value) for value in np.median(seen, axis=0)))


def strangers(browser: Any, url: str) -> list[str]:
    """Other addresses that the page asked since the last look, or would have, had its policy not forbidden it."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    forbidden = [
        entry["message"] for entry in browser.get_log("browser") if "Content Security Policy" in entry["message"]
    ]
    return forbidden + [one for one in urls if urlsplit(one).scheme in ABROAD and not one.startswith(f"{url}/")]


def figures(settings: Settings) -> tuple[Figure, ...]:
    """Glasses on a portrait and a T-shirt on somebody standing, of drawn people.

    Raises ModelMissing before ``shopglass models pull live``, Unavailable without Chromium.
    """
    store = Weights(settings.models_dir)
    for name in store.group("live"):
        store.path(name)
    found: list[Figure] = []
    asked: list[Asked] = []
    abroad: list[str] = []
    with TemporaryDirectory() as folder, serving(settings, asked) as url:
        for name, item, shown, bar in (
            ("glasses", GLASSES, portrait(), 15.0),
            ("garment", "crew-neck-T-shirt", standing(), 10.0),
        ):
            video = Path(folder) / f"{name}.mjpeg"
            film(shown.pixels, video)
            with chromium(video) as browser:
                look(browser, url, item)
                speed = pace(browser)
                abroad += strangers(browser, url)
            found += [
                Figure(f"live {name}", speed.rate, "frames/s", bar=bar),
                Figure(f"live {name}: finding landmarks", speed.took, "ms"),
                Figure(f"live {name}: landmarks to picture", speed.delay, "ms"),
                Figure(f"live {name}: camera to picture", speed.whole, "ms"),
            ]
    large = sum(not 0 <= one.body <= 1000 for one in asked)
    found += [
        Figure("live: requests to others", float(len(abroad)), bar=0.0, better="lower"),
        Figure("live: requests that could hold a frame", float(large), bar=0.0, better="lower"),
    ]
    return tuple(found)
