"""A browser at a till, signed in, as Odoo's German user interface shows it."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

PATIENCE_S = 30  # a loaded machine; what has to be quick is measured, not waited for


def eventually(question: Callable[[], Any], what: str, timeout_s: float = PATIENCE_S) -> Any:
    """Ask until the answer is true and return it.

    :raises AssertionError: when that takes too long, with the last answer
    """
    deadline = time.monotonic() + timeout_s
    while not (answer := question()):
        assert time.monotonic() < deadline, f"{what}: not within {timeout_s:g} s ({answer!r})"
        time.sleep(0.05)
    return answer


class Screen:
    """One browser window with the session of one user."""

    def __init__(self, browser: Browser, url: str, pictures: Path) -> None:
        self.url = url
        self.pictures = pictures
        self.context = browser.new_context(
            locale="de-DE",
            timezone_id="Europe/Berlin",
            base_url=url,
            viewport={"width": 1366, "height": 768},
        )
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.page: Page = self.context.new_page()

    def sign_in(self, login: str, password: str = "demo") -> None:
        """Sign in by the form, as a person does."""
        self.page.goto("/web/login")
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("button[type=submit]").first.click()
        expect(self.page.locator(".o_main_navbar")).to_be_visible(timeout=PATIENCE_S * 1000)

    def open(self, path: str) -> None:
        """Open an address of the backend."""
        self.page.goto(path)
        expect(self.page.locator(".o_main_navbar")).to_be_visible(timeout=PATIENCE_S * 1000)

    def open_till_menu(self) -> None:
        """Open the menu of the card symbol in the bar."""
        bar = self.page.locator(".o_customer_card_till")
        if bar.get_attribute("aria-expanded") != "true":
            bar.click()

    def pair_with(self, till: str) -> None:
        """Pair this screen with a till at the card symbol of the bar."""
        self.open_till_menu()
        self.page.locator(".o-dropdown-item").filter(has_text=till).first.click()
        expect(self.page.locator(".o_customer_card_till")).to_contain_text(till)

    def said(self, text: str | re.Pattern[str]) -> Locator:
        """Wait for a sentence shown to the seller and return it."""
        note = self.page.locator(".o_notification").filter(has_text=text).last
        expect(note).to_be_visible(timeout=PATIENCE_S * 1000)
        return note

    def shown(self) -> list[str]:
        """Return the sentences on the screen now."""
        return self.page.locator(".o_notification .o_notification_content").all_inner_texts()

    def close_notes(self) -> None:
        """Click the sentences away."""
        close = "document.querySelectorAll('.o_notification_close').forEach((note) => note.click())"
        self.page.evaluate(close)
        expect(self.page.locator(".o_notification")).to_have_count(0)

    def picture(self, name: str) -> None:
        """Keep what the seller sees."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.pictures / f"{name}.png")

    def close(self) -> None:
        """Close the window."""
        self.context.close()
