"""What is known of a period by its date: public holidays."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecasting.series import Series


def holiday(series: Series, first: int, last: int, country: str) -> NDArray[np.float64]:
    """(last - first,) 1 on public holidays of a country (ISO 3166), else 0; zeros for what is not daily or has no such
    country."""
    found = np.zeros(last - first)
    if series.frequency != "day" or not country:
        return found
    start = series.date(first).toordinal()
    for day in _known(country, series.date(first), series.date(last)):
        place = day - start
        if 0 <= place < len(found):
            found[place] = 1.0
    return found


def _known(country: str, first: date, last: date) -> list[int]:
    import holidays

    try:
        known = holidays.country_holidays(country, years=range(first.year, last.year + 1))
    except NotImplementedError:
        return []
    return [day.toordinal() for day in known if first <= day <= last]
