"""Trousers and shorts by style."""

from dataclasses import replace

import numpy as np

from sample.pieces import Sketch
from sample.shapes.legwear import Finish, Legs, assemble
from sample.style import Look, Style


def _long(rng: np.random.Generator, knee: float, hem: float, **changes: float) -> Legs:
    legs = Legs(
        waist=rng.uniform(20.5, 21.8), hip=rng.uniform(24.8, 26.2), knee=knee + rng.uniform(-0.6, 0.6),
        hem=hem + rng.uniform(-0.6, 0.6), length=rng.uniform(101, 107), apart=rng.uniform(5, 11),
    )  # fmt: skip
    return replace(legs, **changes)


def _short(rng: np.random.Generator, length: float, hem: float) -> Legs:
    return Legs(
        waist=rng.uniform(20.5, 21.8), hip=rng.uniform(25.2, 26.4), hip_at=18.0, knee=hem, hem=hem,
        length=length + rng.uniform(-2, 2), apart=rng.uniform(3.5, 6),
    )  # fmt: skip


def slim_jeans(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 18.5, 15.5), Finish(jean=True, turn_up=float(rng.choice([0, 0, 4.5]))))


def straight_jeans(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 21.5, 20.5), Finish(jean=True))


def chinos(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 20, 17), Finish())


def dress_trousers(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 20.5, 18.5), Finish(crease=True))


def joggers(look: Look, rng: np.random.Generator) -> Sketch:
    finish = Finish(fly=False, elastic=True, cuff=6, stripe=bool(rng.random() < 0.35))
    return assemble(look, rng, _long(rng, 20, 13.5, length=97), finish)


def wide_trousers(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 25, 29, apart=rng.uniform(3, 5)), Finish())


def cargo_trousers(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 22, 19), Finish(cargo=True))


def chino_shorts(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _short(rng, 50, 26), Finish())


def denim_shorts(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _short(rng, 42, 26), Finish(jean=True, turn_up=float(rng.choice([0, 3.5]))))


def sport_shorts(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _short(rng, 45, 28), Finish(fly=False, elastic=True, stripe=bool(rng.random() < 0.7)))


def cargo_shorts(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _short(rng, 56, 27), Finish(cargo=True))


_EARTH = ("beige", "camel", "olive", "navy", "charcoal", "brown", "cream", "black", "grey", "light blue", "burgundy")
_DENIM = ("denim blue", "denim blue", "navy", "light blue", "black", "grey", "charcoal", "white")
_SUITING = ("plain", "plain", "pinstriped", "windowpane")

PANTS = (
    Style("slim jeans", "修身牛仔裤", slim_jeans, ("denim",), ("plain",), (39, 99), -0.1, 0.2, _DENIM),
    Style("straight-leg jeans", "直筒牛仔裤", straight_jeans, ("denim",), ("plain",), (39, 99), -0.1, 0.2, _DENIM),
    Style("chinos", "休闲裤", chinos, ("twill", "corduroy"), ("plain",), (35, 79), 0.0, 0.5, _EARTH),
    Style("tailored trousers", "西裤", dress_trousers, ("wool", "twill"), _SUITING, (49, 129), -0.2, 0.9, _EARTH),
    Style("joggers", "束脚运动裤", joggers, ("fleece",), ("plain",), (25, 59), -0.3, 0.0),
    Style(
        "wide-leg trousers",
        "阔腿裤",
        wide_trousers,
        ("linen", "viscose"),
        ("plain", "plain", "pinstriped"),
        (35, 89),
        0.4,
        0.5,
    ),
    Style(
        "cargo trousers",
        "工装裤",
        cargo_trousers,
        ("twill", "canvas"),
        ("plain", "plain", "camouflage"),
        (39, 85),
        0.0,
        0.1,
        _EARTH,
    ),
)

SHORTS = (
    Style(
        "chino shorts",
        "休闲短裤",
        chino_shorts,
        ("twill", "linen"),
        ("plain", "plain", "gingham", "dotted"),
        (22, 49),
        0.9,
        0.3,
    ),
    Style("denim shorts", "牛仔短裤", denim_shorts, ("denim",), ("plain",), (25, 55), 0.9, 0.1, _DENIM),
    Style("sports shorts", "运动短裤", sport_shorts, ("nylon", "mesh"), ("plain",), (15, 39), 0.8, 0.0),
    Style("cargo shorts", "工装短裤", cargo_shorts, ("twill",), ("plain", "camouflage"), (25, 55), 0.8, 0.1, _EARTH),
)
