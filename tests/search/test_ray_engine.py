"""The ingest's encoding on a Ray of this machine."""

import pytest

from search.ray_engine import ray_engine
from tests.search.catalogues import assert_same, draw, open_shop, row

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # Ray warns of itself


def test_ray_gives_what_the_local_pipeline_gives(tmp_path, monkeypatch):
    ray = pytest.importorskip("ray", reason="needs the extra ray")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")  # else a token is written to the user's folder
    images = tmp_path / "images"
    for number in range(40):
        draw(images / f"p{number:04}.png", number)
    (images / "text.png").write_text("no picture")
    first = [*(row(n) for n in range(40)), b"{broken", row(41, image="text.png"), row(3), row(42, image="../x")]
    second = [row(n, image=f"p{n + n % 2:04}.png") for n in range(30)]
    ray.init(num_cpus=2, include_dashboard=False, object_store_memory=150_000_000, log_to_driver=False)
    try:
        with open_shop(tmp_path / "one", images) as one, open_shop(tmp_path / "other", images) as other:
            for ingest_id, rows in (("a", first), ("b", second)):
                result = one.ingest(ingest_id, rows, engine=ray_engine(one.settings, images))
                assert result == other.ingest(ingest_id, rows)
                assert_same(one, other)
    finally:
        ray.shutdown()
