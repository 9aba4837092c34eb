"""Pixels of a garment moved by meshes."""

import numpy as np

from sample import generate
from tests.tryon.mannequins import POSES, garment, mannequin
from tryon import Garment, Mesh
from tryon.fit import fit
from tryon.warp import warp


def plate(size: int = 80) -> tuple[Garment, Mesh]:
    """A square of cloth with a smooth ramp, and a mesh of it that changes nothing."""
    pixels = np.zeros((size, size, 4), np.uint8)
    pixels[..., 0] = np.arange(size)[None] * 2
    pixels[..., 1] = np.arange(size)[:, None] * 2
    pixels[..., 3] = 255
    garment = Garment(pixels=pixels, parts=np.ones((size, size), np.uint8), category="skirt", points={}, confidence={})
    corners = np.array([(0, 0), (size, 0), (size, size), (0, size)], np.float32)
    return garment, Mesh(
        part="body",
        source=corners,
        target=corners,
        triangles=np.array([(0, 1, 2), (0, 2, 3)], np.int32),
        depth=np.zeros(4, np.float32),
    )


def moved(mesh: Mesh, target: np.ndarray) -> Mesh:
    return Mesh(
        part=mesh.part, source=mesh.source, target=target.astype(np.float32), triangles=mesh.triangles, depth=mesh.depth
    )


def test_a_mesh_that_changes_nothing_changes_nothing() -> None:
    garment, mesh = plate()
    (layer,) = warp(garment, (mesh,), (80, 80))
    assert (layer.x, layer.y, layer.pixels.shape) == (0, 0, (80, 80, 4))
    assert np.abs(layer.pixels.astype(int) - garment.pixels)[1:-1, 1:-1].max() <= 1


def test_a_shift_by_whole_pixels_moves_the_layer_and_keeps_its_pixels() -> None:
    garment, mesh = plate()
    (layer,) = warp(garment, (moved(mesh, np.add(mesh.target, (31, 17))),), (200, 200))
    assert (layer.x, layer.y) == (31, 17)
    assert np.abs(layer.pixels.astype(int) - garment.pixels)[1:-1, 1:-1].max() <= 1


def test_what_lies_outside_the_photo_is_cut_off() -> None:
    garment, mesh = plate()
    (layer,) = warp(garment, (moved(mesh, mesh.target - (40, 0)),), (200, 30))
    assert (layer.x, layer.pixels.shape[1]) == (0, 30)
    assert warp(garment, (moved(mesh, mesh.target - (400, 0)),), (200, 200)) == ()


def test_a_fine_pattern_made_small_is_its_mean_and_not_an_alias() -> None:
    garment, mesh = plate()
    garment.pixels[..., :3] = (np.arange(80) % 2 * 200)[None, :, None]
    (layer,) = warp(garment, (moved(mesh, mesh.target / 4),), (40, 40))
    inside = layer.pixels[3:17, 3:17, :3].astype(int)
    assert np.abs(inside - 100).max() <= 6


def test_colour_does_not_bleed_in_from_under_transparent_pixels() -> None:
    garment, mesh = plate()
    garment.pixels[..., :3] = 250
    garment.pixels[:, 40:] = 0
    garment.parts[:, 40:] = 0
    (layer,) = warp(garment, (moved(mesh, mesh.target * 0.73),), (80, 80))
    assert layer.pixels[..., :3][layer.pixels[..., 3] > 8].min() >= 240


def test_no_gap_shows_at_the_armholes() -> None:
    product = next(p for p in generate(60) if p.category == "t-shirt")
    top, body = garment(product.render(512), "t-shirt"), mannequin(POSES["apart"])
    meshes = fit(top, body)
    alpha = np.zeros(body.pixels.shape[:2])
    for layer in warp(top, meshes, alpha.shape):
        h, w = layer.pixels.shape[:2]
        place = alpha[layer.y : layer.y + h, layer.x : layer.x + w]
        place[:] = np.maximum(place, layer.pixels[..., 3])
    # from the chest to the middle of the sleeve nothing shines through
    chest, shoulder, elbow = (body.points[i, :2] for i in (12, 11, 13))
    for height in (0.0, 0.1):
        start, end = (chest + shoulder) / 2, shoulder + 0.35 * (elbow - shoulder)
        for t in np.linspace(0, 1, 100):
            x, y = start + t * (end - start) + (0, height * (shoulder[0] - chest[0]))
            assert alpha[int(y), int(x)] >= 250
