from .contract import Advice, Outcome, Policy, Proposal, list_policies, policy
from .effects import demand_at, profit_of
from .elasticity import Elasticities, estimate
from .exploring import Experiment, cheapest_experiment
from .money import Money
from .panel import Panel
from .promotions import Budget, Channel, Spent
from .states import Fault, Interval, Rival, State

__all__ = [
    "Advice",
    "Budget",
    "Channel",
    "Elasticities",
    "Experiment",
    "Fault",
    "Interval",
    "Money",
    "Outcome",
    "Panel",
    "Policy",
    "Proposal",
    "Rival",
    "Spent",
    "State",
    "cheapest_experiment",
    "demand_at",
    "estimate",
    "list_policies",
    "policy",
    "profit_of",
]
