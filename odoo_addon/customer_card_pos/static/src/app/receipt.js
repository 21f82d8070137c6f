/** The receipt says what is left on the programs that this order sold or used. */
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { patch } from "@web/core/utils/patch";

patch(PosStore.prototype, {
    async postSyncAllOrders(orders) {
        await super.postSyncAllOrders(...arguments);
        for (const order of orders) {
            if (order.state === "paid" && order.touchesCards) {
                await this.loadReceiptBalances(order);
            }
        }
    },

    async loadReceiptBalances(order) {
        try {
            order.uiState.cardBalances = await this.data.call(
                "pos.order",
                "get_receipt_balances",
                [order.id]
            );
        } catch {
            // The order is paid and on the server: its receipt is printed without balances.
        }
    },
});
