"""Colours of a body, painted in its own space at rest. Linear light in [0, 1]; coordinates of a body 1.72 m tall."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample.people.build import RGB, Build
from sample.people.head import EYE_LINE
from sample.people.implicit import Floats

_WAVES = np.array(
    [(31, 17, 23), (-19, 37, 29), (43, -11, 37), (71, 59, -47), (-83, 67, 41), (127, -97, 89)], np.float32
)  # fmt: skip


def linear(rgb: NDArray[np.floating] | tuple[float, ...]) -> Floats:
    """sRGB in [0, 255] → linear light in [0, 1], by the power 2.2."""
    return np.asarray((np.asarray(rgb, np.float32) / 255) ** np.float32(2.2), np.float32)


def mottle(points: Floats, scale: float = 1.0) -> Floats:
    """A slowly varying number about 0, roughly in [-1, 1], for every point (n, 3)."""
    waves = np.sin(points @ (_WAVES.T * np.float32(scale)) + np.arange(6, dtype=np.float32))
    return np.asarray(waves @ np.array([0.3, 0.3, 0.25, 0.2, 0.15, 0.15], np.float32), np.float32)


@dataclass(frozen=True)
class Fitted:
    """Plain clothes that lie on the skin, in metres of a body 1.72 m tall at rest. top, bottom: sRGB; neck: how deep
    the neckline is below the shoulders; sleeve: share of the arm that is covered; hem: height of the top's lower edge;
    leg: height of the bottom's lower edges; waist: of its upper one."""

    top: RGB | None = (236, 236, 234)
    bottom: RGB | None = (70, 72, 80)
    neck: float = 0.14
    sleeve: float = 0.0
    hem: float = 0.98
    leg: float = 0.70
    waist: float = 1.0


def covered(points: Floats, shoulder: float, wear: Fitted) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where on the body the plain top and the plain bottom lie. shoulder: half the distance between its joints."""
    x, y = np.abs(points[:, 0]), points[:, 1]
    along = ((x - shoulder) - (y - 1.395)) * np.float32(np.sqrt(0.5))
    off = np.abs((x - shoulder) + (y - 1.395)) * np.float32(np.sqrt(0.5))
    limb = (along > 0.03) & (off < 0.075)
    scoop = 1.425 - wear.neck * np.clip(1 - (x / 0.105) ** 2, 0, 1)
    arm = (along < 0.53 * wear.sleeve) if wear.sleeve > 0 else (x < shoulder - 0.035) & ~limb
    top = np.where(limb, arm, (y > wear.hem) & (y < scoop) & (arm | (y < 1.3)))
    bottom = (y > wear.leg) & (y <= wear.waist) & ~limb
    nothing = np.zeros(len(points), bool)
    return (top if wear.top else nothing), (bottom & ~top if wear.bottom else nothing)


def skin(points: Floats, build: Build) -> Floats:
    """(n, 3): skin, a little uneven in tone and redness."""
    base = linear(build.skin)
    uneven = mottle(points)
    fine = mottle(points, 5.0)
    tone = 1 + 0.035 * uneven[:, None] + 0.02 * fine[:, None]
    red = 1 + 0.03 * mottle(points[:, [1, 2, 0]], 0.8)[:, None] * np.array([1, -0.6, -0.6], np.float32)
    return np.asarray(base * tone * red, np.float32)


def _ramp(x: NDArray[np.floating], low: float | NDArray[np.floating], high: float | NDArray[np.floating]) -> Floats:
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _mix(colour: Floats, other: NDArray[np.floating], share: NDArray[np.floating]) -> Floats:
    return np.asarray(colour + (other - colour) * np.clip(share, 0, 1)[:, None], np.float32)


def face(points: Floats, normals: Floats, build: Build) -> Floats:
    """(n, 3): skin with cheeks, lips, brows and eyes. normals: at rest."""
    p = points - np.array([0, EYE_LINE, 0], np.float32)
    x, y, z = np.abs(p[:, 0]), p[:, 1], p[:, 2]
    colour = skin(points, build)
    base = linear(build.skin)
    front = _ramp(z, 0.035, 0.05)
    blush = np.exp(-(((x - 0.043) / 0.022) ** 2) - ((y + 0.034) / 0.018) ** 2) + 0.5 * np.exp(
        -((x / 0.012) ** 2) - ((y + 0.038) / 0.012) ** 2
    )
    colour = _mix(colour, base * np.array([1.02, 0.72, 0.70], np.float32), 0.45 * blush * front)
    if build.hourglass < 0.45:
        jaw = _ramp(-y, 0.040, 0.070) * front * (0.4 + 0.6 * _ramp(x, 0.002, 0.03))
        colour = _mix(colour, base * np.array([0.66, 0.68, 0.72], np.float32), 0.30 * jaw * (0.8 + 0.2 * build.face[4]))
    colour = _lips(colour, base, build, x, y, front)
    colour = _mix(
        colour,
        base * np.float32(0.12),
        0.85 * np.exp(-(((x - 0.0070) / 0.0042) ** 2) - ((y + 0.0475) / 0.0022) ** 2) * _ramp(z, 0.07, 0.08),
    )
    brow_at = 0.0205 + 0.0035 * build.face[5] * 0.5 + 0.006 * (1 - ((x - 0.036) / 0.024) ** 2)
    thick = (0.0034 + 0.0012 * (1 - build.hourglass)) * (1 - 0.5 * _ramp(x, 0.030, 0.056))
    strokes = 0.8 + 0.2 * np.sin(900 * x + 500 * y)
    brow = (
        (1 - _ramp(np.abs(y - brow_at), thick * 0.5, thick * 1.5))
        * _ramp(x, 0.010, 0.016)
        * (1 - _ramp(x, 0.048, 0.057))
    )
    grey = sum(build.hair_colour) > 330
    dark = linear(build.hair_colour) * np.float32(0.45 if grey else 0.8) + np.float32(0.002)
    colour = _mix(colour, dark, 0.88 * brow * strokes * front)
    return _eyes(colour, base, build, x, y, front)


def _lips(colour: Floats, base: Floats, build: Build, x: Floats, y: Floats, front: Floats) -> Floats:
    u = np.clip(x / 0.0255, 0, 1)
    middle = -0.0705 - 0.0008 * u
    full = 1 + 0.2 * build.face[2]
    upper = middle + 0.0068 * full * (1 - u**1.6) - 0.0012 * np.exp(-((x / 0.004) ** 2))
    lower = middle - 0.0088 * full * (1 - u**2)
    inside = _ramp(upper - y, -0.0012, 0.0008) * _ramp(y - lower, -0.0012, 0.0008) * (x < 0.0258)
    rosy = base * np.array([0.80, 0.42, 0.42], np.float32) + np.array([0.02, 0.0, 0.002], np.float32)
    made_up = base * np.array([0.75, 0.20, 0.22], np.float32) + np.array([0.06, 0.0, 0.01], np.float32)
    share = max(0.0, build.hourglass - 0.55) * 1.6
    colour = _mix(colour, rosy * (1 - share) + made_up * share, 0.85 * inside * front)
    line = np.exp(-(((y - middle) / 0.0011) ** 2)) * (1 - _ramp(x, 0.022, 0.027))
    colour = _mix(colour, base * np.array([0.22, 0.10, 0.09], np.float32), 0.8 * line * front)
    under = np.exp(-(((y + 0.0835) / 0.003) ** 2) - (x / 0.014) ** 2)
    return _mix(colour, base * np.float32(0.72), 0.35 * under * front)


def _eyes(colour: Floats, base: Floats, build: Build, x: Floats, y: Floats, front: Floats) -> Floats:
    u = (x - 0.0315) / 0.0150
    bow = np.clip(1 - np.abs(u) ** 2.2, 0, 1)
    tilt = 0.0012 * u
    upper, lower = tilt + 0.0066 * bow**0.9, tilt - 0.0046 * bow
    open_ = _ramp(upper - y, -0.0005, 0.0007) * _ramp(y - lower, -0.0005, 0.0007) * (np.abs(u) < 1)
    socket = np.exp(-(((x - 0.0315) / 0.019) ** 2) - ((y - 0.007) / 0.0075) ** 2)
    colour = _mix(colour, base * np.array([0.62, 0.50, 0.48], np.float32), 0.38 * socket * front)
    white = np.array([0.66, 0.63, 0.60], np.float32) * (1 - 0.45 * _ramp(y, 0.0, 0.006))[:, None]
    colour = _mix(colour, white, open_ * front)
    r = np.hypot(x - 0.0315, y - 0.0008)
    ball = 1 - _ramp(r, 0.0053, 0.0062)
    iris = linear(build.eyes) * (0.65 + 0.9 * _ramp(r, 0.002, 0.005))[:, None]
    iris = _mix(np.asarray(iris, np.float32), np.full(3, 0.004), 1 - _ramp(r, 0.0021, 0.0028))
    colour = _mix(colour, iris, ball * open_ * front)
    lash = np.exp(-(((y - upper) / 0.0013) ** 2)) * (np.abs(u) < 1.06)
    colour = _mix(colour, np.full(3, 0.012), 0.9 * lash * front)
    below = np.exp(-(((y - lower) / 0.0010) ** 2)) * (np.abs(u) < 0.98)
    colour = _mix(colour, base * np.float32(0.25), 0.45 * below * front)
    crease = np.exp(-(((y - upper - 0.0045) / 0.0012) ** 2)) * (np.abs(u) < 1.0)
    return _mix(colour, base * np.array([0.45, 0.34, 0.32], np.float32), 0.5 * crease * front)


def hair(points: Floats, build: Build) -> Floats:
    """(n, 3): strands that fall."""
    p = points
    around = np.arctan2(p[:, 0], p[:, 2] + 0.02)
    sway = mottle(p * np.array([1, 0.25, 1], np.float32), 1.2)
    strands = np.sin(around * 34 + 5 * sway) + 0.7 * np.sin(around * 71 + 7 + 9 * sway) + mottle(points, 3.0)
    tone = 1 + (0.13 if build.hair not in ("cropped", "curly") else 0.08) * strands + 0.12 * mottle(points, 1.5)
    return np.asarray((linear(build.hair_colour) + np.float32(0.003)) * np.clip(tone, 0.35, 1.8)[:, None], np.float32)
