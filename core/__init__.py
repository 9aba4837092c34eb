"""Settings, database, model files, jobs, errors, telemetry. No word of the domain.

The names here are loaded when first used, for the command line must answer ``--help`` at once. Importing this package
switches off the usage reporting of all others, so no room can load one of them before.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from core.errors import ShopglassError
from core.privacy import keep_private

if TYPE_CHECKING:
    from core.database import Base, Database
    from core.jobs import Job, Jobs
    from core.settings import Settings, load_settings
    from core.telemetry import Stages, configure_logging, observe
    from core.weights import Weights
    from core.worker import Running, Worker

__all__ = [
    "Base",
    "Database",
    "Job",
    "Jobs",
    "Running",
    "Settings",
    "ShopglassError",
    "Stages",
    "Weights",
    "Worker",
    "configure_logging",
    "load_settings",
    "observe",
]

keep_private()

_MODULES = {
    "core.database": ("Base", "Database"),
    "core.jobs": ("Job", "Jobs"),
    "core.settings": ("Settings", "load_settings"),
    "core.telemetry": ("Stages", "configure_logging", "observe"),
    "core.weights": ("Weights",),
    "core.worker": ("Running", "Worker"),
}


def __getattr__(name: str) -> object:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
