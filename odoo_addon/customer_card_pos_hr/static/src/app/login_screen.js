/** The login screen says that a badge will do. */
import { useState } from "@odoo/owl";
import { LoginScreen } from "@point_of_sale/app/screens/login_screen/login_screen";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

patch(LoginScreen.prototype, {
    setup() {
        super.setup(...arguments);
        this.pairedTill = useState(useService("customer_card.till").state);
    },

    get showBadgeHint() {
        return this.pos.config.module_pos_hr && this.pairedTill.till;
    },
});
