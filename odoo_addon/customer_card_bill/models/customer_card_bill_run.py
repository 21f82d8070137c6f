from bisect import bisect_left, bisect_right
from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.shop_day import begin_of, shop_day
from odoo.fields import Command
from odoo.tools import SQL

# Up to here a manager waits for his bills; more are made in the background.
AT_ONCE = 2000
LOCK = "customer.card.bill"


class CustomerCardBill(models.Model):
    """How bills are made."""

    _inherit = "customer.card.bill"

    @api.model
    def _bill_until(self, end):
        """Bill what is not billed yet: at once when it is little, else in the background.

        :param end: "month" (before the current month) or "now"
        """
        bills = self.sudo()
        bills.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", LOCK))
        answer = {"bills": 0, "entries": 0, "busy": False, "left": 0}
        if not bills.env.cr.fetchone()[0]:
            return {**answer, "busy": True}
        until = {company: bills._end(company, end) for company in self.env.companies}
        due = {company: bills._due(company, moment) for company, moment in until.items()}
        count = sum(len(entries) for groups in due.values() for *_, entries in groups)
        if count > AT_ONCE:
            for company, moment in until.items():
                company.sudo().card_bill_until = moment
            self.env.ref("customer_card_bill.cron_bill").sudo()._trigger()
            return {**answer, "left": count}
        made = self.browse()
        for company, groups in due.items():
            for group in groups:
                made |= bills.with_company(company)._bill(company, *group)
        return {**answer, "bills": len(made), "entries": count}

    @api.model
    def _cron_bill(self):
        """Make the bills that wait, payer by payer and month by month.

        Each is committed whole: stopped anywhere, the next run goes on with the next one.
        """
        cron = self.env.ref("customer_card_bill.cron_bill")
        companies = self.env["res.company"].search([("card_bill_until", "!=", False)])
        # Of the session, not of the transaction: it lasts over the commits.
        self.env.cr.execute(SQL("SELECT pg_try_advisory_lock(hashtext(%s))", LOCK))
        if not self.env.cr.fetchone()[0]:
            return
        try:
            due = [
                (company, group)
                for company in companies
                for group in self._due(company, company.card_bill_until)
            ]
            left = sum(len(group[-1]) for _company, group in due)
            for company, group in due:
                self.with_company(company)._bill(company, *group)
                left -= len(group[-1])
                if not cron._commit_progress(len(group[-1]), remaining=left) and left:
                    cron._trigger()
                    return
            companies.card_bill_until = False
        finally:
            self.env.cr.execute(SQL("SELECT pg_advisory_unlock(hashtext(%s))", LOCK))

    @api.model
    def _due(self, company, until):
        """Return what to bill as ``(payer, month, entries)``, the oldest month first.

        :param until: only what was issued before this moment (UTC)
        """
        groups = defaultdict(list)
        for entry in self._unbilled(company, until):
            groups[entry.card_id.program_id.payer_id, self._month(entry)].append(entry.id)
        entries = self.env["loyalty.card.entry"]
        return [
            (payer, month, entries.browse(ids))
            for (payer, month), ids in sorted(groups.items(), key=lambda one: one[0][1])
        ]

    @api.model
    def _end(self, company, end):
        """Return the moment before which issues are billed."""
        if end == "now":
            return fields.Datetime.now()
        return begin_of(company, self.env["loyalty.card"]._today(company).replace(day=1))

    @api.model
    def _unbilled(self, company, until):
        """Return the charged issues of *company* that nobody was billed for, oldest first.

        A reversal is among them if its issue is, or was billed. What customers or employees were
        given for nothing never is.

        :source: seed 001, nicht berechnete Ausgaben (AX-11)
        """
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
        cards = found.customer_card_id.exists()
        free = set(cards.filtered(lambda card: card._is_free_issue()).ids)
        issues = found.filtered(
            lambda entry: (
                not entry.reversal_of_id
                and entry.customer_card_id.id not in free
                and self._is_charged(entry)
            )
        )
        known = self.env["customer.card.bill.entry"].search(
            [("entry_id", "in", found.reversal_of_id.ids)]
        )
        due = set(issues.ids)
        billed = due | set(known.entry_id.ids)
        return found.filtered(lambda one: one.id in due or one.reversal_of_id.id in billed)

    @api.model
    def _is_charged(self, entry):
        start = entry.card_id.program_id.payer_from
        return not start or entry.date >= begin_of(entry.company_id, start)

    @api.model
    def _bill(self, company, payer, month, entries):
        """Add *entries* to the payer's draft of that month, or make one."""
        earlier = {
            one.entry_id.id: one.price
            for one in self.env["customer.card.bill.entry"].search(
                [("entry_id", "in", entries.reversal_of_id.ids)]
            )
        }
        lines, prices, price_of = defaultdict(Decimal), {}, self._prices(payer, entries)
        for entry in entries:
            origin = entry.reversal_of_id
            # What came back in the month it was issued in was never sold.
            before = origin.id in earlier
            price = earlier[origin.id] if before else prices.get(origin.id)
            if price is None:
                price = price_of(entry)
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
    def _prices(self, payer, entries):
        """Return what finds the price of one unit of an entry, without what taxes say.

        It is in the company's currency. What cannot differ is looked up once: the same article and
        quantity, on one day, between two changes of pricelists.
        """
        known, changes = {}, self._price_changes()
        agreed = {
            allowance.id: allowance.program_line_id.bill_price
            for allowance in entries.allowance_id.exists()
        }

        def price_of(entry):
            if price := agreed.get(entry.allowance_id.id):
                return price
            place = bisect_left(changes, entry.date), bisect_right(changes, entry.date)
            key = (entry.product_id, abs(entry.quantity), entry.date.date(), *place)
            if key not in known:
                known[key] = self._list_price(payer, entry)
            return known[key]

        return price_of

    @api.model
    def _price_changes(self):
        """Return when rules of pricelists begin or end, in order."""
        rules = self.env["product.pricelist.item"]
        dated = rules.search(["|", ("date_start", "!=", False), ("date_end", "!=", False)])
        return sorted(filter(None, {*dated.mapped("date_start"), *dated.mapped("date_end")}))

    @api.model
    def _list_price(self, payer, entry):
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
