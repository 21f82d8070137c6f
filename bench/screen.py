"""The seller's screen, which notes by itself when it shows a customer."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench.reader import PATIENCE_S
from bench.shop import SELLER, TILL, Shop
from dev import chromium
from tests.kit.pages.point_of_sale import PointOfSale
from tests.kit.pages.screen import Screen

QUOTATION = ".o_form_view .o_form_sheet [name=partner_id] input"
POS_ORDER = ".leftpane .set-partner"
# Looks at every frame. The frame after the one in which the name stands there is drawn later than
# the name, so by then a person can see it.
WATCH = """
([selector, name, patience]) => {
    window.bench = new Promise((resolve) => {
        setTimeout(() => resolve(null), patience);
        const look = () => {
            const found = document.querySelector(selector);
            const text = found && (found.matches("input") ? found.value : found.textContent);
            if (text && text.includes(name)) {
                requestAnimationFrame(() => resolve(Date.now()));
            } else {
                requestAnimationFrame(look);
            }
        };
        look();
    });
}
"""


class SellerScreen:
    """One browser tab, signed in and paired with the till."""

    def __init__(self, screen: Screen, shop: Shop) -> None:
        self._screen = screen
        self._shop = shop
        self._where = QUOTATION

    def open_backend(self) -> None:
        """Open Odoo's backend, where quotations are shown."""
        self._screen.open("/odoo")
        self._where = QUOTATION

    def open_point_of_sale(self) -> None:
        """Open the till's session of Point of Sale."""
        PointOfSale(self._screen).open(self._shop.pos)
        self._where = POS_ORDER

    def expect(self, customer: str) -> None:
        """Look out for this customer from now on."""
        arguments = [self._where, customer, PATIENCE_S * 1000]
        self._screen.page.evaluate(WATCH, arguments)

    def run(self, script: str) -> Any:
        """Run a script in the page and return what it returns."""
        return self._screen.page.evaluate(script)

    def shown(self) -> float | None:
        """Return the moment (wall clock) at which he was seen; None if he was not."""
        moment = self._screen.page.evaluate("() => window.bench")
        return moment and moment / 1000


@contextlib.contextmanager
def seller_screen(shop: Shop) -> Iterator[SellerScreen]:
    """Open Debian's Chromium, sign the seller in, pair the screen."""
    with sync_playwright() as playwright, contextlib.ExitStack() as ends:
        browser = playwright.chromium.launch(
            executable_path=chromium.EXECUTABLE, args=chromium.FLAGS
        )
        ends.callback(browser.close)
        screen = Screen(browser, shop.odoo.url, Path())
        screen.sign_in(SELLER)
        screen.pair_with(TILL)
        yield SellerScreen(screen, shop)
