"""The families of tops and dresses: each draws one garment of its kind, with the fabric it is made of."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sample.shapes.falls import Fall
from sample.wardrobe import fabrics
from sample.wardrobe.fabrics import Fabric
from sample.wardrobe.tops import Front, Neck, Top
from sample.wardrobe.trunk import Trunk
from sample.wardrobe.tubes import Tube

Rng = np.random.Generator
Maker = Callable[[Rng, str], tuple[Top, Fabric]]


def pick(rng: Rng, *choices: Any) -> Any:
    """One of the choices."""
    return choices[rng.integers(len(choices))]


def trunk(rng: Rng, **changes: Any) -> Trunk:
    """A body between a child's fitted one and a boxy one."""
    chest = rng.uniform(20, 31)
    length = rng.uniform(46, 80)
    fitted = rng.uniform(-1.0, 4.0)
    base = Trunk(
        neck=rng.uniform(7, 10.5), drop=rng.uniform(6, 12), back=rng.uniform(0.8, 3), shoulder=chest - rng.uniform(-2.5, 6),
        slope=rng.uniform(2, 6.5), chest=chest, armpit=rng.uniform(18, 26), waist=chest - fitted, waist_at=length * rng.uniform(0.52, 0.68),
        hem=chest - fitted * 0.5 + rng.normal(0.3, 1.8), length=length, hem_dip=rng.uniform(-0.8, 2.5), cut_in=rng.uniform(0.5, 3.5),
    )  # fmt: skip
    if rng.random() < 0.07 and length > 50:  # batwing: the sleeve grows out of the side far below the arm
        deep = rng.uniform(27, length * 0.6)
        base = replace(base, armpit=deep, waist_at=max(base.waist_at, deep + 4))
    return replace(base, **changes)


def tube(rng: Rng, kind: str, hanging: bool, **changes: Any) -> Tube:
    """A sleeve of a kind of length, at an angle as garments are laid or hung."""
    low, high = {"cap": (6, 11), "short": (13, 25), "elbow": (25, 33), "three-quarter": (36, 46), "long": (50, 64)}[
        kind
    ]
    length = rng.uniform(low, high)
    angle = rng.uniform(66, 88) if hanging else rng.uniform(8, 74) if length < 34 else rng.uniform(20, 82)
    if kind == "cap":
        angle = rng.uniform(20, 60)
    bend = 0.0 if length < 34 else rng.normal(0, 14) if rng.random() < 0.6 else rng.uniform(-8, 45)
    if length > 44 and not hanging and angle < 60 and rng.random() < 0.16:
        bend = rng.uniform(85, 150)  # folded over the front
    width = max(7.5, rng.uniform(13.5, 20) - length * 0.085)
    if (
        "width" not in changes and kind != "cap" and rng.random() < 0.3
    ):  # as of kimonos and of what is cut far too large
        width *= rng.uniform(1.3, 2.2)
    over = angle + max(bend, 0) > 60 and length > 22 and rng.random() < 0.75
    return replace(Tube(length, angle, width, bend, over=over or bend > 75), **changes)


def pair(rng: Rng, kind: str, hanging: bool, **changes: Any) -> tuple[Tube, Tube]:
    """The left and the right sleeve, of one cut, that lie a little, or quite, differently."""
    left = tube(rng, kind, hanging, **changes)
    right = replace(left, angle=left.angle + rng.normal(0, 4), bend=left.bend + rng.normal(0, 4))
    if rng.random() < 0.2:
        other = tube(rng, kind, hanging, **changes)
        right = replace(left, angle=other.angle, bend=other.bend, over=other.over)
    if right.bend > 70 or (right.bend > 20 and left.over):
        right = replace(right, over=True)
    if left.length > 44 and rng.random() < 0.05:
        right = replace(
            right,
            length=left.length * rng.uniform(0.35, 0.6),
            bend=0.0,
            width=left.width * 1.25,
            over=False,
            tucked=True,
        )
    return left, right


def drop(rng: Rng, sleeve: Tube | None) -> Tube | None:
    """The sleeve as it hangs."""
    if sleeve is None:
        return None
    angle, bend = rng.uniform(62, 86), rng.uniform(-6, 10)
    if sleeve.length < 30:
        angle = rng.uniform(38, 72)
    wide = sleeve.shape == "straight" and sleeve.width > 19
    return replace(sleeve, angle=angle, bend=bend, over=sleeve.length > 24 and (rng.random() < 0.6 or wide))


def _kind(rng: Rng, category: str) -> str:
    if category == "longsleeve":
        return str(pick(rng, "long", "long", "long", "three-quarter"))
    return str(pick(rng, "short", "short", "short", "elbow", "cap"))


def printed(rng: Rng, top: Top, share: float) -> Top:
    """With marks whose colours are chosen apart from the cloth's."""
    if rng.random() > share:
        return top
    t = top.trunk
    return replace(top, prints=fabrics.graphic(rng, (128, 128, 128), t.chest, t.drop + 4, t.length))


def tee(rng: Rng, category: str) -> tuple[Top, Fabric]:
    hanging = rng.random() < 0.3
    opening = pick(rng, "crew", "crew", "scoop", "v", "v", "boat", "square")
    deep = {"v": (10, 20), "scoop": (10, 17), "boat": (3, 6), "square": (8, 14)}.get(opening, (6, 10))
    wide = {"boat": (10, 13.5), "scoop": (8.5, 11.5), "square": (8.5, 11)}.get(opening, (7, 9.5))
    t = trunk(rng, opening=opening, drop=rng.uniform(*deep), neck=rng.uniform(*wide), tail=pick(rng, "straight", "straight", "straight", "shirt", "pointed"))  # fmt: skip
    kind = _kind(rng, category)
    cuff = rng.uniform(1.5, 7) if rng.random() < 0.3 else 0.0
    sleeves = pair(rng, kind, hanging, cuff=cuff, turned=kind != "long" and rng.random() < 0.3, raglan=rng.random() < 0.12)  # fmt: skip
    top = Top(t, sleeves=sleeves, neck=pick(rng, "band", "band", "facing"), neck_width=rng.uniform(1, 3), rise=rng.uniform(0.3, 3), trim_neck=rng.random() < 0.25,
              front=pick(rng, "closed", "closed", "closed", "closed", "henley"), strength=rng.uniform(0.4, 1.6))  # fmt: skip
    return printed(rng, top, 0.45), fabrics.COTTON


def sweater(rng: Rng, category: str) -> tuple[Top, Fabric]:
    hanging = rng.random() < 0.25
    neck = pick(rng, "band", "band", "funnel", "funnel", "cowl")
    opening = pick(rng, "crew", "crew", "v", "boat") if neck == "band" else "crew"
    deep = (8, 20) if opening == "v" else (4, 7) if neck == "funnel" else (5, 10)
    t = trunk(rng, opening=opening, drop=rng.uniform(*deep), neck=rng.uniform(6, 8.2) if neck == "funnel" else rng.uniform(7.5, 11))  # fmt: skip
    kind = "long" if category == "longsleeve" else _kind(rng, category)
    sleeves = pair(rng, kind, hanging, cuff=rng.uniform(2.5, 8), shape=pick(rng, "straight", "straight", "straight", "balloon"), raglan=rng.random() < 0.2)  # fmt: skip
    top = Top(t, sleeves=sleeves, neck=neck, neck_width=rng.uniform(2, 4), band=rng.uniform(3, 8), rise=rng.uniform(0.5, 2.5), trim_neck=rng.random() < 0.15, strength=rng.uniform(0.4, 1.5))  # fmt: skip
    return printed(rng, top, 0.2), fabrics.KNIT


def hoodie(rng: Rng, category: str) -> tuple[Top, Fabric]:
    t = trunk(rng, drop=rng.uniform(8, 11), neck=rng.uniform(7.5, 9.5), chest=rng.uniform(23, 32))
    t = replace(t, shoulder=t.chest - rng.uniform(1, 5), waist=t.chest - 0.5, hem=t.chest - rng.uniform(0, 1.5))
    zipped = rng.random() < 0.4 or category == "outwear"
    sleeves = pair(rng, "long", rng.random() < 0.3, cuff=rng.uniform(4, 8))
    top = Top(t, sleeves=sleeves, neck=pick(rng, "hood", "hood", "hood down"), front="zip" if zipped else "closed", band=rng.uniform(4, 8), strength=rng.uniform(0.5, 1.5))  # fmt: skip
    return printed(rng, top, 0.35), fabrics.SWEAT


def polo(rng: Rng, category: str) -> tuple[Top, Fabric]:
    t = trunk(rng, neck=rng.uniform(6.8, 8), drop=rng.uniform(6.5, 9), back=0.6)
    sleeves = pair(rng, _kind(rng, category), rng.random() < 0.3, cuff=(rng.uniform(0, 1) > 0.5 and rng.uniform(1.5, 3)) or 0.0)  # fmt: skip
    return Top(t, sleeves=sleeves, neck="shirt", front="henley", pockets=int(rng.random() < 0.2)), fabrics.COTTON


def tank(rng: Rng, category: str) -> tuple[Top, Fabric]:
    """Tops without sleeves: wide or thin straps, halters, none at all."""
    chest = rng.uniform(19, 27)
    kind = pick(rng, "wide", "wide", "thin", "thin", "halter", "bare", "sleeveless", "one")
    opening = pick(rng, "scoop", "v", "square", "sweetheart", "crew")
    if kind in ("thin", "bare"):
        t = trunk(rng, neck=chest * 0.93, drop=rng.uniform(1, 5), slope=0.2, shoulder=chest * 0.97, chest=chest, armpit=1.6, waist=chest - rng.uniform(0, 3.5),
                  opening=pick(rng, "boat", "sweetheart", "v"), length=rng.uniform(24, 50), cut_in=0.0)  # fmt: skip
        t = replace(t, waist_at=t.length * 0.6, hem=chest + rng.uniform(-2, 6))
        strap = (chest * rng.uniform(0.5, 0.72), rng.uniform(0.6, 3.0)) if kind == "thin" else None
        top = Top(t, neck="none", strap=strap, flounce=rng.uniform(4, 12) if rng.random() < 0.2 else 0.0)
        return printed(rng, top, 0.1), fabrics.FLOWING
    if kind == "one":
        n = rng.uniform(7, 10)
        t = trunk(
            rng,
            neck=n,
            shoulder=n + rng.uniform(1.5, 9),
            slope=rng.uniform(0.8, 3),
            chest=chest,
            cut_in=rng.uniform(0, 2),
        )
        return printed(
            rng, Top(t, neck="none", one=True, flounce=rng.uniform(4, 9) if rng.random() < 0.2 else 0.0), 0.15
        ), fabrics.COTTON
    if kind == "halter":
        t = trunk(rng, neck=rng.uniform(5.5, 7), drop=rng.uniform(6, 14), shoulder=rng.uniform(8, 10), slope=0.8, chest=chest, opening=pick(rng, "v", "crew"), cut_in=-1.0)  # fmt: skip
    else:
        n = rng.uniform(7.5, 11)
        wide = rng.uniform(2.5, 5) if kind == "wide" else rng.uniform(7, 11)
        t = trunk(rng, neck=n, drop=rng.uniform(7, 19), back=rng.uniform(1, 6), shoulder=n + wide, slope=rng.uniform(0.8, 3), chest=chest, opening=opening, cut_in=rng.uniform(0.5, 3))  # fmt: skip
    t = replace(t, waist=chest - rng.uniform(0, 3), hem=chest + rng.uniform(-2, 5))
    return printed(rng, Top(t, neck=pick(rng, "facing", "band"), neck_width=rng.uniform(0.8, 2), trim_neck=rng.random() < 0.15), 0.3), fabrics.COTTON  # fmt: skip


def blouse(rng: Rng, category: str) -> tuple[Top, Fabric]:
    """Puffed sleeves, frills, ties at the waist, flounces."""
    opening = pick(rng, "crew", "scoop", "v", "square", "boat")
    t = trunk(rng, opening=opening, neck=rng.uniform(7, 11.5), drop=rng.uniform(5, 15))
    kind = _kind(rng, category)
    sleeves = pair(rng, kind, rng.random() < 0.4, shape=pick(rng, "puff", "puff", "balloon", "straight") if kind != "cap" else "puff", cuff=pick(rng, 0.0, 1.5, 3.0))  # fmt: skip
    top = Top(t, sleeves=sleeves, neck=pick(rng, "facing", "frill", "wide", "facing"), belt=rng.random() < 0.3, hole=opening == "crew" and rng.random() < 0.4,
              sheer=rng.uniform(0.6, 0.9) if rng.random() < 0.2 else 1.0, flounce=rng.uniform(5, 16) if rng.random() < 0.35 else 0.0, front=pick(rng, "closed", "closed", "buttons"))  # fmt: skip
    return top, fabrics.FLOWING


def off_shoulder(rng: Rng, category: str) -> tuple[Top, Fabric]:
    """A straight top edge below the shoulders."""
    chest = rng.uniform(21, 28)
    t = trunk(rng, neck=chest * 0.78, drop=rng.uniform(0.8, 4), back=0.5, shoulder=chest * rng.uniform(0.86, 0.93), slope=1.2, chest=chest,
              armpit=rng.uniform(8, 13), length=rng.uniform(34, 60), opening="boat", cut_in=0.5)  # fmt: skip
    t = replace(t, waist=chest - rng.uniform(0, 3), waist_at=t.length * 0.6, hem=chest + rng.uniform(-1, 4))
    kind = "long" if category == "longsleeve" else pick(rng, "short", "short", "elbow")
    sleeves = pair(rng, kind, rng.random() < 0.3, shape=pick(rng, "puff", "balloon", "straight"))
    return Top(t, sleeves=sleeves, neck=pick(rng, "frill", "frill", "band"), flounce=pick(rng, 0.0, 0.0, 8.0), belt=rng.random() < 0.15), fabrics.FLOWING  # fmt: skip


def wrapped(rng: Rng, category: str) -> tuple[Top, Fabric]:
    """Fronts laid over each other or tied in a knot, with wide sleeves: the family held out of training."""
    chest = rng.uniform(21, 27)
    front: Front = pick(rng, "wrap", "wrap", "knot") if category != "dress" else "wrap"
    n = rng.uniform(7.5, 10)
    t = trunk(rng, opening="v", neck=n, drop=rng.uniform(13, 22), chest=chest, waist=chest - rng.uniform(2, 4.5), hem_dip=rng.uniform(0, 5))  # fmt: skip
    kind = {"t-shirt": "elbow", "longsleeve": "long"}.get(category, pick(rng, "short", "three-quarter", "long"))
    sleeves = pair(rng, kind, rng.random() < 0.4, shape="bell", width=rng.uniform(19, 32))
    return Top(t, sleeves=sleeves, neck=pick(rng, "none", "none", "shirt") if front == "knot" else "none", front=front, belt=front == "wrap"), fabrics.FLOWING  # fmt: skip


def buttoned(rng: Rng, category: str) -> tuple[Top, Fabric]:
    t = trunk(rng, neck=rng.uniform(6.6, 8), drop=rng.uniform(6.5, 8.5), back=0.6, tail=pick(rng, "shirt", "shirt", "straight"), hem_dip=rng.uniform(1, 6), length=rng.uniform(58, 82))  # fmt: skip
    opened = rng.random() < 0.15
    if rng.random() < 0.25:
        t = replace(t, opening="v", drop=rng.uniform(10, 18))
    kind = pick(rng, "long", "long", "long", "short", "short", "three-quarter", "elbow")
    turned = kind in ("three-quarter", "elbow") or rng.random() < 0.1
    sleeves = pair(rng, kind, rng.random() < 0.4, cuff=rng.uniform(4, 7) if kind != "short" or turned else 0.0, ribbed=False, turned=turned)  # fmt: skip
    top = Top(t, sleeves=sleeves, neck="none" if opened else "shirt", front="open" if opened else "buttons", pockets=int(rng.integers(3)), gap=rng.uniform(1, 6), strength=rng.uniform(0.6, 1.6))  # fmt: skip
    return top, fabrics.SHIRTING


def sleeveless_shirt(rng: Rng, category: str) -> tuple[Top, Fabric]:
    top, fabric = buttoned(rng, category)
    return replace(top, sleeves=(None, None), belt=rng.random() < 0.2), fabric


def cardigan(rng: Rng, category: str) -> tuple[Top, Fabric]:
    t = trunk(rng, opening=pick(rng, "v", "crew"), drop=rng.uniform(8, 28), length=rng.uniform(50, 95))
    opened = rng.random() < 0.5
    sleeves = pair(rng, "long", rng.random() < 0.35, cuff=rng.uniform(3, 7))
    top = Top(t, sleeves=sleeves, neck="none" if opened else "band", front="open" if opened else "buttons", gap=rng.uniform(1, 9), neck_width=rng.uniform(2, 4),
              band=0.0 if opened else rng.uniform(0, 6), pockets=0, belt=rng.random() < 0.12)  # fmt: skip
    return top, fabrics.KNIT


def _outer(rng: Rng, **changes: Any) -> Trunk:
    chest = rng.uniform(25, 33)
    base = trunk(rng, chest=chest, shoulder=chest - rng.uniform(2, 5.5), waist=chest - rng.uniform(-0.5, 3), hem=chest + rng.uniform(-2, 4), armpit=rng.uniform(22, 27), neck=rng.uniform(7.5, 9.5))  # fmt: skip
    return replace(base, **changes)


def jacket(rng: Rng, category: str) -> tuple[Top, Fabric]:
    t = _outer(rng, length=rng.uniform(52, 74), drop=rng.uniform(7, 10))
    kind = pick(rng, "zip", "zip", "open", "buttons")
    neck: Neck = "none" if kind == "open" else pick(rng, "shirt", "funnel", "band", "hood", "hood down")
    sleeves = pair(rng, "long", rng.random() < 0.5, cuff=rng.uniform(4, 7) if rng.random() < 0.6 else 0.0, ribbed=rng.random() < 0.5)  # fmt: skip
    band = rng.uniform(4, 7) if rng.random() < 0.5 and kind != "open" else 0.0
    return printed(rng, Top(t, sleeves=sleeves, neck=neck, front=kind, band=band, gap=rng.uniform(2, 9), pockets=pick(rng, 0, 0, 1, 2)), 0.15), fabrics.COATING  # fmt: skip


def coat(rng: Rng, category: str) -> tuple[Top, Fabric]:
    t = _outer(rng, length=rng.uniform(75, 118), drop=rng.uniform(7, 10))
    t = replace(t, waist_at=t.length * 0.45, hem=t.chest + rng.uniform(-1, 7))
    kind = pick(rng, "zip", "open", "double", "buttons")
    neck: Neck = (
        "lapels"
        if kind == "double"
        else "none"
        if kind == "open"
        else pick(rng, "shirt", "funnel", "hood", "hood down")
    )
    if neck == "lapels":
        t = replace(t, opening="v", drop=rng.uniform(22, 34))
    sleeves = pair(rng, "long", rng.random() < 0.5)
    return Top(
        t, sleeves=sleeves, neck=neck, front=kind, belt=rng.random() < 0.25, gap=rng.uniform(2, 9)
    ), fabrics.COATING


def blazer(rng: Rng, category: str) -> tuple[Top, Fabric]:
    t = _outer(rng, length=rng.uniform(58, 82), opening="v", drop=rng.uniform(26, 40), neck=rng.uniform(7.2, 8.6), hem_dip=rng.uniform(0.5, 4))  # fmt: skip
    sleeves = pair(rng, pick(rng, "long", "long", "three-quarter"), rng.random() < 0.6)
    return Top(
        t, sleeves=sleeves, neck="lapels", front=pick(rng, "double", "buttons", "buttons"), pockets=0
    ), fabrics.TAILORING


def puffer(rng: Rng, category: str) -> tuple[Top, Fabric]:
    t = _outer(rng, length=rng.uniform(54, 100), drop=rng.uniform(6, 9))
    t = replace(t, waist=t.chest, hem=t.chest + rng.uniform(-1, 2))
    sleeves = pair(rng, "long", rng.random() < 0.4, cuff=pick(rng, 0.0, 4.0), width=rng.uniform(13, 17)) if rng.random() < 0.75 else (None, None)  # fmt: skip
    return Top(t, sleeves=sleeves, neck=pick(rng, "funnel", "hood", "hood down"), front=pick(rng, "zip", "zip", "zip", "open"), quilt=rng.uniform(5, 12), gap=4.0), fabrics.PADDED  # fmt: skip


def vest(rng: Rng, category: str) -> tuple[Top, Fabric]:
    t = _outer(rng, length=rng.uniform(50, 90), opening="v", drop=rng.uniform(10, 30), cut_in=rng.uniform(2, 4))
    t = replace(t, shoulder=t.chest - rng.uniform(5, 9))
    kind = pick(rng, "zip", "buttons", "open")
    return Top(t, neck="none" if kind != "zip" else "funnel", front=kind, pockets=0, gap=rng.uniform(1, 6)), fabrics.COATING  # fmt: skip


def dress_of(maker: Maker) -> Maker:
    """A dress whose upper part is of the maker's kind."""

    def make(rng: Rng, category: str) -> tuple[Top, Fabric]:
        top, fabric = maker(rng, pick(rng, "t-shirt", "t-shirt", "longsleeve"))
        if top.front == "open":
            top = replace(top, neck="shirt")
        t = top.trunk
        at = t.armpit + rng.uniform(6, 24)
        waist = t.chest - rng.uniform(1.0, 6.0)
        long = rng.uniform(34, 118)
        flare = rng.uniform(0, 0.32) * long + rng.uniform(0, 5)
        snug = rng.random() < 0.25
        hem = waist + (rng.uniform(0, 5) if snug else max(2.0, flare))
        hip = waist + rng.uniform(2, 5) if snug else waist + (hem - waist) * rng.uniform(0.45, 0.7)
        fall = Fall(waist, hip, hem, at, long, 0 if snug else int(rng.integers(0, 9)), rng.uniform(0.3, 0.9))
        t = replace(t, waist=waist, waist_at=at - 2.0, hem=waist, length=at + 0.6, hem_dip=1.0, tail="straight")
        top = replace(top, trunk=t, fall=fall, band=0.0, flounce=0.0, belt=top.belt or rng.random() < 0.3, tiers=int(rng.integers(2, 5)) if rng.random() < 0.2 and not snug else 0,
                      front="buttons" if top.front in ("henley", "open") else top.front, prints=top.prints if rng.random() < 0.3 else ())  # fmt: skip
        return top, fabric if rng.random() < 0.5 else fabrics.FLOWING

    return make


TOPS: dict[str, dict[str, Maker]] = {
    "t-shirt": {"tee": tee, "polo": polo, "tank": tank, "blouse": blouse, "off-shoulder": off_shoulder, "sweater": sweater, "wrap": wrapped},
    "longsleeve": {"tee": tee, "sweater": sweater, "hoodie": hoodie, "blouse": blouse, "off-shoulder": off_shoulder, "polo": polo, "cardigan": cardigan, "wrap": wrapped},
    "shirt": {"buttoned": buttoned, "sleeveless": sleeveless_shirt, "wrap": wrapped},
    "outwear": {"jacket": jacket, "coat": coat, "blazer": blazer, "puffer": puffer, "vest": vest, "hoodie": hoodie, "cardigan": cardigan},
    "dress": {"tee": dress_of(tee), "tank": dress_of(tank), "blouse": dress_of(blouse), "off-shoulder": dress_of(off_shoulder), "buttoned": dress_of(buttoned),
              "sweater": dress_of(sweater), "wrap": dress_of(wrapped)},
}  # fmt: skip
