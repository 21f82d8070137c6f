import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.base.models.res_users import INDEX_SIZE
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
LIFE = timedelta(days=364)
RENEW_BEFORE = timedelta(days=30)


class CustomerTill(models.Model):
    """The API key with which a till's reader bridge signs in, from its first day to its last.

    A new key is pending until it was used once; only then do the earlier ones stop working. So a
    bridge that dies between being given a key and keeping it still has one that works.
    """

    _inherit = "customer.till"

    pending_key = fields.Char(readonly=True, copy=False, groups="base.group_system")
    key_until = fields.Datetime(
        string="Key valid until",
        compute="_compute_key",
        compute_sudo=True,
        help="The reader program renews its key by itself in the last 30 days.",
    )
    key_state = fields.Selection(
        [("none", "No key"), ("good", "Valid"), ("ending", "Ends soon"), ("ended", "Ended")],
        string="Key",
        compute="_compute_key",
        compute_sudo=True,
    )

    @api.constrains("user_id")
    def _check_reader_user(self):
        """Whose key a till hands out: a reader's, never a person's (a manager's way to be him)."""
        for till in self.sudo().filtered("user_id"):
            if not till.user_id._is_reader_of(till.company_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be the reader user of %(till)s: it has to be a portal user"
                        " of the group “reader bridge of a till” and of this company only. Leave it"
                        " empty: the till makes one with its first key.",
                        user=till.user_id.name,
                        till=till.name,
                    )
                )

    @api.depends("user_id", "pending_key")
    def _compute_key(self):
        now = fields.Datetime.now()
        for till in self:
            until = till._key_end()
            till.key_until = until
            if not until:
                till.key_state = "none"
            elif until < now:
                till.key_state = "ended"
            else:
                till.key_state = "ending" if until < now + RENEW_BEFORE else "good"

    def _key_end(self):
        """Return when the key in use ends; one never used counts only if there is no other."""
        row = self.env.execute_query(
            SQL(
                "SELECT max(expiration_date) FILTER (WHERE index != %(pending)s),"
                " max(expiration_date) FROM res_users_apikeys"
                " WHERE user_id = %(user)s AND scope = 'rpc'",
                user=self.user_id.id or 0,
                pending=self.sudo().pending_key or "",
            )
        )[0]
        return row[0] or row[1] or False

    def _give_key(self):
        """Return ``(key, until)``: a new key beside the one in use; one given before is void."""
        self.ensure_one()
        till = self.sudo()
        if not till.user_id:
            till.user_id = till._create_reader_user()
        till._check_may_have_key()
        if till.pending_key:
            till._drop_keys(SQL("index = %s", till.pending_key))
        until = fields.Datetime.now() + LIFE
        keys = till.env["res.users.apikeys"].with_user(till.user_id).sudo()
        key = keys._generate("rpc", till.name, until)
        till.pending_key = key[:INDEX_SIZE]
        return key, until

    def _check_may_have_key(self):
        """Ask again with each key: the user's groups may have changed since it was chosen."""
        if self.active and self.user_id.active and self.user_id._is_reader_of(self.company_id):
            return
        _logger.warning(
            "%s got no key for till %s: %s is no reader user",
            self.env.user.login,
            self.id,
            self.user_id.login,
        )
        raise AccessError(
            self.env._(
                "%s gets no key: its reader user may do more than report cards. Take the user off"
                " the till and make the key again.",
                self.name,
            )
        )

    def _drop_keys(self, which):
        keys = self.env["res.users.apikeys"].sudo()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_users_apikeys WHERE user_id = %s AND %s", self.user_id.id, which
            )
        )
        keys.browse(row[0] for row in rows).unlink()

    @api.model
    def renew_key(self):
        """Give the calling bridge its next key: ``{"key", "valid_until"}``.

        The old key works until the new one was used once, so this is safe to repeat.

        :raises UserError: the key is not in its last 30 days
        """
        till = self._of_bridge()
        if not till._renews_key():
            raise UserError(
                till.env._(
                    "The key of %(till)s is valid until %(day)s. It is renewed in its last month.",
                    till=till.name,
                    day=fields.Date.to_string(till.key_until),
                )
            )
        key, until = till._give_key()
        return {"key": key, "valid_until": fields.Date.to_string(until)}

    def _renews_key(self):
        return self.key_state == "ending"

    @api.model
    def _key_used(self, user_id, index):
        """A key of this user was accepted: if it was the pending one, the others are over."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM customer_till WHERE user_id = %s AND pending_key = %s"
                " FOR UPDATE SKIP LOCKED",
                user_id,
                index,
            )
        )
        for till in self.sudo().browse(row[0] for row in rows):
            till._drop_keys(SQL("index != %s", index))
            till.pending_key = False

    def _create_reader_user(self):
        groups = self.env.ref("base.group_portal") | self.env.ref("customer_card.group_bridge")
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": self.env._("Reader of %s", self.name),
                    "login": f"reader-{self.id}",
                    "lang": self.env.user.lang,
                    "tz": self.env.user.tz,
                    "company_id": self.company_id.id,
                    "company_ids": [fields.Command.set(self.company_id.ids)],
                    "group_ids": [fields.Command.set(groups.ids)],
                }
            )
        )

    def action_new_key(self):
        """Give the till's reader a new API key; an earlier one stops working at once.

        A till without a reader user gets one: a portal user that may report cards and nothing else.

        :raises AccessError: no manager, or the till's user is anybody else than such a reader
        """
        self.ensure_one()
        self.check_access("write")
        till = self.sudo()
        key, until = till._give_key()
        till._drop_keys(SQL("index != %s", till.pending_key))
        till.pending_key = False
        shown = (
            self.env["customer.till.key"]
            .sudo()
            .create({"till_id": till.id, "valid_until": until.date()})
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Key of the reader at %s", till.name),
            "res_model": shown._name,
            "res_id": shown.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"shown_key": key},
        }

    def action_pair_reader(self):
        """Show a code to type on the computer with the card reader."""
        self.ensure_one()
        self.check_access("write")
        pairing, code = self.env["customer.till.pairing"].sudo()._start(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pair a reader with %s", self.name),
            "res_model": pairing._name,
            "res_id": pairing.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"shown_code": code},
        }


class ResUsers(models.Model):
    _inherit = "res.users"

    def _is_reader_of(self, company):
        """Tell whether this user is a reader of *company* and nobody else: keys are for these."""
        self.ensure_one()
        user = self.sudo()
        return (
            user.share
            and not user._is_internal()
            and user._has_group("customer_card.group_bridge")
            and not user._has_group("customer_card.group_worker")
            and user.company_ids == company
        )


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _check_credentials(self, *, scope, key):
        user_id = super()._check_credentials(scope=scope, key=key)
        if user_id:
            self.env["customer.till"]._key_used(user_id, key[:INDEX_SIZE])
        return user_id
