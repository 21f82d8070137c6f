/** What was paid with credit or a voucher goes back there first: a bonus is never paid out. */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import { patch } from "@web/core/utils/patch";

const VALUE_KINDS = new Set(["stored_value", "voucher"]);

patch(PosOrder.prototype, {
    /** Something the customer holds changed with this order. */
    get touchesCards() {
        return this.lines.some(
            (line) =>
                line.reward_id?.program_id?.kind ||
                line.soldPrograms.length ||
                line.refunded_orderline_id
        );
    },

    /** @returns {Array} of {line, amount}: what this redemption line may still get back */
    getReturnableRedemptions() {
        return this.lines
            .filter((line) => VALUE_KINDS.has(line.reward_id?.program_id?.kind))
            .map((line) => {
                const back = line.refund_orderline_ids
                    .filter((refund) => refund.order_id?.state !== "cancel")
                    .reduce((sum, refund) => sum + Math.abs(refund.prices.total_included), 0);
                return { line, amount: Math.abs(line.prices.total_included) - back };
            })
            .filter(({ amount }) => amount > 0);
    },

    returnRedemptions(original) {
        for (const { line, amount } of original.getReturnableRedemptions()) {
            const owed = -this.priceIncl;
            if (owed <= 0) {
                return;
            }
            const share = Math.min(amount, owed) / Math.abs(line.prices.total_included);
            this.models["pos.order.line"].create({
                order_id: this,
                product_id: line.product_id,
                qty: -1,
                price_unit: line.price_unit * share,
                tax_ids: line.tax_ids.map((tax) => ["link", tax]),
                refunded_orderline_id: line,
                price_type: "automatic",
            });
        }
    },
});

patch(TicketScreen.prototype, {
    postRefund(destinationOrder) {
        super.postRefund(...arguments);
        destinationOrder.returnRedemptions(destinationOrder.refunded_order_id);
    },
});
