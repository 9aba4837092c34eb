"""The page of recommendations in a real browser, against the live service."""

import subprocess
import sys

import pytest

from tests.api.conftest import Shop
from tests.api.test_page import Page, browser

pytestmark = pytest.mark.browser
__all__ = ["browser"]


@pytest.fixture(scope="module")
def trained(shop: Shop) -> None:
    """Recommenders, if no test before has trained any."""
    with shop.client() as client:
        if client.get("/v1/items/SG-00001/complements").json()["version"] is None:
            done = subprocess.run(
                [sys.executable, "-m", "api", "recommend", "train"], env=shop.environment, capture_output=True, text=True, check=False
            )  # fmt: skip
            assert done.returncode == 0, done.stderr


@pytest.fixture
def page(browser, shop: Shop, trained: None) -> Page:
    page = Page(browser, shop).open()
    browser.get(f"{shop.url}/shop")
    page.until(lambda: len(page.all("#for-you .hit")) == 18)
    return page


def ids(page: Page, shelf: str = "#for-you") -> list[str]:
    return [one.get_attribute("data-id") for one in page.all(f"{shelf} .hit")]


def test_every_product_says_why(page: Page) -> None:
    assert all(one.text for one in page.all("#for-you .why"))
    assert not [entry for entry in page.browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_a_click_changes_what_is_seen_at_once(page: Page) -> None:
    before, answer = ids(page), page.one("#home").get_attribute("data-id")
    chosen = page.one("#for-you .hit")
    id = chosen.get_attribute("data-id")
    chosen.find_element("css selector", ".open").click()
    page.until(lambda: page.all("#companions .hit") and page.all("#like-it .hit"))
    page.until(lambda: page.one("#home").get_attribute("data-id") != answer)
    assert ids(page) != before
    assert id not in ids(page, "#companions")
    assert all(one.text.startswith("Goes with") for one in page.all("#companions .why"))
    page.one("#add").click()
    page.until(lambda: page.all("#basket-companions .hit"))
    assert id not in ids(page, "#basket-companions")
    page.one("#basket-items button").click()
    page.until(lambda: not page.one("#basket").is_displayed())


def test_what_is_hidden_does_not_come_back(page: Page) -> None:
    chosen = page.one("#for-you .hit")
    id, answer = chosen.get_attribute("data-id"), page.one("#home").get_attribute("data-id")
    chosen.find_element("css selector", ".hide").click()
    page.until(lambda: page.one("#home").get_attribute("data-id") != answer)
    assert id not in ids(page)
    page.browser.refresh()
    page.until(lambda: page.all("#for-you .hit"))
    assert id not in ids(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Page, scheme: str) -> None:
    page.open(390, 800, scheme)
    page.browser.get(f"{page.shop.url}/shop")
    page.until(lambda: page.all("#for-you .hit"))
    page.one("#for-you .open").click()
    page.until(lambda: page.all("#companions .hit"))
    assert page.browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
