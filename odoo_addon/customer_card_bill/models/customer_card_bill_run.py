from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.shop_day import begin_of, shop_day
from odoo.fields import Command
from odoo.tools import SQL


class CustomerCardBill(models.Model):
    """How bills are made."""

    _inherit = "customer.card.bill"

    @api.model
    def _bill_until(self, end):
        """Bill what is not billed yet, in one transaction.

        :param end: "month" (before the current month) or "now"
        """
        bills = self.sudo()
        bills.env.cr.execute(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext('customer.card.bill'))")
        )
        if not bills.env.cr.fetchone()[0]:
            return {"bills": 0, "entries": 0, "busy": True}
        made, billed = self.browse(), 0
        for company in self.env.companies:
            entries = bills._unbilled(company, end)
            groups = defaultdict(bills.env["loyalty.card.entry"].browse)
            for entry in entries:
                groups[entry.card_id.program_id.payer_id, bills._month(entry)] |= entry
            for (payer, month), some in sorted(groups.items(), key=lambda one: one[0][1]):
                made |= bills.with_company(company)._bill(company, payer, month, some)
            billed += len(entries)
        return {"bills": len(made), "entries": billed, "busy": False}

    @api.model
    def _unbilled(self, company, end):
        """Return the charged issues of *company* that nobody was billed for, oldest first.

        A reversal is among them if its issue is, or was billed. What customers or employees were
        given for nothing never is.

        :source: seed 001, nicht berechnete Ausgaben (AX-11)
        """
        now = fields.Datetime.now()
        first = self.env["loyalty.card"]._today(company).replace(day=1)
        until = begin_of(company, first) if end == "month" else now
        rows = self.env.execute_query(
            SQL(
                """
                SELECT entry.id
                  FROM loyalty_card_entry entry
                  JOIN loyalty_card card ON card.id = entry.card_id
                  JOIN loyalty_program program ON program.id = card.program_id
                 WHERE program.payer_id IS NOT NULL
                   AND entry.company_id = %(company)s
                   AND entry.reason IN ('issue', 'reversal')
                   AND entry.product_id IS NOT NULL
                   AND entry.quantity <> 0
                   AND entry.purpose IS NULL
                   AND entry.date < %(until)s
                   AND NOT EXISTS (
                        SELECT 1 FROM customer_card_bill_entry billed
                         WHERE billed.entry_id = entry.id
                   )
                 ORDER BY entry.id
                """,
                company=company.id,
                until=until,
            )
        )
        found = self.env["loyalty.card.entry"].browse(row[0] for row in rows)
        issues = found.filtered(lambda entry: not entry.reversal_of_id and self._is_charged(entry))
        known = self.env["customer.card.bill.entry"].search(
            [("entry_id", "in", found.reversal_of_id.ids)]
        )
        billed = set(issues.ids) | set(known.entry_id.ids)
        return found.filtered(lambda one: one in issues or one.reversal_of_id.id in billed)

    @api.model
    def _is_charged(self, entry):
        start = entry.card_id.program_id.payer_from
        if start and entry.date < begin_of(entry.company_id, start):
            return False
        card = entry.customer_card_id.exists()
        return not (card and card._is_free_issue())

    @api.model
    def _bill(self, company, payer, month, entries):
        """Add *entries* to the payer's draft of that month, or make one."""
        earlier = {
            one.entry_id.id: one.price
            for one in self.env["customer.card.bill.entry"].search(
                [("entry_id", "in", entries.reversal_of_id.ids)]
            )
        }
        lines, prices = defaultdict(Decimal), {}
        for entry in entries:
            origin = entry.reversal_of_id
            # What came back in the month it was issued in was never sold.
            before = origin.id in earlier
            price = earlier[origin.id] if before else prices.get(origin.id)
            if price is None:
                price = self._price(payer, entry)
            prices[entry.id] = price
            lines[entry.product_id, entry.card_id.program_id, price, before] += exact(
                entry.quantity
            )
        values = [self._line(*key, quantity) for key, quantity in lines.items() if quantity]
        move = self._move(company, payer, month, values) if values else None
        bill = self.search([("move_id", "=", move.id)], limit=1) if move else self.browse()
        bill = bill or self.create(
            {
                "payer_id": payer.id,
                "period": month,
                "company_id": company.id,
                "move_id": move.id if move else False,
            }
        )
        bill.entry_ids.create(
            [
                {"bill_id": bill.id, "entry_id": entry.id, "price": prices[entry.id]}
                for entry in entries
            ]
        )
        return bill

    @api.model
    def _price(self, payer, entry):
        """Return the price of one unit in the company's currency, without what taxes say."""
        line = entry.allowance_id.exists().program_line_id
        if line.bill_price:
            return line.bill_price
        company = entry.company_id
        product = entry.product_id.with_company(company)
        pricelist = payer.with_company(company).property_product_pricelist
        if not pricelist:
            return product.lst_price
        return pricelist._get_product_price(
            product,
            abs(entry.quantity),
            currency=company.currency_id,
            date=entry.date,
        )

    @api.model
    def _line(self, product, program, price, before, quantity):
        name = f"{product.display_name} ({program.name})"
        if before:
            name = self.env._("%s, returned from an earlier bill", name)
        return {
            "product_id": product.id,
            "name": name,
            "quantity": float(quantity),
            "price_unit": price,
        }

    @api.model
    def _move(self, company, payer, month, lines):
        """Return the draft with *lines*; more returned than issued makes it a credit note."""
        total = sum(exact(line["quantity"]) * exact(line["price_unit"]) for line in lines)
        drafts = self.search(
            [
                ("payer_id", "=", payer.id),
                ("period", "=", month),
                ("company_id", "=", company.id),
                ("move_id.state", "=", "draft"),
                ("move_id.move_type", "=", "out_invoice"),
            ],
            limit=1,
        ).move_id
        if drafts and exact(drafts.amount_untaxed) + total >= 0:
            drafts.write({"invoice_line_ids": [Command.create(line) for line in lines]})
            return drafts
        sign = -1 if total < 0 else 1
        return self.env["account.move"].create(
            {
                "move_type": "out_refund" if total < 0 else "out_invoice",
                "partner_id": payer.id,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "invoice_origin": self.env._("Issues on cards %s", month.strftime("%Y-%m")),
                "invoice_line_ids": [
                    Command.create({**line, "quantity": sign * line["quantity"]}) for line in lines
                ],
            }
        )

    @api.model
    def _month(self, entry):
        return shop_day(entry.company_id, entry.date).replace(day=1)
