"""Garments on bodies in random poses: no triangle turns over, and parts stay sewn together."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tryon.mannequins import POSES, mannequin
from tests.tryon.test_fit import flipped, worn
from tryon import Body
from tryon.fit import fit
from tryon.pattern import Pattern

STYLES = (
    "crew-neck T-shirt", "long-sleeve T-shirt", "flannel shirt", "raincoat", "shift dress", "maxi dress", "circle skirt",
    "pencil skirt", "straight-leg jeans", "wide-leg trousers", "chino shorts",
)  # fmt: skip
FIGURE = mannequin(POSES["apart"], shape=(256, 192))


def anybody(rng: np.random.Generator) -> Body:
    """A body in a random pose: any arms, legs and turn, leaning, and landmarks as uncertain as an estimator's."""
    arms = tuple(v for _ in range(2) for v in (rng.uniform(-30, 175), rng.uniform(-150, 150), rng.uniform(-40, 100)))
    pose = {"spread": rng.uniform(-8, 40), "knee": rng.uniform(-20, 60)}
    turn = float(rng.uniform(-60, 60))
    joints = mannequin(
        pose, turn=turn, lean=float(rng.uniform(-35, 35)), arms=arms, shape=(256, 192), person=FIGURE.person
    )
    shake = rng.normal(0, 1.5, (33, 3)).astype(np.float32)
    return with_points(joints, joints.points + shake)


def with_points(body: Body, points: NDArray[np.float32]) -> Body:
    return Body(
        pixels=body.pixels, box=body.box, points=points, visibility=body.visibility, world=body.world,
        person=body.person, turn=body.turn,
    )  # fmt: skip


def check(style: str, bodies: list[Body]) -> None:
    pattern = Pattern.of(worn(style))
    turned = [i for i, body in enumerate(bodies) if flipped(fit(pattern, body))]
    assert turned == []


@pytest.mark.parametrize("style", STYLES)
def test_no_triangle_is_turned_over_in_random_poses(style: str) -> None:
    rng = np.random.default_rng(len(style))
    check(style, [anybody(rng) for _ in range(12)])


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_no_triangle_is_turned_over_in_ten_thousand_random_poses(style: str) -> None:
    rng = np.random.default_rng([len(style), 1])
    check(style, [anybody(rng) for _ in range(-(-10_000 // len(STYLES)))])


def test_no_triangle_is_turned_over_where_landmarks_make_no_body() -> None:
    rng = np.random.default_rng(5)
    bodies = [with_points(FIGURE, rng.uniform(0, 250, (33, 3)).astype(np.float32)) for _ in range(20)]
    check("long-sleeve T-shirt", bodies)
    check("straight-leg jeans", bodies)
    check("long-sleeve T-shirt", [with_points(FIGURE, np.full((33, 3), 100, np.float32))])
