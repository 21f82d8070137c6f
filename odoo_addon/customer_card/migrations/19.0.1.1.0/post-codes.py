"""Runs before the entries are sealed: keys of entries that were made from a code change, too."""

from psycopg2.extras import execute_values

from odoo import api
from odoo.addons.customer_card.models.ledger.loyalty_card import MASK
from odoo.addons.customer_card.rules.kinds import BEARER_KINDS
from odoo.addons.customer_card_takeover.rules.takeover import identity

BATCH = 10000


def migrate(cr, version):
    """Keep the codes of vouchers and coupons as hashes; what no code opens gets a random text.

    A code that is in a customer's hand works as before; nobody can read it here any more.
    """
    cards = api.Environment(cr, api.SUPERUSER_ID, {})["loyalty.card"]
    last = 0
    while rows := _batch(cr, last):
        last = rows[-1][0]
        kept = {card_id: cards._kept_code(code) for card_id, _program, code in rows}
        _keep_keys(cr, rows, kept)
        execute_values(
            cr._obj,
            "UPDATE loyalty_card SET code = kept.code FROM (VALUES %s) kept(id, code)"
            " WHERE kept.id = loyalty_card.id",
            list(kept.items()),
        )
    cr.execute(
        "UPDATE loyalty_card SET code = %s || md5(random()::text || loyalty_card.id)"
        " FROM loyalty_program program WHERE program.id = program_id AND is_enrolment"
        " AND code NOT LIKE %s AND program.kind NOT IN %s",
        [f"{MASK}-", f"{MASK}%", BEARER_KINDS],
    )
    cards.invalidate_model(["code"])


def _batch(cr, last):
    cr.execute(
        "SELECT card.id, card.program_id, card.code FROM loyalty_card card"
        " JOIN loyalty_program program ON program.id = card.program_id"
        " WHERE card.is_enrolment AND program.kind IN %s AND card.code NOT LIKE %s"
        " AND card.id > %s ORDER BY card.id LIMIT %s",
        [BEARER_KINDS, f"{MASK}%", last, BATCH],
    )
    return cr.fetchall()


def _keep_keys(cr, rows, kept):
    """Let a take-over that is repeated still know what it booked: its keys were made from codes."""
    cr.execute("SELECT id FROM res_company")
    companies = [row[0] for row in cr.fetchall()]
    keys = {
        identity(company, program, "voucher", code): identity(
            company, program, "voucher", kept[card_id]
        )
        for card_id, program, code in rows
        for company in companies
    }
    cr.execute(
        "SELECT id, key FROM loyalty_card_entry WHERE card_id = ANY(%s) AND reason = 'opening'",
        [list(kept)],
    )
    changed = [(entry_id, keys[key]) for entry_id, key in cr.fetchall() if key in keys]
    if changed:
        cr.execute("SET LOCAL customer_card.ledger = 'open'")
        execute_values(
            cr._obj,
            "UPDATE loyalty_card_entry SET key = kept.key FROM (VALUES %s) kept(id, key)"
            " WHERE kept.id = loyalty_card_entry.id",
            changed,
        )
        cr.execute("SET LOCAL customer_card.ledger = ''")
