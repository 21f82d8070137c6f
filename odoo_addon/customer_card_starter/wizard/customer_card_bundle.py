from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import convert_file
from odoo.tools.translate import LazyTranslate, code_translations

_lt = LazyTranslate(__name__)
MODULE = "customer_card_starter"
FILES = {
    "hearing_service": "data/customer_card_bundles_hearing_service.xml",
    "pro_acoustics": "data/customer_card_bundles_pro_acoustics.xml",
}
# The names in the data files, for the translators: those files are not loaded with the module.
NAMES = (
    _lt("Hearing aid batteries"),
    _lt("Care and accessories"),
    _lt("Hearing aid checks"),
    _lt("Repairs"),
    _lt("10 % on care and accessories"),
    _lt("5 % on batteries"),
    _lt("Repairs free of charge"),
    _lt("HÖR-SERVICE-PLUS: batteries"),
    _lt("HÖR-SERVICE-PLUS: checks"),
    _lt("HÖR-SERVICE-PLUS: care discount"),
    _lt("Pro-Akustik-Plus: battery discount"),
    _lt("Pro-Akustik-Plus: longer warranty"),
    _lt("Pro-Akustik-Plus: points"),
)


class CustomerCardBundle(models.TransientModel):
    """Load a ready set of programs and its card type from a data file (AS-14, I9)."""

    _name = "customer.card.bundle"
    _description = "Import a program bundle"

    bundle = fields.Selection(
        [
            ("hearing_service", "HÖR-SERVICE-PLUS"),
            ("pro_acoustics", "Pro-Akustik-Plus-Karte"),
        ],
        required=True,
        default="hearing_service",
    )

    def action_import(self):
        """Make what is missing of the bundle and open its card type.

        What exists stays as it was changed since, so that importing again is harmless.
        """
        self.ensure_one()
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Programs are set up by managers. Ask yours."))
        known = self._records()
        english = self.sudo().with_context(lang=None).env
        convert_file(english, MODULE, FILES[self.bundle], {}, mode="update", noupdate=True)
        for model, res_id in self._records() - known:
            self._translate_name(english[model].browse(res_id))
        card_type = self.env.ref(f"{MODULE}.bundle_{self.bundle}_card_type")
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.card.type",
            "res_id": card_type.id,
            "views": [(False, "form")],
        }

    def _records(self):
        """Return ``{(model, id)}`` of what bundles have made so far."""
        named = self.env["ir.model.data"].sudo()
        found = named.search([("module", "=", MODULE), ("name", "=like", "bundle\\_%")])
        return {(one.model, one.res_id) for one in found}

    def _translate_name(self, record):
        """Name a new record in every installed language, or, where a name has only one, in mine."""
        source = record.name
        words = {
            code: code_translations.get_python_translations(MODULE, code).get(source)
            for code, _name in self.env["res.lang"].get_installed()
        }
        if record._fields["name"].translate:
            record.update_field_translations("name", {c: w for c, w in words.items() if w})
        elif mine := words.get(self.env.lang):
            record.name = mine
