"""What the outcome of a price was worth, and the steps that learning policies may take."""

from pricing.contract import Outcome

STEPS = (-0.05, -0.03, -0.01, 0.0, 0.01, 0.03, 0.05)  # change of price, as a share


def reward(outcome: Outcome) -> float:
    """Margin of what was sold and kept, less storage and goodwill lost, by what a normal day turns over at the reference.

    A stock that came to an end lost what demand exceeded it by. With a deadline the cost is sunk: revenue less salvage.
    """
    state = outcome.state
    cost = state.cost.minor if state.deadline is None else state.salvage.minor if state.salvage else 0
    kept = outcome.sold * (1 - state.return_rate) * (outcome.price.minor - cost)
    stored = state.holding * state.cost.minor * state.stock * outcome.days
    empty = outcome.after is not None and outcome.after.stock == 0 and state.deadline is None
    missed = max(state.demand * outcome.days - outcome.sold, 0.0) if empty else 0.0
    normal = state.reference.minor * max(state.demand / max(state.demand_index, 0.05), 0.05)
    return (kept - stored - state.shortage * outcome.price.minor * missed) / normal


def step_of(outcome: Outcome) -> int:
    """Which of ``STEPS`` comes nearest to what was done."""
    change = outcome.price.minor / outcome.state.price.minor - 1
    return min(range(len(STEPS)), key=lambda step: abs(STEPS[step] - change))
