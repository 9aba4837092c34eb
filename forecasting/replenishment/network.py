"""Two levels of stock: a warehouse that delivers to stores, and where between them the safety belongs.

The guaranteed-service model: every place promises to deliver within a time, and holds what it needs to keep that promise;
which promise of the warehouse costs least is found by dynamic programming (Graves and Willems, "Optimizing strategic safety
stock placement in supply chains", MSOM 2000, with their erratum of 2003), by stockpyl.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import BadRequest, Unavailable
from forecasting.replenishment.demand import DRAWS, Outlook, draws


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A store, or the warehouse. lead_time: whole periods from whoever supplies it, the period between two reviews included;
    holding: of one piece for one period; mean, spread: pieces that its own shoppers want in a period, and their standard
    deviation; the warehouse has none."""

    name: str
    lead_time: int
    holding: float
    mean: float = 0.0
    spread: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.lead_time <= 365:
            raise ValueError(f"{self.name}: a lead time is 0 to 365 periods, not {self.lead_time}")
        if not all(np.isfinite(one) and one >= 0 for one in (self.holding, self.mean, self.spread)):
            raise ValueError(f"{self.name}: costs and demands are numbers of at least 0")


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What one place is to have. level: pieces here and coming up to which it orders in every period; safety: of these, what
    is not expected to be wanted; promise: periods within which it delivers; covered: periods that its stock must last."""

    name: str
    level: float
    safety: float
    promise: int
    covered: int
    reason: str


class Network(msgspec.Struct, frozen=True):
    """cost: of holding all safety stocks for one period."""

    warehouse: Stock
    stores: tuple[Stock, ...]
    cost: float


def store_of(name: str, outlook: Outlook, *, lead_time: int, holding: float, alike: float = 0.05) -> Place:
    """A store of what is thought of its demand: mean and standard deviation of a period over its lead time.

    alike: as of an item, so that what periods have in common makes the spread of one larger.
    """
    span = max(1, lead_time)
    demand = draws(outlook, np.full(DRAWS, span), np.random.default_rng(20_260), alike)
    spread = float(demand.std()) / span**0.5
    return Place(name=name, lead_time=lead_time, holding=holding, mean=float(demand.mean()) / span, spread=spread)


def two_levels(warehouse: Place, stores: Sequence[Place], service: float = 0.95, promise: int | None = None) -> Network:
    """The stocks that cost least where every store serves its shoppers at once, in ``service`` of periods.

    promise: of the warehouse, where it is given already; None to choose it. Demands of stores are taken to be independent.
    Raises BadRequest for no stores, a name twice, a service or promise out of bounds; Unavailable without stockpyl.
    """
    from scipy.stats import norm

    if not stores:
        raise BadRequest("A network has at least one store.")
    if len({one.name for one in (warehouse, *stores)}) <= len(stores):
        raise BadRequest("Two places have the same name.")
    if not 0.5 <= service < 1:
        raise BadRequest(f"A service of {service:g} makes no sense here.", remedy="Use .5 to below 1.")
    if promise is not None and not 0 <= promise <= warehouse.lead_time:
        raise BadRequest(
            f"The warehouse cannot promise {promise} periods.", remedy=f"Use 0 to {warehouse.lead_time}, its lead time."
        )
    factor = float(norm.ppf(service))
    kept = _cheapest(warehouse, stores, factor) if promise is None else promise
    mean = sum(one.mean for one in stores)
    spread = float(np.sqrt(sum(one.spread**2 for one in stores)))
    whole = msgspec.structs.replace(warehouse, mean=mean, spread=spread)
    centre = _stock(whole, 0, kept, factor)
    ends = tuple(_stock(one, kept, 0, factor) for one in stores)
    cost = centre.safety * warehouse.holding + sum(
        end.safety * one.holding for end, one in zip(ends, stores, strict=True)
    )
    return Network(centre, ends, cost)


def _stock(place: Place, waits: int, promise: int, factor: float) -> Stock:
    covered = max(0, waits + place.lead_time - promise)
    safety = factor * place.spread * covered**0.5
    level = place.mean * covered + safety
    reason = (
        f"waits {waits} and {place.lead_time} periods and delivers within {promise}: {place.mean * covered:.1f} wanted in "
        f"{covered}, {safety:+.1f} for what is not known"
    )
    return Stock(name=place.name, level=level, safety=safety, promise=promise, covered=covered, reason=reason)


def _cheapest(warehouse: Place, stores: Sequence[Place], factor: float) -> int:
    """The warehouse's promise, by stockpyl."""
    try:
        from stockpyl.demand_source import DemandSource
        from stockpyl.gsm_tree import optimize_committed_service_times
        from stockpyl.supply_chain_network import SupplyChainNetwork
        from stockpyl.supply_chain_node import SupplyChainNode
    except ImportError as error:
        raise Unavailable(
            "Stocks of two levels need stockpyl, which is not installed.",
            remedy="Run: pip install 'shopglass[inventory]'",
        ) from error
    tree = SupplyChainNetwork()
    centre = SupplyChainNode(0, network=tree)
    tree.add_node(centre)
    for number, place in enumerate(stores, 1):
        end = SupplyChainNode(number, network=tree)
        end.external_outbound_cst = 0
        end.demand_source = DemandSource(type="N", mean=place.mean, standard_deviation=place.spread)
        tree.add_successor(centre, end)
    centre.external_inbound_cst = 0
    for node, place in zip(tree.nodes, (warehouse, *stores), strict=True):
        node.processing_time = place.lead_time
        node.local_holding_cost = place.holding
        node.demand_bound_constant = factor
    times, _ = optimize_committed_service_times(tree)
    return int(times[0])


def share(available: float, wanted: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) whole pieces for each store of what the warehouse has, where it has less than all of them order.

    What is missing is missed by each in proportion to its spread, none below 0: after it all run out with the same chance
    (Eppen and Schrage, "Centralized ordering policies in a multi-warehouse system", 1981). Never more than there is.
    """
    asked = np.floor(np.maximum(wanted, 0.0))
    if asked.sum() <= available:
        return asked.astype(np.int64)
    weight = np.maximum(spread, 1e-9)
    # max(0, asked - t * weight) sums to what there is: linear between the t at which a store gets nothing
    ends = np.unique(np.concatenate([[0.0], asked / weight]))
    left = np.maximum(asked - ends[:, None] * weight, 0.0).sum(1)
    given = np.zeros_like(asked)
    for (low, high), (more, less) in zip(pairwise(ends), pairwise(left), strict=True):
        if less <= available <= more:
            level = low + (high - low) * (more - available) / max(more - less, 1e-12)
            given = np.maximum(asked - level * weight, 0.0)
    pieces = np.floor(given + 1e-9)
    rest = int(min(available, asked.sum()) - pieces.sum())
    for place in np.argsort(-(given - pieces), kind="stable")[: max(0, rest)]:
        pieces[place] += pieces[place] < asked[place]
    return pieces.astype(np.int64)
