"""Run inside a network namespace of its own: find a drawn person, and print every address that was sent a packet."""

import numpy as np

from core.settings import load_settings
from sample.people import person
from tests.api.watched import tell_what_leaves
from tryon import People


def use() -> None:
    """Open every landmarker, and let each find something."""
    with People.open(load_settings()) as people:
        body = people.find_body(np.ascontiguousarray(person(7, "arms down", size=(240, 320), quality=1).pixels))
    assert body.face is not None
    assert body.hands


if __name__ == "__main__":
    tell_what_leaves(use)
