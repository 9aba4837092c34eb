"""What a price would do, by the state's own curve: demand and profit a day, with their intervals."""

from pricing.states import Interval, State

# Where nothing is known of a product: the mean of 1,851 published own-price elasticities is −2.62 for short-run sales of
# brands (Bijmolt, van Heerde & Pieters 2005, "New empirical generalizations on the determinants of price elasticity"),
# with the bulk between −4 and −1.
ASSUMED = Interval(-2.5, -4.0, -1.0)


def demand_at(state: State, price: float) -> Interval:
    """Units a day at this price (minor units, over 0), on the curve of constant elasticity through today's point.

    The interval is that of the elasticity, so it is a point at today's price and widens away from it.
    """
    elasticity = state.elasticity or ASSUMED
    ratio = price / state.price.minor
    mean, one, other = (
        state.demand * ratio**e if ratio < 1e6 else 0.0 for e in (elasticity.mean, elasticity.low, elasticity.high)
    )
    return Interval(mean, min(one, other), max(one, other))


def profit_of(state: State, price: float, demand: Interval) -> Interval:
    """Minor units a day: what is kept of each sale less its cost, times demand; what comes back is refunded and resold."""
    margin = (price - state.cost.minor) * (1 - state.return_rate)
    low, high = sorted((margin * demand.low, margin * demand.high))
    return Interval(margin * demand.mean, low, high)
