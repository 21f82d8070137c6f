/** The login screen says that a badge will do, and where only a badge does, nothing else opens it. */
import { useState } from "@odoo/owl";
import { CashierName } from "@point_of_sale/app/components/navbar/cashier_name/cashier_name";
import { LoginScreen } from "@point_of_sale/app/screens/login_screen/login_screen";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

function selectUnlessRefused(pos, select) {
    const refusal = pos.getScreenRefusal();
    if (!refusal) {
        return select();
    }
    pos.cardTill.show(refusal, { type: "warning" });
    return undefined;
}

patch(LoginScreen.prototype, {
    setup() {
        super.setup(...arguments);
        this.pairedTill = useState(useService("customer_card.till").state);
    },

    get showBadgeHint() {
        return this.pos.config.module_pos_hr && this.pairedTill.till;
    },

    openRegister() {
        return selectUnlessRefused(this.pos, () => super.openRegister(...arguments));
    },

    async selectCashier() {
        return selectUnlessRefused(this.pos, () => super.selectCashier(...arguments));
    },

    /** What Odoo's own badge, a bar code, has opened: it was in the hand. */
    selectOneCashier(cashier) {
        this.pos.byScan = this.pos.config.module_pos_hr;
        if (!this.pos.getScreenRefusal(cashier)) {
            super.selectOneCashier(...arguments);
        }
        this.pos.byScan = false;
    },
});

patch(CashierName.prototype, {
    async selectCashier() {
        return selectUnlessRefused(this.pos, () => super.selectCashier(...arguments));
    },
});
