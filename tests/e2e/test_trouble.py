"""What falls over in the middle of a day: said at once, nothing lost, doubled or half done."""

import time

from playwright.sync_api import expect

from tests.kit.pages.issue_dialog import IssueDialog
from tests.kit.pages.quotation import Quotation
from tests.kit.pages.screen import eventually

TOO_LATE_S = 10.5
STOCK_BOUND_S = 60  # whoever was away is waited for


def new_counter(shop, name):
    """Make a customer with ten free batteries who may come several times a day."""
    program = shop.new_counter(f"Zehnerkarte {name}", 10)
    shop.new_customer(name, program)
    return shop.enrolment(name, program)["id"]


def test_a_card_while_the_erp_is_down_is_said_at_once_and_never_booked_later(
    chain, shop, odoo, seller, stopwatch
):
    quotations = len(shop.find("sale.order"))
    mark = shop.bridge_log_size()
    odoo.kill()
    watch = stopwatch()
    chain.insert("meier")
    shop.bridge_says("Das ERP antwortet nicht. Die Karte ist vorgemerkt", mark)
    watch.stop("card in while the ERP is down -> said at the reader")
    expect(seller.page.locator(".o_customer_card_reader_offline")).to_be_visible()
    watch.stop("ERP down -> the till symbol is red")
    seller.picture("erp-away")
    eventually(lambda: time.monotonic() - watch.began > TOO_LATE_S, "a card too old to be booked")
    odoo.start()
    watch = stopwatch()
    shop.bridge_says("wurde vor zu langer Zeit gesteckt", mark)
    watch.stop("ERP up again -> the card is recorded as too late")
    (event,) = shop.events(("state", "=", "stale"), ("status", "=", "stale"))
    assert event["action"] is False or event["action"] == ""
    assert len(shop.find("sale.order")) == quotations

    expect(seller.page.locator(".o_customer_card_reader_connected")).to_be_visible(timeout=40_000)

    # The same screen works again by itself: nobody has to reload the page.
    chain.remove()
    chain.insert("meier")
    Quotation(seller).wait_for("Erika Meier")
    assert len(shop.find("sale.order")) == quotations


def test_the_smart_card_service_that_dies_and_comes_back_is_said_and_costs_no_card(
    chain, shop, pcscd, seller
):
    mark = shop.bridge_log_size()
    pcscd.kill()
    shop.bridge_says("Der Smartcard-Dienst dieses Rechners antwortet nicht", mark)
    eventually(
        lambda: not shop.one("customer.till", fields=("reader_connected",))["reader_connected"],
        "the till without a reader",
    )
    seller.open_till_menu()
    expect(
        seller.page.get_by_text("Kein Kartenleser: bitte Kabel und Leserprogramm prüfen")
    ).to_be_visible()
    seller.picture("reader-gone")
    seller.page.keyboard.press("Escape")
    pcscd.start()
    shop.bridge_says("Der Smartcard-Dienst antwortet wieder", mark)
    chain.insert("meier")
    Quotation(seller).wait_for("Erika Meier")


def test_without_redis_the_counter_goes_down_at_once_and_the_stock_follows_later(
    chain, shop, redis, seller
):
    name = "Tom Takt"
    enrolment = new_counter(shop, name)
    stock = shop.on_hand("Batterie 10")
    redis.stop()
    chain.insert(name)
    dialog = IssueDialog(seller)
    dialog.wait_for(name)
    dialog.confirm()
    seller.said("noch 9")
    redis.start()
    eventually(lambda: shop.on_hand("Batterie 10") == stock - 1, "the stock follows", STOCK_BOUND_S)
    entry = shop.history(enrolment)[0]
    assert len(shop.find("stock.move", ("card_entry_id", "=", entry["id"]))) == 1


def test_a_database_restarted_under_an_open_dialog_books_once(chain, shop, real_parts, seller):
    name = "Tina Takt"
    enrolment = new_counter(shop, name)
    stock = shop.on_hand("Batterie 10")
    chain.insert(name)
    dialog = IssueDialog(seller)
    dialog.wait_for(name)
    real_parts.postgres.stop()
    dialog.confirm()
    expect(dialog.refusal).to_be_visible()
    sentence = dialog.refusal.inner_text()
    seller.picture("database-away")
    real_parts.postgres.start()
    assert sentence.startswith("Keine Antwort vom Server"), sentence
    dialog.repeat()
    seller.said("noch 9")
    eventually(lambda: shop.on_hand("Batterie 10") == stock - 1, "the stock follows", STOCK_BOUND_S)
    assert [entry["reason"] for entry in shop.history(enrolment)] == ["issue", "grant"]
