"""What the live page is built of comes from the asset store, and from there alone."""

import httpx

from core import Weights
from core.settings import load_settings


def test_files_of_the_live_page_are_served_with_type_and_etag_or_named_as_missing(client: httpx.Client) -> None:
    store = Weights(load_settings().models_dir)
    told = client.get("/assets/").json()
    assert told["remedy"] == "shopglass models pull live"
    for name in ("vision_wasm_internal.wasm", "three.module.js", "pose_landmarker_lite"):
        answer = client.get(f"/assets/{name}")
        if name in told["missing"]:
            assert answer.status_code == 404
            assert answer.json()["remedy"] == "Run: shopglass models pull live"
        else:
            assert len(answer.content) == store.entries[name].size
            assert answer.headers["etag"]
    if "three.module.js" not in told["missing"]:
        assert client.get("/assets/three.module.js").headers["content-type"].startswith("text/javascript")


def test_a_file_that_the_page_does_not_use_is_not_served(client: httpx.Client) -> None:
    assert client.get("/assets/garments").status_code == 404
    assert client.get("/assets/..%2Fshopglass.db").status_code == 404
