import secrets
from datetime import timedelta

from odoo import api, fields, models

CODE_LIFE = timedelta(minutes=10)
DIGITS = 8
# Wrong codes within ten minutes, from one address and from all: of 10^8 codes some hundred guesses
# hit one of ten open ones once in a hundred thousand such attacks.
MISSES_OF_ONE, MISSES_OF_ALL = 10, 100


class CustomerTillPairing(models.TransientModel):
    """An eight-digit code that makes a reader program the reader of a till, once.

    The database keeps the code's keyed hash; the form has the code from the action that made it.
    """

    _name = "customer.till.pairing"
    _description = "Pairing of a reader"
    _transient_max_hours = 2.0

    till_id = fields.Many2one("customer.till", required=True, readonly=True, ondelete="cascade")
    code_hash = fields.Char(readonly=True, groups="base.group_system", index=True)
    valid_until = fields.Datetime(readonly=True)
    used_at = fields.Datetime(readonly=True)
    code = fields.Char(compute="_compute_code")
    command = fields.Char(compute="_compute_code")

    @api.depends_context("shown_code")
    def _compute_code(self):
        code = self.env.context.get("shown_code") or ""
        address = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        self.code = f"{code[:4]} {code[4:]}" if code else False
        self.command = (
            f"customer-card-bridge setup --address {address} --code {code}" if code else False
        )

    @api.model
    def _start(self, till):
        """Return ``(pairing, code)``; an earlier code of the till is void."""
        self.search([("till_id", "=", till.id), ("used_at", "=", False)]).unlink()
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        pairing = self.create(
            {
                "till_id": till.id,
                "code_hash": self._code_hash(code),
                "valid_until": fields.Datetime.now() + CODE_LIFE,
            }
        )
        return pairing, code

    @api.model
    def _code_hash(self, code):
        return self.env["customer.card.medium"]._hash("pairing", code)

    @api.model
    def _redeem(self, code, source):
        """Return the answer to a bridge: where it belongs and its key, or ``{"error": ...}``.

        :param source: the address it came from; who guesses is kept out for a while
        :return: ``error`` is ``too_many``, ``wrong_code``, ``code_used`` or ``code_too_old``
        """
        misses = self.env["customer.till.pairing.miss"]
        if misses._too_many(source):
            return {"error": "too_many"}
        digits = "".join(filter(str.isdigit, str(code)[:40]))
        pairing = self.search(
            [("code_hash", "=", self._code_hash(digits))], order="id desc", limit=1
        )
        if error := pairing._refusal():
            misses.create({"source": source})
            return {"error": error}
        pairing.used_at = fields.Datetime.now()
        till = pairing.till_id.with_user(pairing.create_uid).sudo()
        key, until = till._give_key()
        pairing.create_uid._bus_send(
            "simple_notification",
            {
                "type": "success",
                "title": till.name,
                "message": self.with_context(lang=pairing.create_uid.lang).env._(
                    "The reader program is paired. Its readers appear here within seconds."
                ),
            },
        )
        return {
            "login": till.user_id.login,
            "key": key,
            "database": self.env.cr.dbname,
            "till": till.name,
            "valid_until": fields.Date.to_string(until),
        }

    def _refusal(self):
        if not self or not self.till_id.active:
            return "wrong_code"
        if self.used_at:
            return "code_used"
        return "code_too_old" if self.valid_until < fields.Datetime.now() else None


class CustomerTillPairingMiss(models.TransientModel):
    """A wrong code: how many of them came lately, and from where?"""

    _name = "customer.till.pairing.miss"
    _description = "Wrong pairing code"

    source = fields.Char(required=True, readonly=True)

    @api.model
    def _too_many(self, source):
        lately = [("create_date", ">", fields.Datetime.now() - CODE_LIFE)]
        if self.search_count(lately, limit=MISSES_OF_ALL) >= MISSES_OF_ALL:
            return True
        mine = [*lately, ("source", "=", source)]
        return self.search_count(mine, limit=MISSES_OF_ONE) >= MISSES_OF_ONE
