"""Forecasts of many series on Ray: the function that one machine runs, on a part of the series each time.

What learns from all series learns from those of its part. Without a cluster (``RAY_ADDRESS``) Ray runs on this machine.
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from core.errors import BadRequest, Unavailable
from forecasting.alike import Alike, read_alike
from forecasting.cleaning import Sales
from forecasting.store import Made, forecast_sales

PART = 1000


def forecast_on_ray(
    sales: Sales,
    model: str | None = None,
    horizon: int | None = None,
    alike: Path | Mapping[str, Alike] | None = None,
    sums: Sequence[str] | None = None,
    part: int = PART,
) -> Made:
    """As :func:`forecast_sales`, ``part`` series at a time. Raises Unavailable without Ray, and BadRequest for ``sums``, which
    need all series in one place."""
    if sums is not None:
        raise BadRequest("What adds up is forecast in one place.", remedy="Use the local engine.")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise Unavailable("Ray is not installed.", remedy="Run: pip install 'shopglass[ray]'") from error
    if not ray.is_initialized():
        ray.init(include_dashboard=False, logging_level="warning", log_to_driver=False)
    kin = read_alike(alike) if isinstance(alike, Path) else alike or {}
    remote = ray.remote(forecast_sales)
    parts = [
        replace(sales, series=sales.series[at : at + part], changes=(), refused=())
        for at in range(0, len(sales.series), part)
    ]
    own = [{one.id for one in each.series} for each in parts]
    told = set().union(*own)
    waiting = [
        # what nobody has sold yet goes with the first part
        remote.remote(each, model, horizon, None, {name: one for name, one in kin.items() if name in ids or (not at and name not in told)})
        for at, (each, ids) in enumerate(zip(parts, own, strict=True))
    ]  # fmt: skip
    made: list[Made] = ray.get(waiting)
    return Made(
        tuple(forecast for each in made for forecast in each.forecasts),
        (*sales.refused, *(refusal for each in made for refusal in each.refused)),
        dict(sum((Counter(each.fallbacks) for each in made), Counter())),
        dict(Counter(change.rule for change in sales.changes)),
    )
