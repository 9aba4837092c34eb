"""Demand curves and policies → price decisions with reasons.

The door of the room: what is listed in ``__init__.pyi`` is for others, and is loaded when it is first asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
