"""Experiments, for merchants."""

from typing import Annotated

from litestar import Controller, get
from litestar.params import PathParameter

from api.access import MERCHANT
from api.problems import problems
from api.state import AppState
from recsys import ExperimentReport

ExperimentId = Annotated[
    str, PathParameter(description="The experiment's id, as in the settings.", min_length=1, max_length=64)
]


class ExperimentsController(Controller):
    path = "/v1/experiments"
    tags = ("recommendations",)
    opt = MERCHANT

    @get(
        "/{experiment_id:str}",
        operation_id="getExperiment",
        summary="How an experiment stands",
        responses=problems(400, 404, 503),
        sync_to_thread=True,
    )
    def read(self, state: AppState, experiment_id: ExperimentId) -> ExperimentReport:
        """Arms and how many are in each, whether that is as it should be, and each metric beside the first arm's, with
        intervals that hold however often one looks."""
        return state.service.recommendations.experiments.report(experiment_id)
