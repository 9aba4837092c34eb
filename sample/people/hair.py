"""Hair as a solid on the skull, by style. Metres of a body 1.72 m tall, from the middle of the eye line."""

import numpy as np

from sample.people.build import Build
from sample.people.implicit import Floats, carve, ellipsoid, limb, union

_LINE = (
    (-0.13, -0.070),
    (-0.06, -0.066),
    (-0.030, -0.030),
    (-0.012, 0.008),
    (0.012, 0.004),
    (0.030, 0.030),
    (0.055, 0.064),
    (0.11, 0.078),
)


def hair_field(points: Floats, build: Build) -> Floats:
    """Signed distance, roughly, to the hair; positive everywhere for a bald head."""
    p = points.copy()
    style = build.hair
    if style == "bald":
        return np.full(len(p), 0.05, np.float32)
    x = p[:, 0].copy()
    p[:, 0] = np.abs(x)
    thick = {
        "cropped": 0.004,
        "short": 0.010,
        "parted": 0.014,
        "curly": 0.030,
        "bob": 0.016,
        "long": 0.014,
        "bun": 0.007,
    }[style]
    top = {"short": 0.012, "parted": 0.012, "curly": 0.018, "bob": 0.006, "long": 0.006}.get(style, 0.0)
    cap = ellipsoid(p, (0, 0.030 + top * 0.4, -0.014), (0.078 + thick * 0.8, 0.083 + thick + top * 0.6, 0.099 + thick))
    cap = union(cap, ellipsoid(p, (0, -0.035, -0.040), (0.064 + thick, 0.055, 0.066 + thick)), 0.03)
    if style == "parted":
        cap = cap + np.float32(0.006) * np.exp(-(((x - 0.03) / 0.008) ** 2)) * (p[:, 1] > 0.06)
    if style == "curly":
        waves = sum(
            np.sin(p @ np.array(k, np.float32) + i)
            for i, k in enumerate(((210, 60, 90), (-80, 230, 120), (100, -140, 210)))
        )
        cap = cap + np.float32(0.0035) * waves
    knots = np.array(_LINE)
    line = np.interp(p[:, 2], knots[:, 0], knots[:, 1]).astype(np.float32)
    line = line - np.float32(0.012) * np.exp(-((p[:, 0] / 0.03) ** 2)) * (p[:, 2] > 0.06) * 0.4
    f = -union(-cap, -(line - p[:, 1]) * np.float32(0.8), 0.008)
    if style in ("bob", "long"):
        low = -0.105 if style == "bob" else -0.27
        curtain = limb(p, (0.074, 0.03, -0.012), (0.083, low * 0.8, 0.004), [(0, 0.020), (0.5, 0.026), (1, 0.019)])
        sheet = ellipsoid(p, (0, low * 0.42, -0.066), (0.090, 0.075 - low * 0.55, 0.046))
        fall = union(curtain, sheet, 0.04)
        if style == "long":
            fall = union(
                fall, limb(p, (0.080, -0.05, -0.02), (0.088, low, 0.052), [(0, 0.022), (0.6, 0.028), (1, 0.012)]), 0.02
            )
        f = union(f, np.maximum(fall, low - p[:, 1]), 0.02)
        f = carve(f, ellipsoid(p, (0, -0.045, 0.085), (0.060, 0.105, 0.075)), 0.012)
    if style == "bun":
        f = union(f, ellipsoid(p, (0, 0.060, -0.118), (0.034, 0.034, 0.030)), 0.012)
    return np.asarray(f, np.float32)
