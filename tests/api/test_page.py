"""The web page in a real browser, against the live service."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import Shop

selenium = pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver import Chrome, ChromeOptions  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.remote.webelement import WebElement  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

pytestmark = pytest.mark.browser

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-GB",
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("needs Chromium and chromedriver")
    options = ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with Chrome(options=options, service=Service(driver)) as chrome:
        yield chrome


class Page:
    """The page as a visitor has it before them."""

    def __init__(self, browser: Chrome, shop: Shop) -> None:
        self.browser = browser
        self.shop = shop

    def open(self, width: int = 1280, height: int = 900, scheme: str = "light") -> "Page":
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        self.browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        self.browser.get(self.shop.url)
        # Answers are counted, for two of them may look the same, down to their milliseconds.
        self.browser.execute_script("""
            window.answered = 0;
            const results = document.querySelector("#results");
            new MutationObserver(() => { if (results.ariaBusy === "false") window.answered += 1; })
              .observe(results, { attributeFilter: ["aria-busy"] });
        """)
        return self

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def until(self, condition) -> None:
        WebDriverWait(self.browser, 60, poll_frequency=0.1).until(lambda _: condition())

    def choose(self, photo: Path | str) -> None:
        self.one("#file").send_keys(str(photo))

    def searched(self, before: int = 0) -> int:
        """Wait until more than ``before`` searches of this page were answered, and none runs; how many were."""
        self.until(lambda: self.answered() > before)
        return self.answered()

    def answered(self) -> int:
        idle = "document.querySelector('#results').ariaBusy === 'false'"
        return self.browser.execute_script(f"return {idle} ? window.answered : 0")

    def ids(self) -> list[str]:
        return self.browser.execute_script(
            "return [...document.querySelectorAll('#hits .hit:not(.ghost)')].map((hit) => hit.dataset.id)"
        )

    def say(self, words: str) -> None:
        box = self.one("#text")
        box.clear()
        box.send_keys(words, Keys.ENTER)


@pytest.fixture
def page(browser: Chrome, shop: Shop) -> Page:
    return Page(browser, shop).open()


@pytest.fixture
def photo(shop: Shop) -> Path:
    return shop.sample / "photos" / "002.jpg"


def test_a_photo_shows_its_regions_and_hits_with_reasons(page: Page, photo: Path) -> None:
    page.choose(photo)
    page.searched()
    assert page.one("#photo").is_displayed()
    assert [chip.text for chip in page.all("#chips .chip")][-1] == "Whole photo"
    first = page.one("#hits .hit")
    assert first.find_element(By.CSS_SELECTOR, ".price-tag").text.startswith("€")
    assert {row.text for row in first.find_elements(By.CSS_SELECTOR, ".signal span")} & {"looks", "meaning", "colour"}
    page.until(lambda: page.browser.execute_script("return document.querySelector('#hits img').naturalWidth > 0"))


def test_a_region_can_be_chosen(page: Page, photo: Path) -> None:
    page.choose(photo)
    before = page.searched()
    other = page.one("#chips .chip[aria-pressed=false]")
    other.click()
    page.searched(before)
    assert page.one("#chips .chip[aria-pressed=true]").text == "Whole photo"


def test_a_box_can_be_drawn_by_pointer(page: Page, photo: Path) -> None:
    page.choose(photo)
    before = page.searched()
    stage = page.one("#stage")
    ActionChains(page.browser).move_to_element_with_offset(stage, -60, -60).click_and_hold().move_by_offset(
        60, 60
    ).move_by_offset(40, 40).release().perform()
    page.searched(before)
    assert page.one(".region.drawn").is_displayed()
    assert not page.all("#chips .chip[aria-pressed=true]")


def test_a_box_can_be_drawn_by_keyboard(page: Page, photo: Path) -> None:
    page.choose(photo)
    before = page.searched()
    page.one("#draw").send_keys(Keys.ENTER)
    box = page.browser.switch_to.active_element
    assert "drawn" in box.get_attribute("class")
    told = box.get_attribute("aria-label")
    box.send_keys(Keys.ARROW_LEFT, Keys.SHIFT, Keys.ARROW_UP, Keys.NULL)
    assert page.browser.switch_to.active_element.get_attribute("aria-label") != told
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    page.searched(before)
    assert page.one("#draw").get_attribute("aria-pressed") == "false"


def test_words_refine_the_photo_and_can_stand_alone(page: Page, photo: Path) -> None:
    page.choose(photo)
    before = page.searched()
    page.say("red")
    refined = page.searched(before)
    assert "by photo and “red”" in page.one("#summary").text
    page.one("#forget-photo").click()
    page.searched(refined)
    assert not page.one("#photo-panel").is_displayed()
    assert page.one(".badge.word").text == "red"


def test_filters_narrow_and_can_be_cleared(page: Page) -> None:
    page.say("shirt")
    before = page.searched()
    page.one("#facets .check").click()
    filtered = page.searched(before)
    assert page.one("#filter-count").text == "1"
    page.one("#in-stock").send_keys(Keys.SPACE)  # a click may miss what moves while new facets come
    page.searched(filtered)
    assert not page.all("#hits .badge.gone")
    page.one("#clear-filters").click()
    page.until(lambda: page.ids() and page.one("#filter-count").text == "")


def test_a_filter_that_nothing_meets_says_so(page: Page) -> None:
    page.say("shirt")
    before = page.searched()
    page.one("#price-from").send_keys("99999", Keys.TAB)
    page.searched(before)
    assert page.one("#empty").is_displayed()


def test_more_hits_come_without_repeats(page: Page) -> None:
    page.say("shirt")
    page.searched()
    first = page.ids()
    page.one("#more").click()
    page.until(lambda: len(page.ids()) > len(first))
    assert len(set(page.ids())) == len(page.ids())
    assert page.ids()[: len(first)] == first


def test_an_item_opens_with_similar_ones_and_closes_by_keyboard(page: Page) -> None:
    page.say("shirt")
    page.searched()
    page.one("#hits .open").send_keys(Keys.ENTER)
    page.until(lambda: page.all("#similar .hit"))
    assert page.one("#item-title").text
    page.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.until(lambda: not page.one("#item").is_displayed())


def test_a_file_that_is_no_picture_is_told_in_words(page: Page, tmp_path: Path) -> None:
    broken = tmp_path / "holiday.jpg"
    broken.write_bytes(b"not a picture at all")
    page.choose(broken)
    page.until(lambda: page.one("#problem").is_displayed())
    assert "The picture cannot be read" in page.one("#problem").text
    assert not page.one("#problem-retry").is_displayed()
    assert page.one("#start").is_displayed()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_overflows_sideways(page: Page, photo: Path, width: int) -> None:
    page.open(width=width)
    page.choose(photo)
    page.searched()
    assert page.browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page: Page, photo: Path, scheme: str) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    page.open(scheme=scheme)
    page.say("shirt")
    page.searched()
    faint = page.browser.execute_script(CONTRAST)
    assert faint == []


def test_everything_can_be_reached_by_tab_with_its_focus_seen(page: Page) -> None:
    seen = """
      const outlined = (e) => !!e && ["outlineStyle", "boxShadow"].some((name) => getComputedStyle(e)[name] !== "none");
      return outlined(arguments[0]) || outlined(arguments[0].closest(".button, .ask"));
    """
    reached = []
    for _ in range(6):
        ActionChains(page.browser).send_keys(Keys.TAB).perform()
        active = page.browser.switch_to.active_element
        reached.append(active.get_attribute("id") or active.get_attribute("class"))
        assert page.browser.execute_script(seen, active), reached[-1]
    assert reached == ["skip", "brand", "text", "go", "file", "camera"]


def test_controls_have_names(page: Page, photo: Path) -> None:
    page.choose(photo)
    page.searched()
    for control in page.all("button, input, a"):
        if control.is_displayed():
            assert control.accessible_name, control.get_attribute("outerHTML")


def test_the_page_asks_nobody_else_and_breaks_no_rule_of_its_own(page: Page, photo: Path) -> None:
    page.browser.get_log("browser")
    page.browser.get_log("performance")
    page.open()
    page.choose(photo)
    page.searched()
    script = "return performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin)"
    origins = set(page.browser.execute_script(script))
    assert {origin for origin in origins if not origin.startswith("blob:")} <= {page.shop.url, "null"}
    assert [entry["message"] for entry in page.browser.get_log("browser")] == []


CONTRAST = """
const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
  .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const [r, g, b, a = 1] = rgb(getComputedStyle(e).backgroundColor);
    if (a > 0.95) return [r, g, b];
  }
  return [255, 255, 255];
};
const faint = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const style = getComputedStyle(element);
  if (!own || !element.checkVisibility() || style.color.startsWith("color")) continue;
  if (getComputedStyle(element).position === "absolute" || element.closest(".bar, dialog, template")) continue;
  const [a, b] = [light(rgb(style.color)), light(ground(element))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) faint.push(`${element.className || element.tagName} "${element.textContent.trim().slice(0, 20)}" ${ratio.toFixed(2)}`);
}
return faint;
"""
