/** A top-up with a bonus says on its line what it credits; the server works it out. */
import { OrderSummary } from "@point_of_sale/app/screens/product_screen/order_summary/order_summary";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";

const VALUE_KINDS = new Set(["stored_value", "voucher"]);

patch(PosStore.prototype, {
    async addLineToCurrentOrder() {
        const line = await super.addLineToCurrentOrder(...arguments);
        this.noteCredit(this.getOrder()?.getSelectedOrderline());
        return line;
    },

    /** Nobody waits for it: without connection the line says nothing. */
    async noteCredit(line) {
        if (!line?.soldPrograms.some((program) => VALUE_KINDS.has(program.kind))) {
            return;
        }
        const paid = line.unitPrices.total_included;
        const { creditPaid, creditNote } = line.uiState;
        if (creditPaid === paid || (line.customer_note || "") !== (creditNote || "")) {
            return; // A note of the seller's own stays.
        }
        line.uiState.creditPaid = paid;
        let note = "";
        try {
            note = await this.data.call("loyalty.program", "get_pos_credit_text", [
                line.product_id.id,
                paid,
            ]);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
        if (line.uiState.creditPaid === paid && !line.order_id?.finalized) {
            line.uiState.creditNote = note;
            line.setCustomerNote(note);
        }
    },
});

patch(OrderSummary.prototype, {
    async updateSelectedOrderline() {
        await super.updateSelectedOrderline(...arguments);
        this.pos.noteCredit(this.currentOrder?.getSelectedOrderline());
    },
});
