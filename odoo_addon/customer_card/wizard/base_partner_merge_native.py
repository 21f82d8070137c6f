from odoo import models

from ..lib.opening import open_ledger


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Join what a holder has once, before base moves everything else by SQL.

        Native code would add the points up without a word in the history.

        :raises AccessError: they have cards or programs where the user may not work
        """
        (src_partners | dst_partner)._check_card_companies()
        self.env["loyalty.card"].sudo()._join_holders(src_partners, dst_partner)
        with open_ledger(reason="transfer"):
            res = super()._merge_loyalty_cards(src_partners, dst_partner)
        self.env.flush_all()
        return res
