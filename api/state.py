"""What handlers find in the application's state."""

from litestar.datastructures import State

from api.service import Service


class AppState(State):
    service: Service
