"""The two sections in which a card opens a sale: the quotation and the order in Point of Sale."""

from dataclasses import dataclass, field

from bench import inserts
from bench.chain import Chain
from bench.figures import Row, Section
from bench.plain import PlainScript, timed
from bench.screen import SellerScreen
from bench.shop import Card, Shop


@dataclass
class _Beside:
    """What is done beside each insert, and how long it took: our save, the script's steps."""

    shop: Shop
    plain: PlainScript
    saved: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    plain_lookup: list[float] = field(default_factory=list)
    plain_opened: list[float] = field(default_factory=list)
    plain_saved: list[float] = field(default_factory=list)
    plain_whole: list[float] = field(default_factory=list)

    def quotation(self, card: Card, to_screen_s: float | None) -> None:
        """Save a quotation with an article; let the script make the same."""
        presented = to_screen_s is not None
        save_s, _ = timed(_save_quotation, self.shop, card, presented)
        self.saved.append(save_s)
        if to_screen_s is not None:
            self.whole.append(to_screen_s + save_s)
        lookup_s, (customer, _) = timed(self.plain.look_up, card)
        create_s, quotation = timed(self.plain.quotation, customer)
        discount_s, _ = timed(self.plain.discount, quotation)
        self.plain_lookup.append(lookup_s)
        self.plain_opened.append(lookup_s + create_s)
        self.plain_saved.append(discount_s)
        self.plain_whole.append(lookup_s + create_s + discount_s)

    def pos_order(self, card: Card, _to_screen_s: float | None) -> None:
        """Let the script make an order of Point of Sale."""
        lookup_s, (customer, _) = timed(self.plain.look_up, card)
        create_s, _ = timed(self.plain.pos_order, customer)
        self.plain_lookup.append(lookup_s)
        self.plain_opened.append(lookup_s + create_s)


def quotations(
    chain: Chain, shop: Shop, screen: SellerScreen, plain: PlainScript, count: int
) -> tuple[Section, list[float]]:
    """Measure the quotation; also return what the virtual reader took."""
    program = shop.program("quotation")
    cards = [shop.customer(f"Messkunde Angebot {letter}", program) for letter in "AB"]
    _Beside(shop, plain).quotation(cards[0], None)  # the first one warms up
    beside = _Beside(shop, plain)
    screen.open_backend()
    done = inserts.measure(chain.reader, screen, cards, count, beside.quotation)
    rows = [
        *done.rows("quotation"),
        Row("card known → ERP answer", done.known_to_answered, beside.plain_lookup),
        Row("card known → quotation on the screen", done.known_to_shown, beside.plain_opened),
        Row("article in, saved with its discount", beside.saved, beside.plain_saved),
        Row("the whole: card known → discounted", beside.whole, beside.plain_whole),
    ]
    return Section("Quotation", rows), done.heard


def point_of_sale(
    chain: Chain, shop: Shop, screen: SellerScreen, plain: PlainScript, count: int
) -> tuple[Section, list[float]]:
    """Measure the order in Point of Sale; also return what the virtual reader took."""
    program = shop.program("pos")
    cards = [shop.customer(f"Messkunde Kasse {letter}", program) for letter in "AB"]
    _Beside(shop, plain).pos_order(cards[0], None)
    beside = _Beside(shop, plain)
    screen.open_point_of_sale()
    done = inserts.measure(chain.reader, screen, cards, count, beside.pos_order)
    rows = [
        *done.rows("POS order"),
        Row("card known → ERP answer", done.known_to_answered, beside.plain_lookup),
        Row("card known → POS order on the screen", done.known_to_shown, beside.plain_opened),
    ]
    return Section("Point of Sale", rows), done.heard


def _save_quotation(shop: Shop, card: Card, presented: bool) -> float:
    """Save as the form does: one call brings the article in and comes back with the total.

    Only a card that was presented for this order may stand on it.
    """
    values = {
        "partner_id": card.customer,
        "customer_card_id": card.id if presented else False,
        "order_line": [(0, 0, {"product_id": shop.battery, "product_uom_qty": 1})],
    }
    answer = shop.seller.call(
        "sale.order",
        "web_save",
        [],
        vals=values,
        specification={"amount_total": {}, "order_line": {"fields": {"price_total": {}}}},
    )
    return answer[0]["amount_total"]
