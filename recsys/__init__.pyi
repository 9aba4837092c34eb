from .contract import Recommender, Scored, list_recommenders, recommender
from .events import MOST_EVENTS, Event, Status
from .experiments.assignment import Assigned
from .experiments.experiments import Experiments
from .experiments.report import ExperimentReport
from .identity import Identity
from .interactions import History, Interactions
from .log import EventLog
from .pipeline import Asked, Placement, Reason, Recommended, Skipped, Slate
from .profiles.ledger import Facts
from .profiles.profile import Profile
from .profiles.store import Profiles
from .reports import Ledger, Report, ReportBy, Reports
from .serving import KIND, Recommendations, train, train_function
from .versions import Trained, Versions

__all__ = [
    "KIND",
    "MOST_EVENTS",
    "Asked",
    "Assigned",
    "Event",
    "EventLog",
    "ExperimentReport",
    "Experiments",
    "Facts",
    "History",
    "Identity",
    "Interactions",
    "Ledger",
    "Placement",
    "Profile",
    "Profiles",
    "Reason",
    "Recommendations",
    "Recommended",
    "Recommender",
    "Report",
    "ReportBy",
    "Reports",
    "Scored",
    "Skipped",
    "Slate",
    "Status",
    "Trained",
    "Versions",
    "list_recommenders",
    "recommender",
    "train",
    "train_function",
]
