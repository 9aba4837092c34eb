from .contract import Recommender, Scored, list_recommenders, recommender
from .events import MOST_EVENTS, Event, Status
from .identity import Identity
from .interactions import History, Interactions
from .log import EventLog

__all__ = [
    "MOST_EVENTS",
    "Event",
    "EventLog",
    "History",
    "Identity",
    "Interactions",
    "Recommender",
    "Scored",
    "Status",
    "list_recommenders",
    "recommender",
]
