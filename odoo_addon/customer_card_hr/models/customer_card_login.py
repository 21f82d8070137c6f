import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.addons.customer_card.lib.append_only import append_only
from odoo.addons.customer_card.lib.plain_reference import PlainMany2one
from odoo.addons.customer_card.lib.row_id import row_id
from odoo.exceptions import UserError
from odoo.http import request

_logger = logging.getLogger(__name__)
BATCH = 10000
CLEAN_UP = "customer_card.login_clean_up"
SAID_BY_A_SCREEN = ("idle", "removed", "button", "switch")


class CustomerCardLogin(models.Model):
    """Who came and went at the tills and at Odoo's login page. Nobody changes it.

    A row outlives what it points to, and it stores no names.
    """

    _name = "customer.card.login"
    _description = "Login with a badge"
    _order = "id desc"
    _rec_name = "employee_id"
    _log_access = False

    at = fields.Datetime(
        string="Time", required=True, readonly=True, index=True, default=fields.Datetime.now
    )
    employee_id = PlainMany2one("hr.employee", readonly=True, index="btree_not_null")
    user_id = PlainMany2one("res.users", string="Screen's user", readonly=True)
    till_id = PlainMany2one("customer.till", readonly=True)
    customer_card_id = PlainMany2one("customer.card", string="Card", readonly=True)
    company_id = PlainMany2one("res.company", readonly=True)
    kind = fields.Selection(
        [
            ("login", "Logged in"),
            ("logoff", "Logged off"),
            ("refused", "Refused"),
            ("locked", "Locked out"),
            ("pin", "PIN changed"),
        ],
        required=True,
        readonly=True,
    )
    way = fields.Selection(
        [
            ("badge", "Badge"),
            ("badge_pin", "Badge and PIN"),
            ("screen", "Chosen on the screen"),
            ("idle", "Not used for a while"),
            ("removed", "Badge removed"),
            ("switch", "Another employee"),
            ("button", "Lock button"),
        ],
        readonly=True,
    )
    place = fields.Selection(
        [("pos", "Point of Sale"), ("web", "Odoo")],
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    address = fields.Char(string="Network address", readonly=True)

    @api.private
    def init(self):
        """Let the database itself refuse to change the past; only the clean-up takes rows away."""
        append_only(self.env.cr, self._table, CLEAN_UP)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The login log cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The login log cannot be changed."))

    @api.model
    def _note(self, kind, way=False, *, employee=None, till=None, card=None, **values):
        """Append one row.

        :param values: ``place``, ``reason``, ``company`` where the till does not name it
        """
        company = values.pop("company", None) or (till and till.company_id) or self.env.company
        return self.sudo().create(
            {
                "kind": kind,
                "way": way,
                "employee_id": employee.id if employee else False,
                "till_id": till.id if till else False,
                "customer_card_id": card.id if card else False,
                "company_id": company.id,
                "user_id": self.env.uid,
                "address": request.httprequest.remote_addr if request else False,
                **values,
            }
        )

    @api.model
    def screen_logoff(self, employee_id, way, place, screen=None):
        """Note that the calling screen logged *employee_id* off; return True.

        A row tells only of who was logged in there. The screen's till locks in any case.

        :param way: ``idle``, ``removed``, ``button`` or ``switch``
        :param place: ``pos`` or ``web``
        :param screen: the screen's secret, if it is paired with a till
        """
        self.env["customer.till"]._check_seller()
        if way not in SAID_BY_A_SCREEN or place not in ("pos", "web"):
            return True
        till = self.env["customer.till.screen"]._here(screen).till_id
        employee = self.env["hr.employee"].sudo().browse(row_id(employee_id)).exists()
        if self._is_in(employee, place):
            self._note("logoff", way, employee=employee, till=till, place=place)
        else:
            _logger.warning(
                "%s logs off employee %s, who is not there", self.env.user.login, employee_id
            )
        till._after_logoff(way, place)
        return True

    @api.model
    def _is_in(self, employee, place):
        """Tell whether *employee* is logged in at a screen of the calling user."""
        if place == "web":
            return not employee or employee in self.env.user.sudo().employee_ids
        last = self.sudo().search(
            [
                ("employee_id", "=", employee.id),
                ("user_id", "=", self.env.uid),
                ("place", "=", place),
                ("kind", "in", ("login", "logoff")),
            ],
            limit=1,
        )
        return bool(employee) and last.kind == "login"

    @api.autovacuum
    def _gc_logins(self):
        """Take away what is older than the company wants to keep."""
        self.env.cr.execute("SELECT set_config(%s, 'open', true)", [CLEAN_UP])
        for company in self.env["res.company"].sudo().search([("badge_log_months", ">", 0)]):
            until = fields.Datetime.now() - relativedelta(months=company.badge_log_months)
            self.env.cr.execute(
                "DELETE FROM customer_card_login WHERE id IN (SELECT id FROM customer_card_login"
                " WHERE company_id = %s AND at < %s LIMIT %s)",
                (company.id, until, BATCH),
            )
            _logger.info("login log of %s: %s rows removed", company.name, self.env.cr.rowcount)
        self.env.cr.execute("SELECT set_config(%s, '', true)", [CLEAN_UP])
        self.invalidate_model()
