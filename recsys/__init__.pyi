from .contract import Recommender, Scored, list_recommenders, recommender
from .events import MOST_EVENTS, Event, Status
from .identity import Identity
from .interactions import History, Interactions
from .log import EventLog
from .profiles.ledger import Facts
from .profiles.profile import Profile
from .profiles.store import Profiles

__all__ = [
    "MOST_EVENTS",
    "Event",
    "EventLog",
    "Facts",
    "History",
    "Identity",
    "Interactions",
    "Profile",
    "Profiles",
    "Recommender",
    "Scored",
    "Status",
    "list_recommenders",
    "recommender",
]
