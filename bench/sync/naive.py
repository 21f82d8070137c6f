"""The other ways: what somebody writes with odoorpc's documentation, and a careful one."""

from typing import Any
from urllib.parse import urlsplit

import odoorpc

from connector.erp import ErpSettings

FIELDS = [
    *("move_id", "date", "product_id", "quantity", "product_uom_id", "price_unit", "discount"),
    *("price_subtotal", "price_total", "currency_id", "company_id", "parent_state"),
]


def sign_in(settings: ErpSettings, login: str = "", secret: str = "") -> Any:
    """Return odoorpc's own session."""
    address = urlsplit(settings.url)
    odoo = odoorpc.ODOO(address.hostname, port=address.port, timeout=120)
    odoo.login(settings.database, login or settings.login, secret or settings.secret)
    return odoo


class Script:
    """Copies invoice lines one by one into the native history of a loyalty card."""

    def __init__(self, source: Any, target: Any, card: int, lines: list[int]) -> None:
        self._source, self._target = source, target
        self._card = card
        self._lines = lines

    def naive(self, number: int) -> None:
        """Browse each line, look for it over there, create it."""
        model = self._source.env["account.move.line"]
        for one in self._lines[:number]:
            line = model.browse(one)
            name = f"naive {line.id}"
            amounts = {"issued": line.price_total, "used": line.quantity}
            self._keep(name, amounts)

    def careful(self, number: int) -> None:
        """Read the needed fields of each line, look for it over there, create it."""
        for one in self._lines[number : 2 * number]:
            (line,) = self._source.execute("account.move.line", "read", [one], FIELDS)
            amounts = {"issued": line["price_total"], "used": line["quantity"]}
            self._keep(f"careful {line['id']}", amounts)

    def _keep(self, name: str, amounts: dict[str, float]) -> None:
        histories = self._target.env["loyalty.history"]
        if not histories.search([("description", "=", name)]):
            histories.create({"card_id": self._card, "description": name, **amounts})
