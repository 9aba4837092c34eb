"""Settings, database, model files, jobs, errors, telemetry. No word of the domain.

The door of the room: what is listed in ``__init__.pyi`` is for others, and is loaded when it is first asked for, so that
the command line answers ``--help`` at once. ``core.errors`` and ``core.settings`` are open to all as well. Importing this
package switches off the usage reporting of all others, so no room can load one of them before.
"""

import lazy_loader

from core.privacy import keep_private

keep_private()
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
