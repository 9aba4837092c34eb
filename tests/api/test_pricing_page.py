"""The merchant's page of prices in a real browser, against the live service."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.api.conftest import Shop
from tests.api.test_page import Page, browser
from tests.api.test_pricing import euros, state

pytestmark = pytest.mark.browser
__all__ = ["browser"]


@pytest.fixture
def page(browser, shop: Shop) -> Page:
    with shop.client() as client:
        states = [state(f"Page {n}", price=euros(2000 + 100 * n)) for n in range(3)]
        rails = {"step": 0.2, "day": 0.2, "week": 0.9}
        for one in client.get("/v1/pricing/prices").json():
            rails.setdefault("off", []).append(one["product"])
        for one in client.get("/v1/pricing/decisions?only=approved").json():
            client.post(f"/v1/pricing/decisions/{one['id']}/reject", json={})
        told = client.post(
            "/v1/pricing/decisions", json={"states": states, "rails": {**rails, "off": [], "cool_down": 0}}
        )
        assert len(told.json()["decisions"]) == 3, told.text
    page = Page(browser, shop).open()
    browser.get(f"{shop.url}/pricing")
    page.until(lambda: len(page.all("#list .row")) >= 3)
    return page


def choose(page: Page, name: str) -> None:
    next(one for one in page.all("#list .row") if one.text.startswith(name)).click()
    page.until(lambda: page.one("#one-heading").text == name and page.all("#chart svg"))


def test_a_price_is_looked_at_approved_applied_and_taken_back(page: Page) -> None:
    choose(page, "Page 1")
    assert "elasticity −3.0 ± 0.5" in page.one("#sentence").text
    assert page.one("#chart .best").get_attribute("cx")
    page.one("#approve").click()
    page.until(lambda: page.one("#state").text == "approved")
    page.one("#apply").click()
    page.until(lambda: page.one("#state").text == "applied")
    assert not page.one("#reject").is_displayed()
    page.one("#rollback").click()
    page.until(lambda: page.one("#state").text == "rolled back")
    assert page.one("#history li").text.count("rolled back")
    assert not [entry for entry in page.browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_the_slider_tells_what_another_price_would_do(page: Page) -> None:
    choose(page, "Page 2")
    before = page.one("#would").text
    page.one("#slide").send_keys(Keys.HOME)
    page.until(lambda: page.one("#would").text != before)
    assert "would not let it pass" in page.one("#would").text
    assert page.one("#asked").text


def test_all_prices_are_frozen_and_move_again(page: Page) -> None:
    for acted in ("kill-switch", None):
        page.one("#freeze").click()
        page.until(lambda: page.one("#status").text)
        with page.shop.client() as client:
            quote = client.post("/v1/pricing/quotes", json={"states": [state("Page 9")]}).json()["quotes"][0]
        assert (quote["acted"] == ["kill-switch"]) is (acted is not None)
        page.browser.refresh()
        page.until(lambda: page.all("#list .row"))


def test_a_refusal_is_told_in_words(page: Page) -> None:
    choose(page, "Page 0")
    with page.shop.client() as client:
        (open_one,) = client.get("/v1/pricing/decisions", params={"product": "Page 0", "only": "proposed"}).json()
        client.post(f"/v1/pricing/decisions/{open_one['id']}/reject", json={})
    page.one("#approve").click()
    page.until(lambda: page.one("#problem").is_displayed())
    assert "rejected" in page.one("#problem-detail").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Page, scheme: str) -> None:
    page.open(390, 800, scheme)
    page.browser.get(f"{page.shop.url}/pricing")
    page.until(lambda: page.all("#list .row"))
    choose(page, "Page 1")
    assert page.browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
