/** A dialog that waits for a card gets the next one that is presented, instead of an order. */
import { onMounted, onWillUnmount } from "@odoo/owl";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { patch } from "@web/core/utils/patch";

patch(PosStore.prototype, {
    presentCard(claim) {
        return this.cardListener ? this.cardListener(claim) : super.presentCard(...arguments);
    },
});

/** @param {(claim: object) => string} listener returns what the card reader may say */
export function useCardListener(pos, listener) {
    onMounted(() => (pos.cardListener = listener));
    onWillUnmount(() => (pos.cardListener = undefined));
}
