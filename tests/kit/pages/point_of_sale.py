"""Point of Sale: the till's screen with its products, the order and the payment."""

from playwright.sync_api import expect

from tests.kit.pages.screen import PATIENCE_S, Screen

PATIENCE_MS = PATIENCE_S * 1000


class PointOfSale:
    """An open session of Point of Sale on a seller's screen."""

    def __init__(self, screen: Screen) -> None:
        self.page = screen.page
        self.order = screen.page.locator(".leftpane")
        self.customer = self.order.locator(".set-partner")
        self.lines = self.order.locator(".orderline")
        self.total = self.order.locator(".order-summary .total")

    def open(self, config: int) -> None:
        """Open the session of a point of sale."""
        self.page.goto(f"/pos/ui/{config}")
        self.page.locator(".open-register-btn").click(timeout=2 * PATIENCE_MS)
        expect(self.page.locator(".product-list")).to_be_visible()

    def add(self, article: str) -> None:
        """Touch an article."""
        self.page.locator("article.product").filter(has_text=article).click()

    def pay(self, method: str) -> None:
        """Pay the whole order and wait for the receipt."""
        self.page.locator(".pay-order-button:visible").click()
        self.page.locator(".paymentmethod").filter(has_text=method).click()
        self.page.get_by_role("button", name="Validieren").click()
        expect(self.page.locator(".receipt-screen")).to_be_visible(timeout=PATIENCE_MS)
