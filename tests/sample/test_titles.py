"""Titles in both languages."""

import re

from sample import generate
from sample.assortment import CATEGORIES
from sample.colours import COLOURS
from sample.style import MATERIALS, PATTERN_WORDS
from sample.titles import title, title_zh


def test_a_title_names_colours_pattern_material_and_style() -> None:
    style = CATEGORIES["t-shirt"].styles[0]
    assert title(("navy", "white"), "striped", "cotton", style) == "Navy and white striped cotton crew-neck T-shirt"
    assert title_zh(("navy", "white"), "striped", "cotton", style) == "藏青色白色条纹纯棉圆领T恤"


def test_a_material_in_the_styles_name_is_said_once() -> None:
    style = next(style for style in CATEGORIES["outwear"].styles if style.name == "denim jacket")
    assert title(("black",), "plain", "denim", style) == "Black denim jacket"
    assert title_zh(("black",), "plain", "denim", style) == "黑色牛仔夹克"


def test_no_title_repeats_a_word_or_is_left_untranslated() -> None:
    for product in generate(300, 3):
        words = product.title.lower().replace("denim blue", "blue").split()
        assert len(words) == len(set(words)), product.title
        assert not re.search(r"[A-Za-z]{5,}", product.title_zh), product.title_zh


def test_names_are_told_apart() -> None:
    for names in (
        [colour.zh for colour in COLOURS.values()],
        [material.zh for material in MATERIALS.values()],
        [zh for _, zh in PATTERN_WORDS.values()],
        [style.name for category in CATEGORIES.values() for style in category.styles],
        [style.zh for category in CATEGORIES.values() for style in category.styles],
    ):
        assert len(names) == len(set(names))


def test_styles_name_known_materials_patterns_and_colours() -> None:
    for category in CATEGORIES.values():
        for style in category.styles:
            assert set(style.materials) <= set(MATERIALS), style.name
            assert set(style.patterns) <= set(PATTERN_WORDS), style.name
            assert set(style.colours) <= set(COLOURS), style.name
