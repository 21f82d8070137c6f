"""Native cards at the till: Odoo's browser says what they earn and spend, the server decides."""

import logging
import math
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
LONGEST_CODE = 64


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _check_confirmable(self):
        """Let sellers book on one order that exists and is paid; correcting is for managers."""
        self.browse().check_access("create")
        order = self.exists()
        if len(self) != 1 or not order:
            _logger.warning("user %s booked cards without an order: %s", self.env.uid, self.ids)
            raise AccessError(self.env._("Cards are booked with one paid order only."))
        self.check_access("read")
        # Who confirms the same order at the same moment waits, and then sees what was booked.
        self.env.cr.execute(SQL("UPDATE pos_order SET uuid = uuid WHERE id = %s", self.id))
        manager = self.env.user.has_group("customer_card.group_manager")
        if not self.card_settled and not manager:
            _logger.warning("user %s booked cards on unpaid pos.order %s", self.env.uid, self.id)
            raise AccessError(
                self.env._("%s is not paid: nothing is booked on cards.", self.display_name)
            )

    # --- what is believed of the till's words -------------------------------------------------

    def _get_coupon_data(self, sent):
        """Return *sent* with the server's own points, programs, customers and dates."""
        programs = self._get_confirmed_programs(sent) - self._get_booked_programs()
        earned = self._get_native_points(programs)
        data, seen, owed = {}, set(), []
        for key, values in self._known_rows(sent, programs):
            program = programs.browse(int(values["program_id"]))
            card = self._get_named_card(key, program)
            if card is None or (program.is_nominative and program in seen):
                continue
            seen.add(program)
            row = self._clean_row(card.id or key, values, program)
            row["points"] = self._get_row_points(card, values, row, earned[program], owed)
            data[row["coupon_id"]] = row
        if owed:
            self._tell_settlement(owed)
        return data

    def _known_rows(self, sent, programs):
        """Return ``(key, values)`` of the rows that name a card or a program of this order."""
        for key, values in (sent or {}).items():
            number = self._get_number(key)
            if isinstance(values, dict) and number is not None:
                program = values.get("program_id")
                if type(program) is int and program in programs.ids:
                    yield number, values

    @api.model
    def _get_number(self, key):
        """Return the id that a key of the till's data says, or None where it is none."""
        text = str(key)
        digits = text.removeprefix("-")
        return int(text) if digits.isdecimal() and digits.isascii() and len(digits) < 10 else None

    def _get_confirmed_programs(self, sent):
        """Return the native programs among *sent* that this order's till offers."""
        ids = [row.get("program_id") for row in (sent or {}).values() if isinstance(row, dict)]
        programs = self.env["loyalty.program"].browse(one for one in ids if type(one) is int)
        config, companies = self.config_id, self.company_id.sudo().parent_ids
        return programs.exists().filtered(
            lambda one: (
                not one.kind
                and one.pos_ok
                and (not one.pos_config_ids or config in one.pos_config_ids)
                and (not one.company_id or one.company_id in companies)
                and one.currency_id == self.currency_id
                and (not one.date_from or one.date_from <= self._get_day())
                and (not one.date_to or self._get_day() <= one.date_to)
            )
        )

    def _get_booked_programs(self):
        """Return the programs that were booked with this order before."""
        order = [("order_model", "=", self._name), ("order_id", "=", self.id)]
        cards = self.env["loyalty.card"].sudo().with_context(active_test=False)
        made = cards.search([("source_pos_order_id", "=", self.id)])
        booked = self.env["loyalty.card.entry"].sudo().search(self._origin_domain()).card_id
        history = self.env["loyalty.history"].sudo().search(order).card_id
        confirmed = self.env["loyalty.program"].browse(self.sudo().card_confirmed or ())
        return (made | booked | history).program_id | confirmed

    def _get_named_card(self, key, program):
        """Return the card that a row means, an empty one for a new card, None: none it may."""
        cards = self.env["loyalty.card"].sudo()
        card = cards.browse(key).exists() if key > 0 else cards
        if program.is_nominative and self._get_card_customer() and not card:
            mine = [
                ("partner_id", "=", self._get_card_customer().id),
                ("program_id", "=", program.id),
            ]
            card = cards.search(mine, limit=1)
        if (key > 0 and not card) or (program.is_nominative and not self._get_card_customer()):
            return None
        stranger = card.program_id != program or card.is_enrolment
        others = program.is_nominative and card.partner_id != self._get_card_customer()
        return None if card and (stranger or others) else card

    def _clean_row(self, key, values, program):
        """Return the row without points: customer and dates by order and program."""
        row = {"program_id": program.id, "coupon_id": key, "line_codes": []}
        codes = values.get("line_codes")
        if isinstance(codes, list):
            row["line_codes"] = [
                line.reward_identifier_code
                for line in self.lines
                if line.reward_identifier_code in codes and line.reward_id.program_id == program
            ]
        if program.is_nominative:
            row["partner_id"] = self._get_card_customer().id
        if program.program_type == "gift_card":
            row["expiration_date"] = self._get_gift_end(values.get("expiration_date"))
            if code := self._get_new_code(values, program):
                row["code"] = code
        elif program.program_type != "loyalty":
            row["expiration_date"] = program.date_to
        return row

    def _get_gift_end(self, sent):
        """Return the last day of a gift card that is sold: the seller may choose it."""
        today = fields.Date.context_today(self)
        try:
            chosen = fields.Date.to_date(sent)
        except ValueError:
            chosen = None
        longest = date(today.year + 10, 12, 31)
        return min(chosen, longest) if chosen and chosen >= today else False

    def _get_new_code(self, values, program):
        """Return the code of the gift card that is handed out, if no other card has it."""
        code = values.get("code") or values.get("barcode")
        if not isinstance(code, str) or not code.strip() or len(code) > LONGEST_CODE:
            return ""
        cards = self.env["loyalty.card"].sudo().with_context(active_test=False)
        known = cards.search([("code", "=", code)])
        sold = known.history_ids.filtered("order_id") or known.source_pos_order_id
        mine = known.program_id == program and not known.partner_id and not known.is_enrolment
        return "" if known and (sold or not mine) else code

    # --- by hand ------------------------------------------------------------------------------

    def _get_manual_data(self, sent):
        """Return what a manager books on a native card by hand, as Odoo's own wizard does.

        :raises UserError: a card or code of ours, or of another program
        """
        _logger.warning("manager %s corrects cards on pos.order %s", self.env.uid, self.id)
        programs = self._get_confirmed_programs(sent)
        data, cards = {}, self.env["loyalty.card"].sudo()
        for key, values in self._known_rows(sent, programs):
            points = values.get("points")
            code = values.get("code") or values.get("barcode")
            named = cards.browse(key).exists() if key > 0 else cards
            named |= cards.search([("code", "=", code)]) if code else cards
            if (
                any(card.program_id.id != values["program_id"] for card in named)
                or not isinstance(points, int | float)
                or not math.isfinite(points)
            ):
                raise UserError(self.env._("This card belongs to another program."))
            data[key] = {**values, "coupon_id": key}
        return data
