"""What is planned of the periods to come, made whole."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecasting.contract import Future
from forecasting.series import Series


def planned(
    series: Series, names: Sequence[str], horizon: int, future: Future | None
) -> dict[str, NDArray[np.float64]]:
    """(horizon,) of each regressor: as told, else the last price and nothing on.

    Raises ValueError where something is told of a regressor that is not among ``names``, or not for all periods.
    """
    told = dict((future or {}).get(series.id, {}))
    if unknown := set(told) - set(names):
        raise ValueError(f"nothing is known of {', '.join(sorted(unknown))}")
    for name, values in told.items():
        if len(values) < horizon or not np.isfinite(values[:horizon]).all():
            raise ValueError(f"{name} is not told for all {horizon} periods")
    quiet = {name: np.zeros(horizon) for name in names}
    last = {
        name: np.full(horizon, series.regressors[name][-1])
        for name in names
        if name.endswith("price") and len(series.regressors.get(name, ()))
    }
    return quiet | last | {name: np.asarray(values[:horizon], np.float64) for name, values in told.items()}
