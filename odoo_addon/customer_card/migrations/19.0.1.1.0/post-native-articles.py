"""Odoo's article "Gift Card" sells Odoo's gift cards only, not our vouchers and credit."""


def migrate(cr, version):
    cr.execute(
        """
        DELETE FROM loyalty_rule_product_product_rel rel
        USING loyalty_rule rule, loyalty_program program
        WHERE rel.loyalty_rule_id = rule.id AND rule.program_id = program.id
          AND program.kind IN ('points', 'stored_value', 'voucher')
        """
    )
