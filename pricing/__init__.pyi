from .contract import Advice, Outcome, Policy, Proposal, list_policies, policy
from .money import Money
from .states import Fault, Interval, Rival, State

__all__ = [
    "Advice",
    "Fault",
    "Interval",
    "Money",
    "Outcome",
    "Policy",
    "Proposal",
    "Rival",
    "State",
    "list_policies",
    "policy",
]
