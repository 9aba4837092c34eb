"""Prometheus metrics: requests by route, one histogram fed by the stage timings that answers carry too, and the queue."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from litestar import Response, get
from litestar.datastructures import State
from litestar.plugins.prometheus import PrometheusConfig, PrometheusController
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, Histogram, generate_latest

from core import Jobs, observe
from core.errors import ShopglassError
from forecasting import KIND as FORECAST
from recsys import KIND as RECOMMEND
from search import KIND as INGEST
from tryon import KIND as TRY_ON

KINDS = (INGEST, TRY_ON, RECOMMEND, FORECAST)
MOST_JOBS = 10_000

STAGE_SECONDS = Histogram(
    "shopglass_stage_seconds",
    "Seconds spent in one stage of a request or job",
    ["stage"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
)
# Of the database, hence the same in every process on it: take the largest, not the sum.
JOBS = Gauge("shopglass_jobs", "Jobs that wait or run", ["kind", "state"])
JOB_WAIT = Gauge("shopglass_job_wait_seconds", "Seconds for which the oldest waiting job has waited", ["kind"])

# Grouped by route template: item ids must not become labels.
REQUESTS = PrometheusConfig(app_name="shopglass", prefix="shopglass", group_path=True)


class MetricsController(PrometheusController):
    """``/metrics`` in Prometheus text format; no part of the JSON interface, so not in its document."""

    include_in_schema = False

    @get(sync_to_thread=True)
    def get(self, state: State) -> Response[bytes]:
        count_jobs(state.service.jobs)
        return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def count_jobs(jobs: Jobs) -> None:
    """Set the gauges of the queue; they are absent while the database does not answer."""
    JOBS.clear()
    JOB_WAIT.clear()
    try:
        found = jobs.list(states=("queued", "running"), limit=MOST_JOBS)
    except ShopglassError:
        return
    counted = Counter((job.kind, job.state) for job in found)
    for kind in KINDS:
        for state in ("queued", "running"):
            JOBS.labels(kind, state).set(counted[kind, state])
        oldest = min((job.created for job in found if (job.kind, job.state) == (kind, "queued")), default=None)
        JOB_WAIT.labels(kind).set(0.0 if oldest is None else (datetime.now(UTC) - oldest).total_seconds())


def observe_stages() -> Callable[[], None]:
    """Feed the histogram from now on; call what is returned to stop."""
    return observe(lambda stage, seconds: STAGE_SECONDS.labels(stage).observe(seconds))
