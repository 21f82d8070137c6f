/** Odoo's e-wallet button refunds onto e-wallets that an article of theirs tops up: not onto ours. */
import { ControlButtons } from "@point_of_sale/app/screens/product_screen/control_buttons/control_buttons";
import { patch } from "@web/core/utils/patch";

patch(ControlButtons.prototype, {
    _getEWalletPrograms() {
        return super._getEWalletPrograms().filter((program) => !program.kind);
    },
});
