"""Effects of prices on each other within a category: multinomial and nested logit from shares.

Berry, "Estimating discrete-choice models of product differentiation", RAND Journal of Economics 25 (1994): the log of a
product's share by the share of those who buy nothing is linear in its price and in the log of its share of the category,
ln s_j − ln s_0 = level_j − α ln p_j + σ ln s_{j|g} + ξ_j (equation 28, with the logarithm of price, so that effects are
elasticities by themselves). The share within the category moves with ξ, so σ is found with the others' prices as
instrument, by two-stage least squares.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import BadPrice

Floats = NDArray[np.float64]


class Nested(msgspec.Struct, frozen=True):
    """alpha: of the logarithm of price, over 0 as a rule; sigma: how much alike a category's products are, in [0, 1); 0 is
    the multinomial logit. errors: standard errors of both."""

    alpha: float
    sigma: float
    errors: tuple[float, float]

    def elasticities(self, shares: Floats) -> Floats:
        """(products, products) of demand of the row by the price of the column, at these shares of all who come.

        Own: −α / (1 − σ) (1 − σ s_{j|g} − (1 − σ) s_j); cross: α s_k (1 + σ / ((1 − σ) s_g)) (Berry 1994, section 5).
        """
        group = shares.sum()
        cross = self.alpha * shares * (1 + self.sigma / (1 - self.sigma) / group)
        found = np.tile(cross, (len(shares), 1))
        own = self.alpha / (1 - self.sigma) * (1 - self.sigma * shares / group - (1 - self.sigma) * shares)
        np.fill_diagonal(found, -own)
        return found


def nested_logit(shares: Floats, prices: Floats) -> Nested:
    """shares, prices: (periods, products) of one category; shares of all who come, over 0, with some who buy nothing.

    Raises BadPrice where there are fewer than two products or shares leave nobody who buys nothing.
    """
    outside = 1 - shares.sum(1, keepdims=True)
    count = shares.shape[1]
    if count < 2 or not ((shares > 0).all() and (outside > 0).all() and (prices > 0).all()):
        raise BadPrice("Shares over 0 of two products at least, and of those who buy nothing, are needed.")
    log_price = np.log(prices)
    others = (log_price.sum(1, keepdims=True) - log_price) / (count - 1)
    y, price, within, instrument = (
        (column - column.mean(0)).ravel()
        for column in (np.log(shares / outside), log_price, np.log(shares / (1 - outside)), others)
    )
    x, z = np.column_stack([-price, within]), np.column_stack([-price, instrument])
    cross = z.T @ x
    found = np.linalg.solve(cross, z.T @ y)
    left = y - x @ found
    inverse = np.linalg.inv(cross)
    errors = np.sqrt(np.diag(inverse @ (z * left[:, None] ** 2).T @ z @ inverse.T))
    return Nested(float(found[0]), float(np.clip(found[1], 0.0, 0.99)), (float(errors[0]), float(errors[1])))
