"""Double machine learning: the effect of price where what sets prices also moves demand, whatever the shape.

Partially linear: y = θ t + g(x) + ε, t = m(x) + η. Both g and m are learnt by gradient boosting on other folds, and θ is
the slope of what is left of y on what is left of t (Chernozhukov, Chetverikov, Demirer, Duflo, Hansen, Newey & Robins,
"Double/debiased machine learning for treatment and structural parameters", Econometrics Journal 21, 2018, section 4.1).
"""

import lightgbm
import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import Unavailable

Floats = NDArray[np.float64]
BOOSTING = {
    "n_estimators": 150,
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_child_samples": 20,
    "n_jobs": 1,
    "verbose": -1,
}


class Effect(msgspec.Struct, frozen=True):
    """theta and its standard error, robust to unequal variances."""

    theta: float
    error: float


def residuals(values: Floats, x: Floats, folds: NDArray[np.int64], seed: int) -> Floats:
    """(n,) what gradient boosting, trained on the other folds, does not say."""
    left = np.empty(len(values))
    for fold in np.unique(folds):
        held = folds == fold
        model = lightgbm.LGBMRegressor(**BOOSTING, random_state=seed, deterministic=True).fit(x[~held], values[~held])
        left[held] = values[held] - model.predict(x[held])
    return left


def double_effect(y: Floats, t: Floats, x: Floats, *, folds: NDArray[np.int64], seed: int = 0) -> Effect:
    """The slope of y (n,) on t (n,) with x (n, k) held apart.

    folds: (n,) number of the fold of each row; rows that share noise, such as neighbouring weeks, belong in one.
    """
    return effect_of(residuals(y, x, folds, seed), residuals(t, x, folds, seed))


def effect_of(y: Floats, t: Floats) -> Effect:
    """The slope of residuals on residuals (their equation 4.4)."""
    squares = float(t @ t)
    theta = float(t @ y) / squares
    return Effect(theta, float(np.sqrt(np.square(t * (y - theta * t)).sum()) / squares))


def econml_effect(y: Floats, t: Floats, x: Floats, *, folds: NDArray[np.int64], seed: int = 0) -> Effect:
    """The same by EconML's LinearDML, the peer; an extra, as it brings numba and shap. Raises Unavailable without it."""
    try:
        from econml.dml import LinearDML
    except ImportError as error:
        raise Unavailable("EconML is not installed.", remedy="Run: pip install 'shopglass[causal]'") from error
    parts = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in np.unique(folds)]
    nuisance = {name: lightgbm.LGBMRegressor(**BOOSTING, random_state=seed, deterministic=True) for name in "yt"}
    model = LinearDML(model_y=nuisance["y"], model_t=nuisance["t"], cv=parts, random_state=seed)
    model.fit(y, t, X=None, W=x, inference="statsmodels")
    said = model.intercept__inference()
    return Effect(float(said.point_estimate), float(said.stderr))
