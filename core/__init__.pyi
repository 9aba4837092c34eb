from .database import Base, Database
from .errors import ShopglassError
from .files import digest, refusing_full_disk, replacing
from .jobs import Job, Jobs
from .settings import Settings, load_settings
from .telemetry import Stages, configure_logging, observe
from .weights import Status, Weights
from .worker import Function, Running, Worker

__all__ = [
    "Base",
    "Database",
    "Function",
    "Job",
    "Jobs",
    "Running",
    "Settings",
    "ShopglassError",
    "Stages",
    "Status",
    "Weights",
    "Worker",
    "configure_logging",
    "digest",
    "load_settings",
    "observe",
    "refusing_full_disk",
    "replacing",
]
