from datetime import date

import numpy as np

from forecasting.contract import LEVELS, Forecast
from forecasting.monitoring import alarmed, drifted, retrain, weeks


def told(days: int) -> Forecast:
    rows = np.tile(np.linspace(4, 16, 7), (days, 1))
    return Forecast(id="s", mean=np.full(days, 10.0), quantiles=rows, levels=LEVELS, model="m")


def test_weeks_tell_bias_error_and_coverage_and_leave_out_what_is_unknown() -> None:
    actual = np.full(14, 9.0)
    actual[0], actual[13] = np.nan, 40
    first, second = weeks(told(14), date(2024, 1, 1), actual)
    assert (first.periods, first.bias, first.error, first.coverage) == (6, 1, 1, 1)
    assert second.coverage == 6 / 7
    assert second.bias < 0


def test_few_of_those_that_do_not_drift_are_alarmed_in_a_year() -> None:
    noise = np.random.default_rng(1).normal(size=(300, 52))
    assert sum(drifted(list(row)) is not None for row in noise) < 0.02 * len(noise)


def test_a_shift_is_alarmed_soon_and_by_enough_series_trains_again() -> None:
    noise = np.random.default_rng(2).normal(size=30)
    found = drifted([*noise, *(noise[:10] + 4)])
    assert found is not None
    assert 30 <= found <= 35
    assert drifted([1.0, np.nan, 2.0]) is None
    assert drifted([0.0] * 20) is None
    assert not retrain([])


def test_training_again_is_by_the_share_of_series_that_drifted() -> None:
    steady = weeks(told(140), date(2024, 1, 1), np.full(140, 9.0))
    moved = weeks(told(140), date(2024, 1, 1), np.concatenate([np.full(126, 9.0), np.full(14, 3.0)]))
    moves, holds = (alarmed([one.bias for one in own]) for own in (moved, steady))
    assert (moves, holds) == (True, False)
    assert retrain([moves, holds])
    assert not retrain([moves, *[holds] * 30])


def test_an_alarm_is_over_once_the_new_level_is_the_usual_one() -> None:
    noise = list(np.random.default_rng(4).normal(size=40))
    shifted = [*noise[:20], *(np.array(noise[20:]) + 6)]
    heard = [week for week in range(3, 41) if alarmed(shifted[:week])]
    assert heard
    assert 20 < min(heard) < 26
    assert not alarmed(shifted)
