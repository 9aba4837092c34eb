"""Jackets and coats by style."""

from sample.shapes.coats import blazer, overcoat
from sample.shapes.hooded import raincoat, zip_hoodie
from sample.shapes.jackets import bomber, denim_jacket, puffer
from sample.style import Style

_COATS = ("camel", "charcoal", "navy", "black", "grey", "beige", "burgundy", "olive", "brown", "cream")


_SPORT = (
    "black",
    "navy",
    "olive",
    "burgundy",
    "charcoal",
    "mustard",
    "teal",
    "red",
    "orange",
    "denim blue",
    "lavender",
    "cream",
    "green",
)


OUTWEAR = (
    Style("bomber jacket", "飞行员夹克", bomber, ("nylon", "satin"), ("plain",), (59, 149), -0.3, 0.2, _SPORT),
    Style(
        "leather jacket",
        "机车夹克",
        bomber,
        ("leather",),
        ("plain",),
        (99, 219),
        -0.4,
        0.3,
        ("black", "brown", "camel", "burgundy", "navy"),
    ),
    Style(
        "suede jacket",
        "绒面夹克",
        bomber,
        ("suede",),
        ("plain",),
        (89, 199),
        -0.3,
        0.4,
        ("brown", "camel", "beige", "navy", "olive"),
    ),
    Style(
        "denim jacket",
        "牛仔夹克",
        denim_jacket,
        ("denim",),
        ("plain",),
        (55, 119),
        0.0,
        0.2,
        ("denim blue", "denim blue", "light blue", "navy", "black", "white"),
    ),
    Style("puffer jacket", "羽绒夹克", puffer, ("nylon",), ("plain",), (79, 189), -1.0, 0.1, _SPORT),
    Style(
        "blazer",
        "西装外套",
        blazer,
        ("wool", "linen", "twill"),
        ("plain", "plain", "pinstriped", "windowpane", "plaid"),
        (79, 199),
        0.0,
        1.0,
        _COATS,
    ),
    Style(
        "overcoat",
        "大衣",
        overcoat,
        ("wool", "cashmere"),
        ("plain", "plain", "windowpane"),
        (109, 259),
        -1.0,
        0.8,
        _COATS,
    ),
    Style("zip hoodie", "拉链连帽衫", zip_hoodie, ("fleece",), ("plain",), (39, 89), -0.3, 0.0),
    Style(
        "raincoat",
        "雨衣",
        raincoat,
        ("nylon",),
        ("plain",),
        (49, 129),
        -0.2,
        0.2,
        ("yellow", "navy", "olive", "red", "teal", "black", "beige"),
    ),
)
