"""The buyer's page of forecasts and orders in a real browser, against the live service."""

from pathlib import Path

import httpx
import pytest
from selenium.webdriver.common.keys import Keys

from tests.api.conftest import Shop
from tests.api.test_demand import followed, job, sales
from tests.api.test_page import Page, browser

pytestmark = pytest.mark.browser
__all__ = ["browser", "job", "sales"]


@pytest.fixture
def page(browser, shop: Shop, job: dict) -> Page:
    page = Page(browser, shop).open()
    browser.get(f"{shop.url}/demand")
    page.until(lambda: len(page.all("#list .row")) >= 3)
    return page


def choose(page: Page, name: str) -> None:
    next(one for one in page.all("#list .row") if one.text == name).click()
    page.until(lambda: page.one("#one-heading").text == name and page.all("#chart .band"))


def test_a_forecast_shows_its_history_its_intervals_and_its_parts(page: Page) -> None:
    choose(page, "D-2")
    assert len(page.all("#chart .band")) == 3
    assert len(page.all("#parts tbody tr")) == 12
    assert "ensemble.weighed" in page.one("#made").text
    assert page.one("#total").text.endswith("in 12 months.")
    assert not [entry for entry in page.browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_how_forecasts_held_is_told(page: Page, client: httpx.Client, sales: Path) -> None:
    """The table is sent a second time less its last year, then whole: the forecast of that year is held against it."""
    rows = sales.read_text().splitlines()
    early = [rows[0], *(row.replace("D-1", "H-1") for row in rows[1:37])]
    whole = [rows[0], *(row.replace("D-1", "H-1") for row in rows[1:49])]
    for lines in (early, whole):
        followed(client, client.post("/v1/forecasts/jobs", files={"sales": ("s.csv", "\n".join(lines), "text/csv")}))
    page.browser.refresh()
    page.until(lambda: page.one("#health").is_displayed())
    assert "within the interval of 80%" in page.one("#health").text
    choose(page, "H-1")
    assert page.one("#held").text.startswith("Over 12 periods since:")


def test_a_product_is_found_by_name(page: Page) -> None:
    page.one("#find").send_keys("d-3")
    page.until(lambda: [one.text for one in page.all("#list .row")] == ["D-3"])


def test_a_table_is_forecast_and_stocks_become_orders_that_a_buyer_changes(
    page: Page, sales: Path, tmp_path: Path
) -> None:
    table = tmp_path / "moved.csv"  # prices that move, so that what if can be told
    lines = sales.read_text().splitlines()
    moved = [line.replace("D-1", "M-1") for line in lines[1:49]]
    cheap = {n: line.replace(",9.9,", ",7.9,") for n, line in enumerate(moved) if n % 5 == 0}
    table.write_text("\n".join([lines[0], *(cheap.get(n, line) for n, line in enumerate(moved))]))
    page.one("#sales-file").send_keys(str(table))
    page.one("#sales button").click()
    page.until(lambda: page.one("#status").text.startswith("1 products are forecast"))
    choose(page, "M-1")
    before = page.one("#would").text
    page.one("#price").send_keys(Keys.ARROW_LEFT * 10)
    page.until(lambda: page.one("#would").text != before)
    assert page.one("#price-told").text.endswith("10%")
    assert len(page.all("#chart .line.second")) == 1

    stocks = tmp_path / "stocks.csv"
    stocks.write_text("sku,on_hand,lead_time,review,cost,short\nM-1,5,1,1,4,5\nnone,1,1,1,1,1\n")
    page.one("#stocks-file").send_keys(str(stocks))
    page.one("#stocks button").click()
    page.until(lambda: page.one("#status").text.startswith("1 orders are proposed"))
    amount = page.one("#orders input")
    amount.clear()
    amount.send_keys("17")
    page.one("#orders .approve").click()
    page.until(lambda: page.one("#status").text == "The order of 17 M-1 is approved.")
    page.one('[data-only="approved"]').click()
    page.until(lambda: "17 pieces" in [one.text for one in page.all("#orders .side-note")])


def test_a_table_that_is_none_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "stocks.csv"
    file.write_text("a,b\n1,2\n")
    page.one("#stocks-file").send_keys(str(file))
    page.one("#stocks button").click()
    page.until(lambda: "sku and on_hand" in page.one("#problem-detail").text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Page, scheme: str) -> None:
    page.open(390, 800, scheme)
    page.browser.get(f"{page.shop.url}/demand")
    page.until(lambda: page.all("#list .row"))
    choose(page, "D-1")
    assert page.browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
