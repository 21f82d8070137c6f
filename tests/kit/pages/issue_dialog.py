"""The dialog in which articles are handed out from a customer's counter."""

from playwright.sync_api import expect

from tests.kit.pages.screen import PATIENCE_S, Screen


class IssueDialog:
    """The issue dialog on a seller's screen."""

    def __init__(self, screen: Screen) -> None:
        self.page = screen.page
        self.dialog = screen.page.locator(".o_customer_card_issue")
        self.counter = self.dialog.locator(".o_customer_card_counter")
        self.quantity = self.dialog.locator("input[type=number]")
        self.refusal = self.dialog.locator(".o_customer_card_refusal")

    def wait_for(self, customer: str) -> None:
        """Wait until it is open for this customer."""
        expect(self.dialog).to_contain_text(customer, timeout=PATIENCE_S * 1000)

    def confirm(self) -> None:
        """Confirm with the keyboard, where the cursor already is."""
        expect(self.quantity).to_be_focused()
        self.page.keyboard.press("Enter")

    def ask(self, quantity: int) -> None:
        """Type the quantity."""
        self.quantity.fill(str(quantity))

    def cancel(self) -> None:
        """Close it without issuing anything."""
        self.dialog.get_by_role("button", name="Abbrechen").click()
        expect(self.dialog).to_have_count(0)

    def repeat(self) -> None:
        """Repeat what got no answer."""
        self.dialog.get_by_role("button", name="Wiederholen").click()
