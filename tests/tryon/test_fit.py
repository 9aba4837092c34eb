"""Garments of the sample shop laid over figures of known pose: where they come to lie, and that no cell turns over."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sample import generate
from tests.tryon.mannequins import POSES, garment, mannequin
from tryon import Body, Garment, Mesh
from tryon.fit import fit

TOPS = (
    "crew-neck T-shirt",
    "V-neck T-shirt",
    "long-sleeve T-shirt",
    "crew-neck sweater",
    "flannel shirt",
    "polo shirt",
)


@cache
def worn(style: str) -> Garment:
    product = next(product for product in generate(400) if product.style == style)
    return garment(product.render(320), product.category)  # type: ignore[arg-type]


def signed(points: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.float64]:
    a, b, c = (points[triangles[:, i]].astype(float) for i in range(3))
    return np.asarray((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]))


def flipped(meshes: tuple[Mesh, ...]) -> int:
    """How many triangles are not wound clockwise, y being down, in the garment and in the photo."""
    return sum(int(np.sum(signed(at, m.triangles) <= 0)) for m in meshes for at in (m.source, m.target))


def placed(garment: Garment, meshes: tuple[Mesh, ...], name: str) -> NDArray[np.float64]:
    """Where a key point of the garment lies in the photo: carried by the triangle that is nearest to it."""
    point = np.array(garment.points[name])
    best, found = np.inf, np.zeros(2)
    for mesh in meshes:
        a, b, c = (mesh.source[mesh.triangles[:, i]].astype(float) for i in range(3))
        away = np.linalg.norm((a + b + c) / 3 - point, axis=1)
        i = int(away.argmin())
        if away[i] < best:
            best = away[i]
            x, y = np.linalg.solve(np.stack([b[i] - a[i], c[i] - a[i]], 1), point - a[i])
            p, q, r = (mesh.target[mesh.triangles[i, k]].astype(float) for k in range(3))
            found = p + x * (q - p) + y * (r - p)
    return found


def across(body: Body, name: str) -> float:
    return float(np.linalg.norm(body.points[11, :2] - body.points[12, :2]))


@pytest.mark.parametrize("style", TOPS)
@pytest.mark.parametrize("turn", [-30, 0, 30])
def test_no_triangle_is_turned_over_in_the_usual_poses(style: str, turn: float) -> None:
    for pose in POSES.values():
        assert flipped(fit(worn(style), mannequin(pose, turn=turn, shape=(512, 384)))) == 0


@pytest.mark.parametrize("style", TOPS)
def test_every_pixel_of_the_garment_is_in_a_mesh_of_its_part(style: str) -> None:
    garment = worn(style)
    for mesh in fit(garment, mannequin(POSES["apart"])):
        drawn = np.zeros(garment.parts.shape, np.uint8)
        for triangle in mesh.source[mesh.triangles]:
            cv2.fillConvexPoly(drawn, np.round((triangle - 0.5) * 16).astype(np.int32), 1, shift=4)
        assert (drawn[garment.part(mesh.part)] > 0).mean() > 0.998, mesh.part


@pytest.mark.parametrize("pose", ["down", "apart", "akimbo", "level"])
def test_long_sleeves_end_at_the_wrists(pose: str) -> None:
    garment, body = worn("long-sleeve T-shirt"), mannequin(POSES[pose])
    meshes = fit(garment, body)
    for side, wrist in (("left", 15), ("right", 16)):
        cuff = (placed(garment, meshes, f"cuff_outer_{side}") + placed(garment, meshes, f"cuff_inner_{side}")) / 2
        assert np.linalg.norm(cuff - body.points[wrist, :2]) < 0.25 * across(body, "shoulders")


@pytest.mark.parametrize("pose", ["down", "apart", "akimbo"])
def test_short_sleeves_end_on_the_upper_arms(pose: str) -> None:
    garment, body = worn("crew-neck T-shirt"), mannequin(POSES[pose])
    meshes = fit(garment, body)
    for side, i in (("left", 0), ("right", 1)):
        cuff = (placed(garment, meshes, f"cuff_outer_{side}") + placed(garment, meshes, f"cuff_inner_{side}")) / 2
        shoulder, elbow = body.points[11 + i, :2], body.points[13 + i, :2]
        along = (cuff - shoulder) @ (elbow - shoulder) / ((elbow - shoulder) @ (elbow - shoulder))
        assert 0.35 < along < 1.0


def test_the_neckline_is_at_the_neck_and_the_hem_is_level() -> None:
    garment, body = worn("crew-neck T-shirt"), mannequin(POSES["down"])
    meshes = fit(garment, body)
    unit, middle = across(body, "shoulders"), body.points[[11, 12], :2].mean(0)
    left, right = (placed(garment, meshes, f"neckline_{side}") for side in ("left", "right"))
    assert abs((left + right)[0] / 2 - middle[0]) < 0.02 * unit
    assert 0.1 * unit < middle[1] - left[1] < 0.4 * unit
    assert 0.3 * unit < left[0] - right[0] < 0.75 * unit
    ends = [placed(garment, meshes, f"hem_{side}") for side in ("left", "right")]
    assert abs(ends[0][1] - ends[1][1]) < 0.02 * unit
    assert ends[0][1] > body.points[23, 1]
