"""What the manager looks at: the program, the till, and the worker that nobody watches."""

import pytest
from playwright.sync_api import expect

from tests.kit.pages.screen import Screen, eventually

TILL = "Theke 1"


@pytest.fixture
def manager(browser, odoo, seller):
    """The manager at a screen of his own."""
    screen = Screen(browser, odoo.url, seller.pictures)
    screen.sign_in("admin")
    yield screen
    screen.close()


def test_program_and_till_are_explained_in_german_and_a_silent_worker_is_reported(
    chain, shop, real_parts, odoo, manager
):
    form = manager.page.locator(".o_form_view")
    program = shop.one("loyalty.program", ("name", "=", "Batterieprogramm 72"))["id"]
    manager.open(f"/odoo/action-customer_card.action_loyalty_program_card/{program}")
    expect(form).to_contain_text("Nur einmal pro Tag")
    expect(form.locator("[name=line_ids] .o_data_row")).to_contain_text(["Batterie 10"])
    manager.picture("program-form")

    till = shop.one("customer.till", ("name", "=", TILL))["id"]
    manager.open(f"/odoo/action-customer_card.action_customer_till/{till}")
    expect(form.locator("[name=state]").first).to_have_text("Bereit")
    expect(form.locator("[name=reader_ids] .o_data_row").first).to_contain_text("Bereit")
    expect(form.get_by_text("Gekoppelt", exact=True)).to_be_visible()
    expect(form.locator(".alert-danger:visible")).to_have_count(0)
    manager.picture("till-form")

    chain.stop(chain.worker)
    two_minutes_ago = "now() AT TIME ZONE 'UTC' - interval '2 minutes'"
    real_parts.postgres.sql(
        f"UPDATE customer_card_worker SET last_seen_at = {two_minutes_ago}", odoo.database
    )
    manager.page.reload()
    expect(form.locator(".alert-danger")).to_contain_text("Worker")
    expect(manager.page.locator(".o_menu_systray .o_customer_card_worker_silent")).to_be_visible()
    manager.open_till_menu()
    menu = manager.page.locator(".o-dropdown--menu .o_customer_card_worker_silent")
    expect(menu).to_contain_text("Der Worker meldet sich seit über einer Minute nicht")
    manager.picture("worker-silent")
    chain.start_worker()
    eventually(
        lambda: not shop.call("customer.till", "system_health")["worker_silent"],
        "the worker's sign of life",
    )


def test_the_form_warns_of_a_quotation_without_a_case(manager):
    """AP-31: choosing the action shows the warning at once, another action takes it away."""
    manager.open("/odoo/action-customer_card.action_loyalty_program_card/new")
    form = manager.page.locator(".o_form_view")
    warning = form.get_by_text("Nicht empfohlen")
    expect(form.get_by_text("Nur einmal pro Tag")).to_be_visible()
    expect(warning).to_be_hidden()
    form.get_by_label("Angebot öffnen (ohne Vorgang)").check()
    expect(warning).to_be_visible()
    manager.picture("program-warning")
    form.get_by_label("Nichts", exact=True).check()
    expect(warning).to_be_hidden()
    manager.open("/odoo/action-customer_card.action_loyalty_program_card")
