"""Cards that must do nothing: the seller reads why on the screen, the reader's log says it too."""

import datetime

import pytest
from playwright.sync_api import expect

from reader_bridge.credential import make_token
from tests.kit.pages.issue_dialog import IssueDialog
from tests.kit.virtual_card import blank, save

TILL = "Theke 1"


@pytest.fixture
def refused(chain, shop, seller):
    """Put a card in that has to be refused with a sentence, and nothing may have happened."""

    def insert(card, sentence, picture=None):
        before = footprint(shop)
        seller.close_notes()
        mark = shop.bridge_log_size()
        chain.insert(card)
        note = seller.said(sentence)
        if picture:
            seller.picture(picture)
        shop.bridge_says(sentence, mark)
        expect(seller.page.locator(".modal")).to_have_count(0)
        assert footprint(shop) == before
        return note.inner_text()

    return insert


def footprint(shop):
    """All that a card could have changed."""
    return {
        model: len(shop.find(model))
        for model in ("loyalty.card.entry", "sale.order", "pos.order", "stock.move")
    }


def test_a_card_nobody_knows_is_said_to_be_unknown(chain, refused):
    chain.cards.images.mkdir(parents=True, exist_ok=True)
    save(chain.cards.images / "stranger.json", blank("chip", token=make_token()))
    refused("stranger", "Unbekannte Karte", "refused-unknown")


def test_a_lost_chip_that_was_revoked_names_its_card(shop, refused):
    card = shop.new_customer("Lena Lost", "Batterieprogramm 72")
    (medium,) = shop.find("customer.card.medium", ("card_id", "=", card["id"]))
    shop.call("customer.card.medium", "action_revoke", [medium["id"]])
    refused("Lena Lost", f"Karte {card['number']} wurde ersetzt: Dieser Chip gilt nicht mehr")


def test_a_blocked_card_is_refused_until_it_is_open_again(chain, shop, seller, refused):
    card = shop.new_customer("Bodo Block", "Batterieprogramm 72")
    shop.call("customer.card", "action_block", [card["id"]])
    refused("Bodo Block", f"Karte {card['number']} ist gesperrt")
    shop.call("customer.card", "action_unblock", [card["id"]])
    chain.remove()
    chain.insert("Bodo Block")
    dialog = IssueDialog(seller)
    dialog.wait_for("Bodo Block")
    dialog.cancel()


def test_an_expired_program_tells_the_day_it_ended(shop, refused):
    shop.new_customer("Vera Vorbei", "Batterieprogramm 72")
    enrolment = shop.enrolment("Vera Vorbei", "Batterieprogramm 72")
    ended = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=2)
    # Nobody writes the end of a program by hand, and waiting for it takes too long.
    shop.odoo.cluster.sql(
        f"UPDATE loyalty_card SET valid_from = '{ended:%Y-01-01}', expiration_date = '{ended}'"
        f" WHERE id = {enrolment['id']}",
        shop.odoo.database,
    )
    text = refused("Vera Vorbei", "Batterieprogramm 72 ist am", "refused-expired")
    assert f"{ended:%d.%m.%Y} abgelaufen" in text


def test_a_counter_at_zero_issues_nothing_more(chain, shop, seller, refused):
    shop.new_customer("Nora Null", shop.new_counter("Probierpaket", 1))
    chain.insert("Nora Null")
    dialog = IssueDialog(seller)
    dialog.wait_for("Nora Null")
    dialog.ask(2)
    dialog.confirm()
    expect(dialog.refusal).to_be_visible()
    seller.picture("issue-too-many")
    assert shop.enrolment("Nora Null", "Probierpaket")["points"] == 1
    dialog.ask(1)
    dialog.confirm()
    seller.said("noch 0")
    chain.remove()
    refused("Nora Null", "Probierpaket ist aufgebraucht: Der Zähler steht auf 0")


def test_a_till_without_a_screen_says_so_at_the_reader(chain, shop, seller):
    till = shop.one("customer.till", ("name", "=", TILL))
    shop.call("customer.till", "action_unpair_screens", [till["id"]])
    seller.open_till_menu()
    seller.said(f"nicht mehr mit {TILL} gekoppelt")
    before, mark = footprint(shop), shop.bridge_log_size()
    chain.insert("meier")
    shop.bridge_says(f"Mit {TILL} ist kein Bildschirm gekoppelt: Es wurde nichts gebucht", mark)
    seller.close_notes()
    seller.pair_with(TILL)
    assert footprint(shop) == before


def test_a_screen_that_was_closed_takes_no_card_and_the_reader_says_so(chain, shop, seller):
    # Not a customer of the demo: another story may have used that one today.
    shop.new_customer("Zoe Zu", "Batterieprogramm 72")
    seller.page.goto("about:blank")
    mark = shop.bridge_log_size()
    chain.insert("Zoe Zu")
    shop.bridge_says("Kein Bildschirm hat die Karte übernommen", mark)
    seller.open("/odoo")
    assert shop.events()[0]["state"] == "stale"
    expect(IssueDialog(seller).dialog).to_have_count(0)
