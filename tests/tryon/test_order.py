"""In which order the parts of one garment are drawn."""

import numpy as np

from tryon.layers import Mesh
from tryon.order import back_to_front


def mesh(part: str, depth: float) -> Mesh:
    corners = np.array([[0, 0], [4, 0], [0, 4]], np.float32)
    return Mesh(
        part=part, source=corners, target=corners, triangles=np.array([[0, 1, 2]], np.int32),
        depth=np.full(3, depth, np.float32),
    )  # fmt: skip


def parts(*meshes: Mesh) -> list[str]:
    return [one.part for one in back_to_front(meshes, 100.0)]


def test_an_arm_behind_the_back_is_drawn_before_the_trunk_and_one_beside_it_after() -> None:
    body, left, right = mesh("body", 0), mesh("sleeve_left", 80), mesh("sleeve_right", 30)
    assert parts(mesh("inside", 30), body, left, right) == ["inside", "sleeve_left", "body", "sleeve_right"]


def test_the_nearer_leg_is_drawn_last_if_there_is_one() -> None:
    assert parts(mesh("leg_left", -40), mesh("leg_right", 10)) == ["leg_right", "leg_left"]
    assert parts(mesh("leg_left", 0), mesh("leg_right", 5)) == ["leg_left", "leg_right"]
