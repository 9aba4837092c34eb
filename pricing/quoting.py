"""From states to prices: a policy, and then the rails."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.errors import BadPrice
from pricing.contract import Fault, Policy, Proposal, State
from pricing.guardrails import NOTHING, Limits, Quote, Rails, consistent, guard


def quote(
    states: Sequence[State],
    policy: Policy,
    now: datetime,
    rails: Rails | None = None,
    limits: Mapping[str, Limits] | None = None,
    smaller: Sequence[tuple[str, str]] = (),
    bundles: Mapping[str, Sequence[str]] | None = None,
) -> list[Quote | Fault]:
    """A price through the rails, or what is wrong, for each state, in their order. limits: by product.

    Raises BadPrice where a product comes twice, or ``now`` names no time zone.
    """
    if len({state.product for state in states}) < len(states):
        raise BadPrice("A product comes twice.", remedy="Send one state of each.")
    known = Rails() if rails is None else rails
    own = limits or {}
    answers: list[Quote | Fault] = []
    for state, told in zip(states, policy.propose(states, now), strict=True):
        if isinstance(told, Proposal):
            of_product = own.get(state.product, NOTHING)
            wrong = _limits_fault(state, of_product)
            answers.append(wrong or guard(told, state, known, of_product, now))
        else:
            answers.append(told)
    return consistent(answers, smaller, bundles)


def _limits_fault(state: State, limits: Limits) -> Fault | None:
    moneys = [change.price for change in limits.history] + ([limits.advertised] if limits.advertised else [])
    if any(money.currency != state.price.currency for money in moneys):
        return Fault(state.product, "currency-mix", f"Its limits or history are not in {state.price.currency}.")
    if any(change.at.tzinfo is None for change in limits.history):
        return Fault(state.product, "bad-time", "A change in its history names no time zone.")
    if any(later.at < earlier.at for earlier, later in zip(limits.history, limits.history[1:], strict=False)):
        return Fault(state.product, "clock-back", "The changes in its history are not in order.")
    if any(money.minor <= 0 for money in moneys):
        return Fault(state.product, "bad-price", "A price among its limits or in its history is not over 0.")
    return None
