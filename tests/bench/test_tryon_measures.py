"""What the benchmark of try-on calls far, overlapping and printed, on a drawn person whose garment's place is known."""

import msgspec
import numpy as np
import pytest

from bench import tryon_controls, tryon_fit
from bench.tryon_people import Dressed, body_of, dressed, products
from tryon.fit import fit

STYLE = "crew-neck T-shirt"


@pytest.fixture(scope="module")
def case() -> Dressed:
    product = products()[STYLE][0]
    return next(
        dressed(5, "arms down", 0.0, ((STYLE, product.render(320), "t-shirt"),), bare=True, size=(288, 384), quality=1)
    )


def test_the_true_picture_has_the_print_and_a_flat_fill_has_none(case: Dressed) -> None:
    source = case.source
    assert tryon_fit.print_correlation(case.picture.pixels, case.garment, source) > 0.8
    filled, _ = tryon_controls.flat(case.picture.pixels, case.garment, case.worn.mask)
    assert abs(tryon_fit.print_correlation(filled, case.garment, source)) < 0.3
    assert tryon_fit.print_correlation(case.picture.pixels, case.garment, np.full_like(source, np.nan)) == 0


def test_a_garment_where_it_truly_is_has_no_error(case: Dressed) -> None:
    meshes = fit(case.garment, body_of(case.picture, bare=True))
    errors = tryon_fit.point_errors(case, meshes)
    assert set(errors) <= case.worn.visible
    name = next(iter(errors))
    there = msgspec.structs.replace(
        case.worn, points={name: tuple(tryon_fit.carried(meshes, case.garment.points[name]).tolist())}
    )
    there = msgspec.structs.replace(there, visible=frozenset({name}))
    assert tryon_fit.point_errors(msgspec.structs.replace(case, worn=there), meshes)[name] < 1e-9
    assert tryon_fit.overlap(case.worn.mask, case.worn.mask) == 1


def test_moved_meshes_are_as_far_off_as_they_were_moved(case: Dressed) -> None:
    meshes = fit(case.garment, body_of(case.picture, bare=True))
    aside = tuple(msgspec.structs.replace(mesh, target=mesh.target + np.float32((60, 0))) for mesh in meshes)
    moved = np.mean(list(tryon_fit.point_errors(case, aside).values()))
    assert moved == pytest.approx(60 / case.height, abs=0.05)
    assert tryon_fit.flipped(aside) == 0
    assert tryon_fit.flipped([msgspec.structs.replace(mesh, target=-mesh.target[:, ::-1]) for mesh in meshes]) > 0


def test_an_affine_paste_bends_nothing(case: Dressed) -> None:
    meshes = fit(case.garment, body_of(case.picture, bare=True))
    photo = case.picture.bare
    for name, made in tryon_controls.WARPS.items():
        picture, shown = made(photo, case.garment, meshes)
        assert 0.3 < shown.sum() / case.worn.mask.sum() < 3, name
        assert np.array_equal(picture[~shown], photo[~shown])
