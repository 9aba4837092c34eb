"""Forecasts on a Ray of this machine."""

import numpy as np
import pytest

from core.errors import BadRequest
from forecasting import Sales, forecast_on_ray, forecast_sales
from tests.forecasting.test_sums import shop


def test_what_adds_up_is_not_split() -> None:
    with pytest.raises(BadRequest, match="one place"):
        forecast_on_ray(Sales(tuple(shop()), (), ()), sums=())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Ray warns of itself
def test_ray_gives_what_one_machine_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="needs the extra ray")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")  # else a token is written to the user's folder
    sales = Sales(tuple(shop()), (), ())
    ray.init(num_cpus=2, include_dashboard=False, object_store_memory=150_000_000, log_to_driver=False)
    try:
        made = forecast_on_ray(sales, "ensemble.quick", 4, part=2)
    finally:
        ray.shutdown()
    here = forecast_sales(sales, "ensemble.quick", 4)
    assert [one.sku for one in made.forecasts] == [one.sku for one in here.forecasts]
    for one, other in zip(made.forecasts, here.forecasts, strict=True):
        np.testing.assert_allclose([p.mean for p in one.points], [p.mean for p in other.points], rtol=0.2)
