from .contract import Advice, Outcome, Policy, Proposal, list_policies, policy
from .effects import demand_at, profit_of
from .elasticity import Elasticities, estimate
from .exploring import Experiment, cheapest_experiment
from .guardrails import Limits, Quote, Rails
from .money import Money
from .panel import Panel
from .promotions import Budget, Channel, Spent
from .quoting import quote
from .states import Fault, Interval, Rival, State

__all__ = [
    "Advice",
    "Budget",
    "Channel",
    "Elasticities",
    "Experiment",
    "Fault",
    "Interval",
    "Limits",
    "Money",
    "Outcome",
    "Panel",
    "Policy",
    "Proposal",
    "Quote",
    "Rails",
    "Rival",
    "Spent",
    "State",
    "cheapest_experiment",
    "demand_at",
    "estimate",
    "list_policies",
    "policy",
    "profit_of",
    "quote",
]
