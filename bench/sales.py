"""The two sections in which a card opens a sale: the quotation and the order in Point of Sale."""

from bench import inserts
from bench.chain import Chain
from bench.figures import Row, Section
from bench.plain import PlainScript, timed
from bench.screen import SellerScreen
from bench.shop import Card, Shop


def quotations(
    chain: Chain, shop: Shop, screen: SellerScreen, plain: PlainScript, count: int
) -> tuple[Section, list[float]]:
    """Measure the quotation; also return what the virtual reader took."""
    program = shop.program("quotation")
    cards = [shop.customer(f"Messkunde Angebot {letter}", program) for letter in "AB"]
    saved, whole = [], []
    plain_lookup, plain_quotation, plain_discount, plain_whole = [], [], [], []

    def beside(card: Card, to_screen: float | None) -> None:
        save_s, _ = timed(_save_quotation, shop, card)
        saved.append(save_s)
        if to_screen is not None:
            whole.append(to_screen + save_s)
        lookup_s, (customer, _) = timed(plain.look_up, card)
        quotation_s, quotation = timed(plain.quotation, customer)
        discount_s, _ = timed(plain.discount, quotation)
        plain_lookup.append(lookup_s)
        plain_quotation.append(lookup_s + quotation_s)
        plain_discount.append(discount_s)
        plain_whole.append(lookup_s + quotation_s + discount_s)

    _warm_up(plain, cards[0])
    _save_quotation(shop, cards[0])
    screen.open_backend()
    done = inserts.measure(chain.reader, screen, cards, count, beside)
    rows = [
        *done.rows("quotation"),
        Row("card known → ERP answer", done.known_to_answered, plain_lookup),
        Row("card known → quotation on the screen", done.known_to_shown, plain_quotation),
        Row("article in, saved with its discount", saved, plain_discount),
        Row("the whole: card known → discounted", whole, plain_whole),
    ]
    return Section("Quotation", rows), done.heard


def point_of_sale(
    chain: Chain, shop: Shop, screen: SellerScreen, plain: PlainScript, count: int
) -> tuple[Section, list[float]]:
    """Measure the order in Point of Sale; also return what the virtual reader took."""
    program = shop.program("pos")
    cards = [shop.customer(f"Messkunde Kasse {letter}", program) for letter in "AB"]
    plain_lookup, plain_order = [], []

    def beside(card: Card, _to_screen: float | None) -> None:
        lookup_s, (customer, _) = timed(plain.look_up, card)
        plain_lookup.append(lookup_s)
        plain_order.append(lookup_s + timed(plain.pos_order, customer)[0])

    plain.look_up(cards[0])
    plain.pos_order(cards[0].customer)
    screen.open_point_of_sale()
    done = inserts.measure(chain.reader, screen, cards, count, beside)
    rows = [
        *done.rows("POS order"),
        Row("card known → ERP answer", done.known_to_answered, plain_lookup),
        Row("card known → POS order on the screen", done.known_to_shown, plain_order),
    ]
    return Section("Point of Sale", rows), done.heard


def _warm_up(plain: PlainScript, card: Card) -> None:
    plain.look_up(card)
    plain.discount(plain.quotation(card.customer))


def _save_quotation(shop: Shop, card: Card) -> float:
    """Save as the form does: one call brings the article in and comes back with the total."""
    values = {
        "partner_id": card.customer,
        "customer_card_id": card.id,
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
