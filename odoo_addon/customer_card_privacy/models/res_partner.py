import re

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..wizard.customer_card_erase_traces import OURS

# What opens a card or proves a booking; whoever has it could use it.
SECRET = {"code", "code_nonce", "pending_key", "handle", "key", "key_hash", "hash", "badge_ticket"}
# Numbers of rows and counters of a guard.
TECHNICAL = {
    *("id", "create_date", "write_date", "sequence", "entry_seq", "res_id", "origin_id", "root_id"),
    *("is_enrolment", "single_account", "order_partner", "order_card", "entry_id"),
    *("pin_tries", "pin_tried_at", "tap_counter", "last_step"),
}
# Who served him is the employee's data; a company is the shop itself.
OTHERS = ("res.users", "hr.employee", "customer.till", "res.company")


class ResPartner(models.Model):
    """What is stored about a person with us, for the person (GDPR, articles 15 and 20)."""

    _inherit = "res.partner"

    def action_export_card_data(self):
        """Hand over all that is stored about this person's cards, as JSON and PDF.

        :raises AccessError: as :meth:`_check_card_export`
        """
        self.ensure_one()
        self._check_card_export()
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_card/data/{self.id}",
            "target": "self",
        }

    def _check_card_export(self):
        """Ask before all that is stored about a person is shown at once.

        :raises AccessError: not a card manager, or some of it is another company's
        """
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may export card data."))
        self.check_access("read")
        self._check_card_companies()

    def _card_data(self):
        """Return all that our modules keep about this person; nobody else's row, no secret.

        Read from the registry, so that what a module adds is in it without a list to keep.

        :return: ``{"person": {label: text}, "created_at": UTC, "sections": [{"model", "title",
            "fields": {name: label}, "rows": [{name: value}]}]}``, sections with rows only
        """
        self.ensure_one()
        person = self.sudo().with_context(active_test=False)
        records = person._card_records()
        sections = [person._card_section(rows) for rows in records.values() if rows]
        sections += person._card_messages(records)
        for card in records.get("customer.card", ()):
            self._mask(sections, card.number, card._masked_number())
        return {
            "created_at": fields.Datetime.now().isoformat(),
            "person": person._card_person() if sections else {},
            "sections": sections,
        }

    def _card_person(self):
        names = ("name", "ref", "email", "phone", "contact_address", "lang")
        labels = self.fields_get(names, ["string"])
        texts = {name: ", ".join((self[name] or "").split("\n")).strip(" ,") for name in names}
        return {labels[name]["string"]: text for name, text in texts.items() if text}

    # --- which rows -------------------------------------------------------------------

    def _card_models(self):
        """Yield ``(model, its links to people, its links to other models of ours)``."""
        skipped = {*self._models_of_set_up(), "customer.till"}
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not name.startswith(OURS) or name in skipped or model._abstract or model._transient:
                continue
            if not model._auto:
                continue
            links = [one for one in model._fields.values() if one.store and one.type == "many2one"]
            people = [one.name for one in links if one.comodel_name == "res.partner"]
            ours = [one for one in links if one.comodel_name.startswith(OURS)]
            yield model, people, [one for one in ours if one.comodel_name not in skipped]

    def _card_records(self):
        """Return ``{model name: records}`` of this person, whatever way they hang together.

        A row is the person's if it names him, or if it names nobody and belongs to his only.
        """
        found = {}
        models = list(self._card_models())
        for model, people, _links in models:
            if people:
                named = Domain.OR([(name, "=", self.id)] for name in people)
                found[model._name] = model.search(named, order="id")
        while True:
            before = sum(map(len, found.values()))
            for model, people, links in models:
                if model._name in ("customer.card", "loyalty.card"):
                    continue
                rows = self._card_rows_below(model, people, links, found)
                found[model._name] = found.get(model._name, model) | rows
            if sum(map(len, found.values())) == before:
                return {name: found[name].sorted("id") for name in sorted(found)}

    def _card_rows_below(self, model, people, links, found):
        links = [one for one in links if found.get(one.comodel_name)]
        if not links:
            return model
        nobody = Domain.AND([(name, "=", False)] for name in people) if people else Domain.TRUE
        mine = {one.name: Domain(one.name, "in", found[one.comodel_name].ids) for one in links}
        return model.search(
            nobody
            & Domain.OR(mine.values())
            & Domain.AND(Domain(name, "=", False) | his for name, his in mine.items())
        )

    # --- what of a row ----------------------------------------------------------------

    def _card_section(self, records):
        names = self._card_fields(records)
        labels = records.fields_get(names, ["string"])
        return {
            "model": records._name,
            "title": self.env["ir.model"]._get(records._name).name,
            "fields": {name: labels[name]["string"] for name in names},
            "rows": [{name: self._card_value(one, name) for name in names} for one in records],
        }

    def _card_fields(self, records):
        """Return the fields that say something in at least one row."""
        return [
            name
            for name, field in records._fields.items()
            if field.store
            and field.column_type
            and name not in SECRET | TECHNICAL
            and not name.endswith("_hash")
            and field.type not in ("binary", "many2one_reference")
            and field.comodel_name not in OTHERS
            and any(records.mapped(name))
        ]

    def _card_value(self, record, name):
        """Return a value for JSON: numbers as they are, dates as ISO, else as people read it."""
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            return self._card_link(value)
        if field.type in ("date", "datetime"):
            return value.isoformat() if value else ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type in ("html", "char", "text"):
            return html2plaintext(value or "") if field.type == "html" else value or ""
        return value

    def _card_link(self, value):
        """Return the name of what a row points to; another person's name is not given away."""
        value = value.exists()
        if value._name == "res.partner" and value != self:
            return ""
        if value._name == "customer.card":
            return value._masked_number() if value.partner_id == self else ""
        if value._name == "loyalty.card":
            return value.program_id.name or ""
        return value.display_name or ""

    def _mask(self, sections, number, masked):
        """Write no whole card number into texts, as everywhere outside the shop."""
        for row in (row for section in sections for row in section["rows"]):
            for name, value in row.items():
                if isinstance(value, str):
                    row[name] = re.sub(rf"\b{re.escape(number)}\b", masked, value)

    def _card_messages(self, records):
        """Yield what was written about the person's cards and programs, and sent to him of them."""
        about = Domain.OR(
            Domain("model", "=", name) & Domain("res_id", "in", records[name].ids)
            for name in ("customer.card", "loyalty.card")
            if name in records
        )
        messages = self.env["mail.message"].search(about, order="id").filtered("body")
        if messages:
            labels = messages.fields_get(["date", "subject", "body"], ["string"])
            yield {
                "model": "mail.message",
                "title": self.env["ir.model"]._get("mail.message").name,
                "fields": {name: label["string"] for name, label in labels.items()},
                "rows": [
                    {
                        "date": one.date.isoformat(),
                        "subject": one.subject or "",
                        "body": html2plaintext(one.body),
                    }
                    for one in messages
                ],
            }
