/** The menu of Point of Sale pairs this screen with a till; the bar shows its card reader. */
import { useState } from "@odoo/owl";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

import { BalancesDialog } from "./balances_dialog";

patch(Navbar.prototype, {
    setup() {
        super.setup(...arguments);
        this.cardTill = useService("customer_card.till");
        this.pairedTill = useState(this.cardTill.state);
        this.cardDevice = useService("customer_card.device");
        this.cardDeviceState = useState(this.cardDevice.state);
        this.cardTills = useState({ all: [] });
    },

    get hasCardPrograms() {
        return this.pos.models["loyalty.program"].some((program) => program.kind);
    },

    showCardBalances() {
        this.dialog.add(BalancesDialog, { pos: this.pos });
    },

    get cardReaderText() {
        return this.pairedTill.reader && this.cardTill.readerText();
    },

    get cardReaderClass() {
        return {
            connected: "text-success",
            disconnected: "text-danger",
            busy: "text-danger",
            offline: "text-danger",
            deaf: "text-danger",
            unknown: "text-muted",
        }[this.pairedTill.reader];
    },

    async loadCardTills() {
        this.cardTill.refresh();
        try {
            this.cardTills.all = await this.cardTill.tills();
        } catch {
            // Offline: the menu must still open; it lists the tills it knew before.
        }
    },

    async pairCardTill(till) {
        await this.cardTill.pair(till.id);
        this.cardTill.show(_t("Cards inserted at %s now open on this screen.", till.name), {
            type: "success",
        });
    },
});
