from odoo import api, models


class CustomerCardLogin(models.Model):
    _inherit = "customer.card.login"

    @api.model
    def screen_login(self, employee_id, config_id, channel=None):
        """Note a cashier who was chosen on the screen, with Odoo's own PIN or without.

        The server sees no proof of it: Odoo checks that PIN in the browser.
        """
        tills = self.env["customer.till"]
        tills._check_seller()
        employee = self.env["hr.employee"].sudo().browse(int(employee_id)).exists()
        config = self.env["pos.config"].browse(int(config_id)).exists()
        config.check_access("read")
        if employee and not config._get_badge_refusal(employee):
            till = tills._of_channel(channel)
            self._note("login", "screen", employee=employee, till=till, place="pos")
            till._after_login("pos")
        return True
