"""The quotation that a card opens."""

from playwright.sync_api import expect

from tests.kit.pages.screen import PATIENCE_S, Screen

PATIENCE_MS = PATIENCE_S * 1000


class Quotation:
    """The form of a quotation on a seller's screen."""

    def __init__(self, screen: Screen) -> None:
        self.page = screen.page
        self.form = screen.page.locator(".o_form_view .o_form_sheet")
        self.add_article = self.form.get_by_role("button", name="Produkt hinzufügen")
        self.total = self.form.locator("[name=tax_totals] [name=amount_total]")
        self.lines = self.form.locator("[name=order_line] .o_data_row")

    def wait_for(self, customer: str) -> None:
        """Wait until it is open for this customer."""
        field = self.form.locator("[name=partner_id] input")
        expect(field).to_have_value(customer, timeout=PATIENCE_MS)
        expect(self.add_article).to_be_visible()

    def pick(self, article: str) -> None:
        """Pick an article as a seller with a keyboard does: Enter, its name, the first answer."""
        expect(self.add_article).to_be_focused()
        self.page.keyboard.press("Enter")
        box = self.lines.locator("[name=product_template_id] input, [name=product_id] input")
        expect(box.first).to_be_focused()
        self.page.keyboard.type(article)
        found = self.page.locator(".o-autocomplete--dropdown-item").filter(has_text=article)
        found.first.click()

    def expect_total(self, amount: str) -> None:
        """Wait for the total, without touching anything."""
        expect(self.total).to_have_text(amount, timeout=PATIENCE_MS)
