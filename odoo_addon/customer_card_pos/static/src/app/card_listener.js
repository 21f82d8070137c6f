/** A dialog that waits for a card gets the next one that is presented, instead of an order. */
import { onMounted, onWillUnmount } from "@odoo/owl";

/** @param {(claim: object) => string} listener returns what the card reader may say */
export function useCardListener(pos, listener) {
    onMounted(() => (pos.cardListener = listener));
    onWillUnmount(() => (pos.cardListener = undefined));
}
