from odoo.addons.customer_card.tests.common import CardCase
from odoo.fields import Command

PIN = "4711"


class Staff:
    """Mixin: Sabine (8001), Otto (8002) and Berta (8004) may sell here, Paul (8003) may not."""

    @classmethod
    def set_up_staff(cls, config):
        env = cls.env
        env.user.group_ids |= env.ref("hr.group_hr_user")
        env["ir.config_parameter"].sudo().set_param("password.hashing.rounds", 1000)
        cls.sabine, cls.otto, cls.paul, cls.berta = env["hr.employee"].create(
            [
                {"name": "Sabine Verkauf"},
                {"name": "Otto Lager", "pin": "2580"},
                {"name": "Paul Fremd"},
                {"name": "Berta Chip"},
            ]
        )
        config.write(
            {
                "module_pos_hr": True,
                "badge_idle_minutes": 5,
                "basic_employee_ids": [Command.set((cls.sabine | cls.otto | cls.berta).ids)],
            }
        )
        card_type = env["customer.card.type"].create({"name": "Ausweis", "holder_type": "employee"})
        cls.badges = env["customer.card"].create(
            [
                {"number": f"800{number}", "card_type_id": card_type.id, "employee_id": one.id}
                for number, one in enumerate((cls.sabine, cls.otto, cls.paul, cls.berta), start=1)
            ]
        )
        cls.tokens = [env["customer.card.medium"]._new_token() for _badge in cls.badges]
        for badge, token in zip(cls.badges, cls.tokens, strict=True):
            env["customer.card.medium"]._assign(badge, "token", "chip", token)

    def login_rows(self):
        """The login log, oldest first, as (employee, kind, way)."""
        rows = self.env["customer.card.login"].search([("place", "=", "pos")], order="id")
        return [(row.employee_id.name, row.kind, row.way) for row in rows]


__all__ = ["PIN", "CardCase", "Staff"]
