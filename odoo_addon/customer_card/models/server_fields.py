import logging

from odoo import api, models, tools
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)
OURS = "customer_card"


class ServerFields(models.AbstractModel):
    """Fields that only buttons and bookings change, whatever a client sends.

    ``readonly=True`` greys a field out on the screen and refuses nothing over RPC. A model that
    inherits this one refuses it: our stored read-only fields, and those that it names itself, are
    written by the server (``sudo()``, after the rights were asked) and by nobody else. Their
    defaults are the model's own, never those of the context or of a user's ``ir.default``,
    also while the server itself makes the row.
    """

    _name = "customer.card.server.fields"
    _description = "Fields that only the server writes"

    # Rows that no client makes or changes at all: every field is the server's.
    _server_rows = False
    # Further fields, such as those of native models.
    _server_fields_too = frozenset()
    # Of all these, the ones that whoever makes the row may name, and the ones that are no secret
    # of the server's although they are greyed out.
    _client_names_at_birth = frozenset()
    _client_fields = frozenset()

    @api.model
    @tools.ormcache()
    def _server_fields(self):
        """Return the names of the fields that no client writes."""
        found = {
            name
            for name, field in self._fields.items()
            if field.store
            and not field.compute
            and field.type not in ("one2many", "many2many")
            and name not in models.MAGIC_COLUMNS
            and (field.readonly or self._server_rows)
            and (field._module or "").startswith(OURS)
        }
        found |= self._server_fields_too & self._fields.keys()
        return frozenset(found - self._client_fields)

    @api.model
    def _is_server(self):
        return self.env.su

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        for name in (self._server_fields() - self._client_names_at_birth) & values.keys():
            del values[name]
            values.update(self._own_default(self._fields[name]))
        return values

    def _own_default(self, field):
        if not field.default:
            return {}
        value = field.convert_to_cache(field.default(self), self, validate=False)
        return {field.name: field.convert_to_write(field.convert_to_record(value, self), self)}

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_server():
            names = self._server_fields() - self._client_names_at_birth
            for vals in vals_list:
                self._refuse_server_fields(name for name in names & vals.keys() if vals[name])
        return super().create(vals_list)

    def write(self, vals):
        if self._is_server():
            return super().write(vals)
        names = self._server_fields() & vals.keys()
        self._refuse_server_fields(name for name in names if self._differs(name, vals[name]))
        res = super().write(vals)
        if any(self._fields[name].type == "many2one" for name in vals if name in self._fields):
            # Rules were asked before: nobody pushes a row behind a wall he cannot look over.
            self.check_access("write")
        return res

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        names = self._server_fields() - self._client_names_at_birth
        return [{name: copy[name] for name in copy.keys() - names} for copy in copies]

    def _differs(self, name, value):
        """Tell whether *value* is another one than some of these rows have."""
        field = self._fields[name]
        for record in self.sudo():
            wanted = field.convert_to_record(field.convert_to_cache(value, record), record)
            if wanted != record[name]:
                return True
        return False

    def _refuse_server_fields(self, names):
        if not (names := sorted(names)):
            return
        _logger.warning(
            "%s (%s) may not write %s of %s", self.env.user.login, self.env.uid, names, self
        )
        labels = [self._fields[name]._description_string(self.env) for name in names]
        raise AccessError(
            self.env._(
                "This is set by Odoo itself and cannot be entered: %s. Use the buttons.",
                ", ".join(labels),
            )
        )
