"""Outcomes less what was known of a unit before: the same mean difference, and less noise by the share rho².

Deng, Xu, Kohavi, Walker, "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data",
WSDM 2013.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Arms = Sequence[NDArray[np.float64]]


def adjusted(outcomes: Arms, before: Arms) -> tuple[list[NDArray[np.float64]], float]:
    """Outcomes less theta times how far each unit was above the mean before, and the correlation rho within arms.

    outcomes, before: by arm, (units,) each. theta = cov(outcome, before) / var(before), of all arms together about their
    own means. Where nothing was before, outcomes as they are and 0.
    """
    y = np.concatenate([one - one.mean() for one in outcomes])
    x = np.concatenate([one - one.mean() for one in before])
    if float(x @ x) <= 0 or float(y @ y) <= 0:
        return list(outcomes), 0.0
    theta, middle = float(x @ y) / float(x @ x), float(np.concatenate(before).mean())
    found = [own - theta * (known - middle) for own, known in zip(outcomes, before, strict=True)]
    return found, float(x @ y) / math.sqrt(float(x @ x) * float(y @ y))
