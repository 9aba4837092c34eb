from .audit import AuditEntry, AuditLog
from .backup import Backup, backup, restore
from .database import Base, Database
from .errors import ShopglassError
from .files import digest, refusing_full_disk, replacing
from .jobs import Job, Jobs
from .keys import Key, Keys
from .limits import Allowance, Limits, Taken, open_limits
from .settings import Settings, load_settings
from .shops import add_shop, list_shops
from .tables import Query, read_table
from .telemetry import Stages, configure_logging, observe
from .weights import Status, Weights
from .worker import Function, Running, Worker

__all__ = [
    "Allowance",
    "AuditEntry",
    "AuditLog",
    "Backup",
    "Base",
    "Database",
    "Function",
    "Job",
    "Jobs",
    "Key",
    "Keys",
    "Limits",
    "Query",
    "Running",
    "Settings",
    "ShopglassError",
    "Stages",
    "Status",
    "Taken",
    "Weights",
    "Worker",
    "add_shop",
    "backup",
    "configure_logging",
    "digest",
    "list_shops",
    "load_settings",
    "observe",
    "open_limits",
    "read_table",
    "refusing_full_disk",
    "replacing",
    "restore",
]
