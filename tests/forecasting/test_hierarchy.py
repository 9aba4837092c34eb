import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadRequest
from forecasting.contract import LEVELS, Forecast
from forecasting.hierarchy import Hierarchy, reconcile

GROUPS = [{"state": "a", "kind": "x"}, {"state": "a", "kind": "y"}, {"state": "b", "kind": "x"}]


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_means_add_up_and_quantiles_neither_cross_nor_fall_below_0(seed: int) -> None:
    draw = np.random.default_rng(seed)
    tree = Hierarchy.of(GROUPS, ["1", "2", "3"])
    base = [
        Forecast(id=one, mean=draw.uniform(0, 9, 4), quantiles=np.sort(draw.uniform(0, 20, (4, 7)), axis=1), levels=LEVELS, model="m")
        for one in tree.nodes
    ]  # fmt: skip
    errors = draw.normal(size=(len(base), 40))
    told = reconcile(tree, base, errors - errors.mean(axis=1, keepdims=True))
    other = reconcile(tree, base, errors + 3)
    np.testing.assert_allclose(told[0].mean, other[0].mean, rtol=1e-6, atol=1e-6)  # a constant error weighs nothing
    means = np.array([one.mean for one in told])
    np.testing.assert_allclose(means, tree.summing @ means[-3:], atol=1e-6)
    assert all((np.diff(one.quantiles, axis=1) >= 0).all() and (one.quantiles >= 0).all() for one in told)


def test_shapes_that_do_not_match_are_refused() -> None:
    with pytest.raises(BadRequest, match="no state"):
        Hierarchy.of([{"state": "a"}, {}], ["1", "2"])
    with pytest.raises(BadRequest, match="nodes"):
        reconcile(Hierarchy.of(GROUPS, ["1", "2", "3"]), [], np.zeros((0, 9)))
