"""What is read from a garment's photo before any body is known."""

import msgspec
import numpy as np
import pytest

from sample.wardrobe import garment as any_garment
from tests.tryon.mannequins import POSES, garment, mannequin
from tests.tryon.test_fit import flipped, placed, worn
from tryon import PARTS, Garment
from tryon.cut import Cut
from tryon.fit import fit
from tryon.hidden import continued, hidden
from tryon.mesh import areas
from tryon.pattern import Pattern, Tube


def without(given: Garment, *names: str) -> Garment:
    points = {name: point for name, point in given.points.items() if not name.startswith(names)}
    return Garment(
        pixels=given.pixels,
        parts=given.parts,
        category=given.category,
        points=points,
        confidence=dict.fromkeys(points, 1.0),
    )


def turned(given: Garment) -> Garment:
    """The garment a quarter turn to the right."""
    h = given.parts.shape[0]
    return Garment(
        pixels=np.ascontiguousarray(np.rot90(given.pixels, -1)), parts=np.ascontiguousarray(np.rot90(given.parts, -1)),
        category=given.category, points={name: (h - y, x) for name, (x, y) in given.points.items()}, confidence={},
    )  # fmt: skip


@pytest.mark.parametrize("style", ["crew-neck T-shirt", "flannel shirt", "shift dress", "circle skirt", "chinos"])
def test_no_cell_of_a_pattern_is_turned_over(style: str) -> None:
    for part, sheet in Pattern.of(worn(style)).sheets.items():
        outwards = -1 if part.endswith("_right") else 1
        assert (outwards * areas(sheet.source)[sheet.used] > 0).all()


def test_a_garment_photographed_sideways_is_laid_as_if_upright() -> None:
    given, body = worn("crew-neck T-shirt"), mannequin(POSES["apart"])
    upright, sideways = fit(given, body), fit(turned(given), body)
    for name in ("neckline_left", "armpit_right", "hem_left", "hem_right"):
        away = placed(given, upright, name) - placed(turned(given), sideways, name)
        assert np.linalg.norm(away) < 6


def test_cuffs_that_were_not_found_are_guessed_near_the_end_of_the_sleeve() -> None:
    given = worn("long-sleeve T-shirt")
    h = max(given.parts.shape)
    found, guessed = Cut.of(given), Cut.of(without(given, "cuff"))
    for side in ("left", "right"):
        middle = [(c.points[f"cuff_outer_{side}"] + c.points[f"cuff_inner_{side}"]) / 2 for c in (found, guessed)]
        assert np.linalg.norm(middle[0] - middle[1]) < 0.08 * h


def test_a_garment_is_laid_with_the_fewest_points_that_it_may_have() -> None:
    body = mannequin(POSES["apart"])
    assert (
        flipped(fit(without(worn("long-sleeve T-shirt"), "cuff", "waist", "neckline_front", "hem_centre"), body)) == 0
    )
    assert flipped(fit(without(worn("chinos"), "hip", "hem_inner"), body)) == 0


def test_a_sleeve_that_lies_over_the_body_in_the_photo_comes_to_lie_on_the_arm() -> None:
    drawing = any_garment(18)
    coat, body = garment(drawing, drawing.category), mannequin(POSES["apart"])
    assert hidden(coat).sum() > 0.05 * (coat.parts > 0).sum()
    meshes = {mesh.part: mesh for mesh in fit(coat, body)}
    assert flipped(tuple(meshes.values())) == 0
    for side, i in (("left", 0), ("right", 1)):
        middle = meshes[f"sleeve_{side}"].target.mean(0)
        elbow = body.points[13 + i, :2]
        assert np.linalg.norm(middle - elbow) < 0.5 * np.linalg.norm(body.points[11, :2] - body.points[12, :2])


@pytest.mark.parametrize("seed", [36, 46, 48, 50, 54, 56])
def test_cap_sleeves_and_sleeves_folded_away_turn_no_triangle_over(seed: int) -> None:
    drawing = any_garment(seed, size=256)
    for pose in ("down", "raised"):
        assert flipped(fit(garment(drawing, drawing.category), mannequin(POSES[pose]))) == 0


def test_hidden_cloth_continues_stripes() -> None:
    pixels = np.full((40, 60, 4), 255, np.uint8)
    pixels[::4, :, :3] = 20
    covered = np.zeros((40, 60), bool)
    covered[10:30, 25:40] = True
    striped = pixels.copy()
    striped[covered, :3] = 128
    assert np.array_equal(continued(striped, ~covered, covered), pixels)


def test_a_sleeve_that_lies_nowhere_between_its_edges_goes_with_the_trunk() -> None:
    tee = worn("crew-neck T-shirt")
    parts = tee.parts.copy()
    parts[parts == PARTS.index("sleeve_left")] = 0
    parts[-40:-20, 2:10] = PARTS.index("sleeve_left")
    pattern = Pattern.of(msgspec.structs.replace(tee, parts=parts))
    assert all(np.isfinite(sheet.source).all() for sheet in pattern.sheets.values())
    assert not isinstance(pattern.sheets["sleeve_left"], Tube)
