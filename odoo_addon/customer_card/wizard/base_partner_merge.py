from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Write the merged accounts before base moves the customer by SQL."""
        res = super()._merge_loyalty_cards(src_partners, dst_partner)
        self.env.flush_all()
        return res
