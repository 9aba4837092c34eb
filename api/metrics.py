"""Prometheus metrics: requests by route, and one histogram fed by the stage timings that answers carry too."""

from collections.abc import Callable

from litestar.plugins.prometheus import PrometheusConfig, PrometheusController
from prometheus_client import Histogram

from core import observe

STAGE_SECONDS = Histogram(
    "shopglass_stage_seconds",
    "Seconds spent in one stage of a request or job",
    ["stage"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
)

# Grouped by route template: item ids must not become labels.
REQUESTS = PrometheusConfig(app_name="shopglass", prefix="shopglass", group_path=True)


class MetricsController(PrometheusController):
    """``/metrics`` in Prometheus text format; no part of the JSON interface, so not in its document."""

    include_in_schema = False


def observe_stages() -> Callable[[], None]:
    """Feed the histogram from now on; call what is returned to stop."""
    return observe(lambda stage, seconds: STAGE_SECONDS.labels(stage).observe(seconds))
