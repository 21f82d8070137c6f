from odoo import api, models
from odoo.addons.customer_card.lib.row_id import row_id


class CustomerCardLogin(models.Model):
    _inherit = "customer.card.login"

    @api.model
    def screen_login(self, employee_id, config_id, screen=None):
        """Note a cashier who was chosen on the screen, with Odoo's own PIN or without.

        The server sees no proof of it: Odoo checks that PIN in the browser. Who has none, or a
        till that opens with the badge only, unlocks nothing.

        :param screen: the screen's secret, if it is paired; only its own till is unlocked
        """
        self.env["customer.till"]._check_seller()
        employee = self.env["hr.employee"].sudo().browse(row_id(employee_id)).exists()
        config = self.env["pos.config"].browse(row_id(config_id)).exists()
        config.check_access("read")
        if employee and config.current_session_id and not config._get_badge_refusal(employee):
            till = self.env["customer.till.screen"]._here(screen).till_id
            locked = config.badge_only or till.pos_locked_at
            refused = locked and config._get_screen_refusal(employee)
            kind = "refused" if refused else "login"
            self._note(kind, "screen", employee=employee, till=till, place="pos")
            if not refused:
                till._after_login("pos")
        return True
