"""When to order and how much: policies of one contract.

(s, S), (R, S) and (r, Q) as in Silver, Pyke and Thomas, *Inventory and Production Management in Supply Chains*, 2017;
newsvendor as in Arrow, Harris and Marschak, Econometrica 1951.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, TypeVar

import msgspec
import numpy as np

from core.errors import BadRequest, NotFound
from forecasting.replenishment.demand import DRAWS, Outlook, draws, lead_times

_REGISTERED: dict[str, type["Policy"]] = {}
P = TypeVar("P", bound="Policy")


ALIKE = 0.05
"""Correlation of what periods bring beyond or below what is thought, where nothing else is told."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One product at the moment of ordering, in pieces and periods of its forecast.

    on_hand, on_order: pieces; backlog: owed; lead_time: mean and standard deviation; review: periods until the next chance to
    order; cost: of a piece; holding: of one piece for one period; short: of one piece wanted and not there; fixed: of one
    order; service: share of cycles without a shortage that is aimed at, None for what costs least; multiple, minimum: of an
    order; shelf_life: periods after which a piece is waste, None for never; alike:
    correlation of what periods bring beyond or below what is thought.
    """

    sku: str
    outlook: Outlook
    on_hand: float
    on_order: float = 0.0
    backlog: float = 0.0
    lead_time: tuple[float, float] = (7.0, 0.0)
    review: int = 7
    cost: float = 1.0
    holding: float = 0.001
    short: float = 0.5
    fixed: float = 0.0
    service: float | None = None
    multiple: int = 1
    minimum: int = 0
    shelf_life: int | None = None
    alike: float = ALIKE

    def __post_init__(self) -> None:
        amounts = (
            self.on_hand,
            self.on_order,
            self.backlog,
            *self.lead_time,
            self.cost,
            self.holding,
            self.short,
            self.fixed,
        )
        if not all(np.isfinite(one) and one >= 0 for one in amounts):
            raise ValueError(f"{self.sku}: stocks, times and costs are numbers of at least 0")
        if self.multiple < 1 or self.minimum < 0 or self.review < 1:
            raise ValueError(f"{self.sku}: multiple and review are at least 1, and minimum at least 0")
        if self.service is not None and not 0 < self.service < 1:
            raise ValueError(f"{self.sku}: a service level lies between 0 and 1, not at {self.service:g}")
        if self.shelf_life is not None and self.shelf_life < 1:
            raise ValueError(f"{self.sku}: a shelf life is at least one period")

    @property
    def position(self) -> float:
        """What is here and coming, less what is owed."""
        return self.on_hand + self.on_order - self.backlog

    @property
    def target(self) -> float:
        """The share of outcomes to be covered: as asked for, or where one more piece costs as much as it saves."""
        if self.service is not None:
            return self.service
        over = self.holding * self.review
        return min(0.999, self.short / (self.short + over)) if self.short + over > 0 else 0.5


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """An order. quantity: pieces, 0 for none; level: up to which, or from which, it orders; expected, safety: pieces over the
    time to be covered; reason: in numbers."""

    sku: str
    quantity: int
    level: float
    expected: float
    safety: float
    policy: str
    reason: str
    cost: float


class Policy(ABC):
    """Orders product by product; the same item gives the same order."""

    tag: ClassVar[str]

    @abstractmethod
    def propose(self, item: Item) -> Proposal:
        """What to order now."""


def register(tag: str) -> Callable[[type[P]], type[P]]:
    """Enter a policy under its tag."""

    def enter(kind: type[P]) -> type[P]:
        kind.tag = tag
        _REGISTERED[tag] = kind
        return kind

    return enter


def list_policies() -> tuple[str, ...]:
    """The tags there are."""
    return tuple(sorted(_REGISTERED))


def policy(tag: str) -> Policy:
    """Raises NotFound, naming those there are."""
    if tag not in _REGISTERED:
        raise NotFound(f"There is no policy {tag}.", remedy=f"There are: {', '.join(list_policies())}.")
    return _REGISTERED[tag]()


def rounded(item: Item, wanted: float) -> int:
    """Pieces as the supplier sells them, and no more than can be sold before they spoil."""
    if wanted <= 0.5:
        return 0
    pieces = int(np.ceil(max(wanted, item.minimum) / item.multiple - 1e-9)) * item.multiple
    if item.shelf_life is not None:
        until = np.arange(item.shelf_life)
        sold = float(item.outlook.mean[np.minimum(until, len(item.outlook.mean) - 1)].sum())
        most = int(max(0.0, sold - item.position) // item.multiple) * item.multiple
        pieces = min(pieces, most) if most >= item.minimum else 0
    return pieces


def covered(item: Item, review: bool) -> np.ndarray:
    """(DRAWS,) demand over the lead time, and over the review period too where ``review`` says so."""
    rng = np.random.default_rng(
        20_260
    )  # the same draws for all: products are compared, and the same item orders the same
    periods = lead_times(*item.lead_time, DRAWS, rng) + (item.review if review else 0)
    return draws(item.outlook, periods, rng, item.alike)


def _told(item: Item, tag: str, quantity: int, level: float, demand: np.ndarray, what: str) -> Proposal:
    expected = float(demand.mean())
    reason = (
        f"{item.position:g} here and coming; {expected:.1f} wanted in the time to be covered, {level - expected:+.1f} for "
        f"what is not known; {what}"
    )
    return Proposal(
        sku=item.sku, quantity=quantity, level=round(level, 3), expected=round(expected, 3), safety=round(level - expected, 3),
        policy=tag, reason=reason, cost=round(quantity * item.cost + (item.fixed if quantity else 0.0), 2),
    )  # fmt: skip


@register("RS")
class PeriodicReview(Policy):
    """(R, S): at every review, up to the quantile of demand over review and lead time that the target asks for."""

    def propose(self, item: Item) -> Proposal:
        demand = covered(item, review=True)
        level = float(np.quantile(demand, item.target))
        quantity = rounded(item, level - item.position)
        return _told(
            item, self.tag, quantity, level, demand, f"up to {level:.0f}, which covers {100 * item.target:.1f} %"
        )


@register("sS")
class MinMax(Policy):
    """(s, S): below s, up to S; S - s is the economic quantity (Harris, 1913)."""

    def propose(self, item: Item) -> Proposal:
        demand = covered(item, review=True)
        low = float(np.quantile(demand, item.target))
        high = low + _economic(item)
        quantity = rounded(item, high - item.position) if item.position < low else 0
        return _told(item, self.tag, quantity, low, demand, f"from {low:.0f} up to {high:.0f}")


@register("rQ")
class ReorderPoint(Policy):
    """(r, Q): at or below r, a multiple of Q."""

    def propose(self, item: Item) -> Proposal:
        demand = covered(item, review=True)
        point = float(np.quantile(demand, item.target))
        lot = max(1.0, _economic(item))
        lots = np.ceil((point - item.position) / lot) if item.position < point else 0
        return _told(item, self.tag, rounded(item, lots * lot), point, demand, f"lots of {lot:.0f} from {point:.0f}")


@register("newsvendor")
class Newsvendor(Policy):
    """One order for one season: all that the outlook spans."""

    def propose(self, item: Item) -> Proposal:
        rng = np.random.default_rng(20_260)
        demand = draws(item.outlook, np.full(DRAWS, len(item.outlook.mean)), rng, item.alike)
        share = item.service
        if share is None:
            left = item.cost  # a piece that is left at the end is worth nothing
            share = item.short / (item.short + left) if item.short + left > 0 else 0.5
        level = float(np.quantile(demand, share))
        quantity = rounded(item, level - item.position)
        return _told(
            item, self.tag, quantity, level, demand, f"one season, which {100 * share:.0f} % of outcomes stay below"
        )


@register("baseline")
class Baseline(Policy):
    """The plain rule: safety stock is a fifth of what is predicted, and there are three answers: order now (less here than
    the lead time needs), soon (less than that and the safety stock) or not. Order now and soon fill up to both."""

    def propose(self, item: Item) -> Proposal:
        span = round(item.lead_time[0]) + item.review
        step = np.minimum(np.arange(span), len(item.outlook.mean) - 1)
        predicted = float(item.outlook.mean[step].sum())
        level = 1.2 * predicted
        answer = "order now" if item.position < predicted else "order soon" if item.position < level else "enough"
        quantity = rounded(item, level - item.position)
        return _told(item, self.tag, quantity, level, np.array([predicted]), answer)


def _economic(item: Item) -> float:
    """Pieces of an order that cost least: the square-root formula of Harris, "How many parts to make at once", 1913."""
    rate = float(item.outlook.mean.mean())
    if item.fixed <= 0 or item.holding <= 0 or rate <= 0:
        return max(1.0, rate * item.review)
    return max(1.0, float(np.sqrt(2 * item.fixed * rate / item.holding)))


def within(
    proposals: list[Proposal], items: list[Item], budget: float | None, capacity: float | None
) -> list[Proposal]:
    """Proposals cut to a budget and a capacity, by a small linear programme: each piece is worth what it saves.

    The k-th piece of an order saves ``short`` times the chance that it is wanted; pieces are taken in tenths of an order, whose
    worth falls, so that the linear programme takes them in turn (Hadley and Whitin, 1963). Raises BadRequest for a bound
    below 0.
    """
    if (budget is not None and not budget >= 0) or (capacity is not None and not capacity >= 0):
        raise BadRequest("A budget or a capacity is at least 0.")
    ordered = [n for n, one in enumerate(proposals) if one.quantity > 0]
    spent = sum(proposals[n].quantity * items[n].cost for n in ordered)
    pieces = sum(proposals[n].quantity for n in ordered)
    if not ordered or ((budget is None or spent <= budget) and (capacity is None or pieces <= capacity)):
        return proposals
    from scipy.optimize import linprog

    tenths = 10
    worth, price, size = [], [], []
    for n in ordered:
        demand = covered(items[n], review=True)
        edges = items[n].position + proposals[n].quantity * (np.arange(tenths) + 0.5) / tenths
        chance = (demand[None] > edges[:, None]).mean(1) + 1e-6
        part = proposals[n].quantity / tenths
        worth += list(-chance * max(items[n].short, 1e-6) * part)
        price += [items[n].cost * part] * tenths
        size += [part] * tenths
    rows, bounds = [], []
    for limits, bound in ((price, budget), (size, capacity)):
        if bound is not None:
            rows.append(limits)
            bounds.append(bound)
    solved = linprog(worth, A_ub=rows, b_ub=bounds, bounds=(0, 1), method="highs")
    share = solved.x.reshape(len(ordered), tenths).mean(1)
    found = list(proposals)
    for n, kept in zip(ordered, share, strict=True):
        whole = int(kept * proposals[n].quantity // items[n].multiple) * items[n].multiple
        whole = whole if whole >= items[n].minimum else 0
        reason = proposals[n].reason + (
            f"; cut from {proposals[n].quantity} by budget or capacity" if whole < proposals[n].quantity else ""
        )
        cost = round(whole * items[n].cost + (items[n].fixed if whole else 0.0), 2)
        found[n] = msgspec.structs.replace(proposals[n], quantity=whole, reason=reason, cost=cost)
    return found
