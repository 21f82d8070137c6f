/** What a customer has: asked at the till without a sale. */
import { Component, onWillStart, useState } from "@odoo/owl";
import { PartnerList } from "@point_of_sale/app/screens/partner_list/partner_list";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";

import { useCardListener } from "./card_listener";

export class BalancesDialog extends Component {
    static template = "customer_card_pos.BalancesDialog";
    static components = { Dialog };
    static props = { pos: Object, close: Function };

    setup() {
        this.dialog = useService("dialog");
        this.state = useState({ name: "", rows: [], message: "" });
        useCardListener(this.props.pos, (claim) => this.showCard(claim));
        onWillStart(() => {
            const order = this.props.pos.getOrder();
            return this.load(order?.partner_id, order?.customer_card_id);
        });
    }

    async showCard({ partner, card }) {
        await this.load(partner, card);
        return this.state.name;
    }

    async chooseCustomer() {
        const partner = await makeAwaitable(this.dialog, PartnerList, {});
        if (partner) {
            await this.load(partner);
        }
    }

    async load(partner, card) {
        if (!partner?.id && !card?.id) {
            return;
        }
        Object.assign(this.state, { name: partner?.name || card.number, rows: [], message: "" });
        try {
            this.state.rows = await this.props.pos.data.call("loyalty.card", "get_pos_balances", [
                partner?.id || false,
                card?.id || false,
            ]);
            this.state.message = this.state.rows.length ? "" : _t("No program.");
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.message = _t("No connection: the balances cannot be asked for now.");
        }
    }

    validUntil(row) {
        return row.valid_until ? formatDate(deserializeDate(row.valid_until)) : _t("no end");
    }
}
