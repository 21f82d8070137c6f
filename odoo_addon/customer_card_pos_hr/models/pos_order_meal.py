"""Staff meals: free for who showed a badge, on allowed articles, and told to payroll (HS-19)."""

from odoo import fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card_pos.lib.settlement import Settlement

FREE = 100


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    meal_value = fields.Monetary(
        readonly=True, copy=False, help="What this staff meal costs by the price list."
    )

    def _kept_by_server(self):
        return super()._kept_by_server() | {"meal_value"}

    def _is_free(self):
        return self.qty > 0 and self.discount >= FREE

    def _get_returned_meal(self):
        """Return the value that this line takes off an earlier meal, no piece of it twice."""
        origin = self.refunded_orderline_id
        left = origin.qty + sum((origin._paid_refunds() - self).mapped("qty"))
        pieces = min(-self.qty, max(left, 0)) if self._is_return() else 0
        return -origin.meal_value * pieces / origin.qty

    def _get_meal_value(self):
        """Return the article's own price with taxes: the price on the line is the till's word."""
        taxes = self.product_id.taxes_id._filter_taxes_by_company(self.company_id)
        price = taxes.compute_all(
            self.product_id.lst_price, self.currency_id, self.qty, product=self.product_id
        )
        return price["total_included"]


class PosOrder(models.Model):
    """The till says that an order is a meal; the server looks at badge and articles.

    :source: seed 004, Mitarbeiterverzehr (100 % Rabatt für Mitarbeiter)
    """

    _inherit = "pos.order"

    staff_meal = fields.Boolean(readonly=True, copy=False, help="The till asked for a meal.")
    meal_employee_id = fields.Many2one(
        "hr.employee", string="Staff meal of", readonly=True, copy=False, index="btree_not_null"
    )
    meal_value = fields.Monetary(string="Value of the meal", readonly=True, copy=False)

    def _kept_by_server(self):
        return super()._kept_by_server() | {"meal_employee_id", "meal_value"}

    def _book_meals(self):
        """Book what of these orders is a staff meal; an order that is paid is never refused."""
        for order in self.filtered(lambda one: one._concerns_meals()):
            found = Settlement()
            order._never_refuse(found, order._book_meal)
            if found.told:
                order._tell_settlement(found.told)

    def _concerns_meals(self):
        return self.staff_meal or bool(self.lines.refunded_orderline_id.order_id.meal_employee_id)

    def _book_meal(self, found):
        """Note whose meal it was and what it is worth; what was no meal is told to a manager."""
        order = self.sudo()
        for line in order.lines.filtered("refunded_orderline_id.meal_value"):
            line.meal_value = line._get_returned_meal()
            order.meal_employee_id = line.refunded_orderline_id.order_id.meal_employee_id
        if order.staff_meal:
            self._book_new_meal(found)
        order.meal_value = sum(order.lines.mapped("meal_value"))

    def _book_new_meal(self, found):
        order, refusal = self.sudo(), self._get_meal_refusal()
        for line in order.lines.filtered(lambda line: line._is_free()):
            if refusal or not line.product_id.is_staff_meal:
                note = refusal or self.env._("It is no staff meal.")
                found.told.append((self.env._("Given for nothing"), self._meal_words(line, note)))
            else:
                line.meal_value = line._get_meal_value()
        if not refusal:
            order.meal_employee_id = order.customer_card_id.employee_id

    def _meal_words(self, line, note):
        price = self.currency_id.format(line._get_meal_value())
        return f"{line.full_product_name or line.product_id.display_name}, {price}: {note}"

    def _get_meal_refusal(self):
        """Return why no badge stands for this order's meal, or ""."""
        badge = self.sudo().customer_card_id
        events = self.env["customer.card.event"].sudo()
        stands = [("meal_order", "=", self.uuid), ("customer_card_id", "=", badge.id)]
        if badge.employee_id and events.search_count(stands, limit=1):
            return ""
        return self.env._("No badge was presented for this meal.")

    def _get_card_closing(self):
        rows = super()._get_card_closing()
        meals = self.filtered("meal_employee_id")
        value = sum((exact(order.meal_value) for order in meals), exact(0))
        note = ""
        if meals:
            currency = meals.currency_id[:1]
            note = self.env._(
                "%(count)s, list value %(value)s",
                count=len(meals.filtered("staff_meal")),
                value=currency.format(float(value)),
            )
        meal = {"key": "meals", "name": self.env._("Staff meals"), "amount": 0.0, "note": note}
        return [*rows[:-1], meal, rows[-1]]
