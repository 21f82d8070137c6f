"""Morning at the counter: three cards, three things that open."""

from playwright.sync_api import expect

from tests.kit.pages.issue_dialog import IssueDialog
from tests.kit.pages.point_of_sale import PointOfSale
from tests.kit.pages.quotation import Quotation
from tests.kit.pages.screen import eventually

TILL = "Theke 1"
STOCK_BOUND_S = 10


def test_ax01_ap17_ap29_ap30_ax04_a_card_opens_the_quotation_with_its_discount(
    chain, shop, seller, stopwatch
):
    """AX-01 AP-17 AP-29 AP-30 AX-04: card in, article picked, 9.00 without a click."""
    quotation = Quotation(seller)
    watch = stopwatch()
    chain.insert("meier")
    quotation.wait_for("Erika Meier")
    watch.stop("card in -> quotation on the screen")
    shop.bridge_says("Angebot")
    seller.picture("quotation-opened")
    assert shop.find("sale.order") == []

    quotation.pick("Batterie 10")
    watch = stopwatch()
    quotation.expect_total("9,00\u00a0€")
    watch.stop("article picked -> discounted total")
    seller.picture("quotation-discount")
    order = shop.one(
        "sale.order", fields=("partner_id", "amount_total", "customer_card_id", "state")
    )
    card = shop.card("Erika Meier")
    assert order["partner_id"] == shop.customer("Erika Meier")
    assert order["customer_card_id"] == card["id"]
    assert (order["amount_total"], order["state"]) == (9.0, "draft")
    lines = shop.find("sale.order.line", fields=("product_id", "price_total", "reward_id"))
    assert sorted(line["price_total"] for line in lines) == [-1.0, 10.0]


def test_ap27_ap28_ap17_a_card_opens_the_order_in_the_point_of_sale(chain, shop, seller, stopwatch):
    """AP-27 AP-28 AP-17: customer and program are on the order, discounted before payment."""
    config = shop.one("customer.till", ("name", "=", TILL), fields=("pos_config_id",))
    till = PointOfSale(seller)
    till.open(config["pos_config_id"])
    watch = stopwatch()
    chain.insert("schulz")
    expect(till.customer).to_have_text("Hans Schulz", timeout=30000)
    watch.stop("card in -> customer on the order of the point of sale")
    seller.said("Stammkundenrabatt")

    till.add("Batterie 10")
    expect(till.total).to_have_text("9,00\u00a0€")
    expect(till.lines).to_contain_text(["Batterie 10", "10 % auf Batterien"])
    seller.picture("pos-discount")
    assert shop.find("pos.order", ("state", "!=", "draft")) == []

    till.pay("Bargeld")
    seller.picture("pos-receipt")
    order = eventually(
        lambda: shop.find(
            "pos.order",
            ("state", "=", "paid"),
            fields=("partner_id", "amount_total", "amount_paid", "customer_card_id"),
        ),
        "the paid order on the server",
    )
    (order,) = order
    assert order["partner_id"] == shop.customer("Hans Schulz")
    assert order["customer_card_id"] == shop.card("Hans Schulz")["id"]
    assert (order["amount_total"], order["amount_paid"]) == (9.0, 9.0)
    seller.open("/odoo")


def test_ap27_without_point_of_sale_on_the_screen_the_card_opens_it(chain, seller):
    """AP-27: the seller was elsewhere in Odoo; the same window goes to the order."""
    till = PointOfSale(seller)
    chain.insert("schulz")
    expect(till.customer).to_have_text("Hans Schulz", timeout=30000)
    till.add("Batterie 10")
    expect(till.total).to_have_text("9,00\u00a0€")
    seller.open("/odoo")


def test_ax06_ax07_ax08_ap25_ap26_ap37_free_batteries_are_counted_and_leave_the_stock(
    chain, shop, seller, stopwatch
):
    """AX-06 AX-07 AX-08 AP-25 AP-26 AP-37: 72 becomes 71, stock 100 becomes 99, once a day."""
    before = shop.on_hand("Batterie 10")
    dialog = IssueDialog(seller)
    watch = stopwatch()
    chain.insert("berg")
    dialog.wait_for("Karl Berg")
    watch.stop("card in -> issue dialog")
    expect(dialog.counter).to_contain_text("72")
    seller.picture("issue-dialog")

    dialog.confirm()
    issued = stopwatch()
    seller.said("noch 71")
    issued.stop("issue confirmed -> 71 on the screen")
    eventually(lambda: shop.on_hand("Batterie 10") == before - 1, "one pack less", STOCK_BOUND_S)
    issued.stop("issue confirmed -> stock one less")
    shop.bridge_says("noch 71")

    counter = shop.enrolment("Karl Berg", "Batterieprogramm 72")
    entry, grant = shop.history(counter["id"])
    assert (entry["reason"], grant["reason"]) == ("issue", "grant")
    assert (entry["delta"], entry["balance"], entry["quantity"], entry["remaining"]) == (
        -1,
        71,
        1,
        71,
    )
    assert entry["product_id"] == shop.article("Batterie 10")
    assert entry["customer_card_id"] == shop.card("Karl Berg")["id"]
    assert entry["till_id"] == shop.one("customer.till", ("name", "=", TILL))["id"]
    assert entry["user_id"] == shop.one("res.users", ("login", "=", "verkauf"))["id"]
    move = shop.one(
        "stock.move",
        ("card_entry_id", "=", entry["id"]),
        fields=("state", "quantity", "product_id", "create_uid"),
    )
    assert (move["state"], move["quantity"]) == ("done", 1)
    assert move["create_uid"] == shop.one("res.users", ("login", "=", "worker"))["id"]
    assert shop.find("customer.card.outbox") == []

    chain.remove()
    seller.close_notes()
    refused = shop.bridge_log_size()
    chain.insert("berg")
    seller.said("Batterieprogramm 72 wurde heute schon genutzt")
    seller.picture("second-issue-refused")
    shop.bridge_says("Batterieprogramm 72 wurde heute schon genutzt", refused)
    expect(dialog.dialog).to_have_count(0)
    assert len(shop.history(counter["id"])) == 2
    assert shop.on_hand("Batterie 10") == before - 1


def test_the_customer_form_shows_what_was_taken_when_where_and_by_whom(shop, seller):
    """The history row a seller can read out to the customer."""
    seller.open(f"/odoo/res.partner/{shop.customer('Karl Berg')}")
    page = seller.page.locator(".o_notebook .tab-pane.active")
    balance = page.locator("[name=enrolment_ids] .o_data_row")
    expect(balance).to_contain_text(["Batterieprogramm 72"])
    expect(balance.first).to_contain_text("71")
    row = page.locator("[name=card_entry_ids] .o_data_row").first
    for shown in ("Batterie 10", "71", "Sabine Verkauf", TILL, shop.card("Karl Berg")["number"]):
        expect(row).to_contain_text(shown)
    row.scroll_into_view_if_needed()
    seller.picture("customer-history")
