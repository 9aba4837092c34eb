from .contract import Advice, Outcome, Policy, Proposal, list_policies, policy
from .decisions import Asked, Decided, Decision, Decisions, Entry, RolledBack, Stage
from .effects import demand_at, profit_of
from .elasticity import Elasticities, estimate
from .explaining import Explanation, Point, Simulated, explain, simulate
from .exploring import Experiment, cheapest_experiment
from .guardrails import Limits, Quote, Rails
from .money import Money
from .panel import Panel
from .promotions import Budget, Channel, Spent
from .quoting import quote
from .reading import read_states
from .states import Fault, Interval, Rival, State

__all__ = [
    "Advice",
    "Asked",
    "Budget",
    "Channel",
    "Decided",
    "Decision",
    "Decisions",
    "Elasticities",
    "Entry",
    "Experiment",
    "Explanation",
    "Fault",
    "Interval",
    "Limits",
    "Money",
    "Outcome",
    "Panel",
    "Point",
    "Policy",
    "Proposal",
    "Quote",
    "Rails",
    "Rival",
    "RolledBack",
    "Simulated",
    "Spent",
    "Stage",
    "State",
    "cheapest_experiment",
    "demand_at",
    "estimate",
    "explain",
    "list_policies",
    "policy",
    "profit_of",
    "quote",
    "read_states",
    "simulate",
]
