"""The web application, for any ASGI server: ``uvicorn --factory api.app:create_app``."""

from litestar import Litestar

from api.plugin import ShopglassPlugin
from core import Settings, load_settings


def create_app(settings: Settings | None = None) -> Litestar:
    """The whole service; without settings, those of environment and file."""
    return Litestar(plugins=[ShopglassPlugin(settings or load_settings())])
