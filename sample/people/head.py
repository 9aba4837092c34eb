"""The shape of a head: skull, jaw, nose, brows, eyes, lips, ears. Metres of a body 1.72 m tall, eyes at y = 1.61."""

import numpy as np

from sample.people.build import Build
from sample.people.implicit import Floats, carve, ellipsoid, limb, union

EYE_LINE = 1.61
EYE = (0.0315, 0.0, 0.0735)  # middle of the left eyeball, from the middle of the eye line


def head_field(points: Floats, build: Build) -> Floats:
    """Signed distance to the head with its ears, without hair."""
    p = points - np.array([0, EYE_LINE, 0], np.float32)
    p[:, 0] = np.abs(p[:, 0])  # a face's halves are alike
    nose, jaw, lips, wide, _, _ = build.face
    male = 1 - build.hourglass
    f = ellipsoid(p, (0, 0.030, -0.014), (0.0765 + 0.002 * wide, 0.082, 0.098))
    f = union(f, ellipsoid(p, (0, -0.030, 0.018), (0.059 + 0.002 * wide, 0.080, 0.064)), 0.04)
    corner = 0.041 + 0.004 * male + 0.003 * jaw
    f = union(
        f, limb(p, (corner, -0.062, 0.004), (0.004, -0.097, 0.057), [(0, 0.018), (1, 0.0165 + 0.002 * male)]), 0.035
    )
    f = union(f, ellipsoid(p, (0.036, -0.026, 0.054), (0.028, 0.026, 0.026)), 0.025)  # cheeks
    f = union(f, ellipsoid(p, (0.026, 0.023, 0.070), (0.026, 0.008, 0.012 + 0.002 * male)), 0.02)  # brows
    f = carve(f, ellipsoid(p, (0.0315, -0.001, 0.098), (0.021, 0.014, 0.018)), 0.018)
    f = union(f, ellipsoid(p, EYE, (0.0165, 0.0125, 0.0115)), 0.006)
    tip = 0.1035 + 0.003 * nose
    f = union(f, limb(p, (0, 0.008, 0.078), (0, -0.036, tip - 0.003), [(0, 0.008), (0.7, 0.0085), (1, 0.0105)]), 0.014)
    f = union(f, ellipsoid(p, (0.0115, -0.042, 0.0895), (0.0075 + 0.001 * nose, 0.0075, 0.0105)), 0.008)
    full = 1 + 0.25 * lips
    f = union(f, ellipsoid(p, (0, -0.069, 0.074), (0.027, 0.020, 0.016)), 0.02)
    f = union(f, ellipsoid(p, (0, -0.0655, 0.086), (0.021, 0.0048 * full, 0.0075)), 0.006)
    f = union(f, ellipsoid(p, (0, -0.0755, 0.084), (0.018, 0.0058 * full, 0.0078)), 0.006)
    f = carve(f, limb(p, (0, -0.0705, 0.0945), (0.024, -0.0715, 0.084), [(0, 0.0016), (1, 0.0016)]), 0.004)
    ear = ellipsoid(p, (0.0775, -0.008, -0.010), (0.0075, 0.031, 0.0185))
    ear = carve(ear, ellipsoid(p, (0.087, -0.004, -0.004), (0.008, 0.018, 0.010)), 0.006)
    return union(f, ear, 0.008)
