"""Points follow the invoice, and go again with the credit note."""

from tests.kit.pages.screen import eventually

POINTS_BOUND_S = 20


def invoice(shop, kind, **values):
    """Make and post an invoice for one care kit at 20.00 and one hearing aid check at 40.00."""
    articles = (shop.article("Pflegeset"), shop.article("Hörgeräte-Check"))
    lines = [(0, 0, {"product_id": article, "quantity": 1}) for article in articles]
    (made,) = shop.call(
        "account.move",
        "create",
        vals_list=[
            {
                "move_type": kind,
                "partner_id": shop.customer("Erika Meier"),
                "invoice_line_ids": lines,
                **values,
            }
        ],
    )
    shop.call("account.move", "action_post", [made])
    return made


def test_tm17_an_invoice_earns_points_and_its_credit_note_takes_them_back(shop, seller, stopwatch):
    """TM-17: 10 % of articles and 5 % of services, 100 points per euro, through the worker."""
    account = shop.enrolment("Erika Meier", "Treuepunkte")
    assert shop.history(account["id"]) == []

    posted = invoice(shop, "out_invoice")
    total = shop.call("account.move", "read", [posted], fields=["amount_total", "name"])[0]
    assert total["amount_total"] == 60
    watch = stopwatch()
    (earned,) = eventually(lambda: shop.history(account["id"]), "the points", POINTS_BOUND_S)
    watch.stop("invoice posted -> points in the history")
    assert (earned["reason"], earned["delta"], earned["balance"]) == ("earn", 400, 400)
    assert earned["origin_name"] == total["name"]

    seller.open(f"/odoo/res.partner/{shop.customer('Erika Meier')}")
    row = seller.page.locator("[name=card_entry_ids] .o_data_row").first
    row.scroll_into_view_if_needed()
    seller.picture("customer-points")

    invoice(shop, "out_refund", reversed_entry_id=posted)
    watch = stopwatch()
    history = eventually(
        lambda: len(found := shop.history(account["id"])) == 2 and found,
        "the points taken back",
        POINTS_BOUND_S,
    )
    watch.stop("credit note posted -> points taken back")
    assert (history[0]["reason"], history[0]["delta"], history[0]["balance"]) == (
        "claw_back",
        -400,
        0,
    )
    assert shop.find("customer.card.outbox") == []
