/** The quotation of a card holder: saves itself after a line changed, so that the total is right at once. */
import { onMounted, onWillUnmount, useExternalListener } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { formView } from "@web/views/form/form_view";
import { EditCursor } from "./edit_cursor";

const IDLE_MS = 300;
// A list of products left open holds the total back no longer than this many pauses.
const MAX_WAITS = 4;
const PRICED_FIELDS = ["product_id", "product_uom_id", "product_uom_qty", "price_unit", "discount"];

/** The quotation on the screen, to which the next presented card may be attached. */
export const openQuotation = { current: null };

export class QuotationFormController extends formView.Controller {
    setup() {
        super.setup();
        this.pricedAs = null;
        this.waits = 0;
        this.cursor = new EditCursor(this.rootRef, () => this.model.root.data.order_line);
        this.autosaves = new Mutex();
        this.autosaveSoon = useDebounced(() => this.autosave(), IDLE_MS);
        this.isAutosavePending = false;
        // Whoever goes on typing is not interrupted: the save waits for a pause.
        useExternalListener(window, "keydown", () => {
            this.waits = 0;
            if (this.isAutosavePending) {
                this.autosaveSoon();
            }
        });
        if (!this.env.inDialog) {
            openQuotation.current = this;
        }
        onMounted(() => this.focusFirstArticle());
        onWillUnmount(() => {
            if (openQuotation.current === this) {
                openQuotation.current = null;
            }
        });
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRecordChanged = () => this.onRecordChanged();
        params.hooks.onRootLoaded = (root) => {
            this.pricedAs = this.pricing(root);
        };
        return params;
    }

    /**
     * Let Enter open the first line of a quotation that a card has just opened. Odoo's own choice, the
     * customer, would be overwritten by the first thing scanned; an opened line would count as a change
     * and leave an empty quotation behind.
     */
    focusFirstArticle() {
        const { data, isNew } = this.model.root;
        if (isNew && data.customer_card_id) {
            this.rootRef.el
                ?.querySelector("[name='order_line'] .o_field_x2many_list_row_add :is(a, button)")
                ?.focus();
        }
    }

    /** Called inside the model's mutex: saving from here, or returning the save's promise, deadlocks. */
    onRecordChanged() {
        if (this.pricing(this.model.root) !== this.pricedAs) {
            this.isAutosavePending = true;
            this.autosaveSoon();
        }
    }

    /** A card may open something else in the middle of typing: the number in the cell counts, too. */
    async beforeLeave(options = {}) {
        if (!options.forceLeave) {
            await this.model.root.isDirty();
        }
        return super.beforeLeave(options);
    }

    async onRecordSaved(record, changes) {
        await super.onRecordSaved(record, changes);
        this.cursor.note();
    }

    /** All that a discount depends on, as one comparable text. */
    pricing({ data }) {
        const lines = (data.order_line?.records || []).filter((line) => this.isPriced(line));
        return JSON.stringify([
            data.partner_id?.id,
            data.customer_card_id?.id,
            data.pricelist_id?.id,
            lines.map((line) => PRICED_FIELDS.map((name) => line.data[name]?.id ?? line.data[name])),
        ]);
    }

    isPriced(line) {
        return line.data.product_id && !line.data.is_reward_line;
    }

    /** Whether a save could change the total: card programs apply, or their lines must go. */
    get wantsAutosave() {
        const { data, isNew } = this.model.root;
        const lines = data.order_line.records;
        const concerned =
            data.has_card_discounts ||
            data.customer_card_id ||
            lines.some((line) => line.data.is_reward_line);
        return (
            ["draft", "sent"].includes(data.state) &&
            data.partner_id &&
            concerned &&
            (!isNew || lines.some((line) => this.isPriced(line))) &&
            this.pricing(this.model.root) !== this.pricedAs
        );
    }

    /** A dialog (the product configurator) is open, or a product has just been looked for. */
    get isBusyElsewhere() {
        const isSearching = this.rootRef.el?.querySelector(".o-autocomplete--dropdown-menu");
        return this.ui.activeElement !== document || (isSearching && this.waits++ < MAX_WAITS);
    }

    /** Save now if that can change the total; one save after the other, they share the cursor. */
    autosave() {
        return this.autosaves.exec(() => this.saveWhenIdle());
    }

    async saveWhenIdle() {
        // A product just picked may still be on its way into its line.
        await this.model.mutex.getUnlockedDef();
        if (this.isBusyElsewhere) {
            this.autosaveSoon();
            return;
        }
        this.isAutosavePending = false;
        this.waits = 0;
        if (!this.wantsAutosave) {
            return;
        }
        this.cursor.begin();
        try {
            await this.model.root.save({
                onError: (error, options) => this.onSaveError(error, options, false),
            });
        } finally {
            this.pricedAs = this.pricing(this.model.root);
            await this.cursor.restore();
        }
    }

    /** Who saves on purpose is done with the line: nothing opens it again behind the click. */
    async saveButtonClicked(params) {
        this.isAutosavePending = false;
        this.autosaveSoon.cancel();
        await this.autosaves.getUnlockedDef();
        try {
            return await super.saveButtonClicked(params);
        } finally {
            this.pricedAs = this.pricing(this.model.root);
        }
    }

    /** Whether this card's quotation is the one on the screen: same customer, or none chosen yet. */
    welcomes(claim) {
        const { data } = this.model.root;
        return (
            ["draft", "sent"].includes(data.state) &&
            (!data.partner_id || data.partner_id.id === claim.partner?.id)
        );
    }

    /** Attach a presented card to the quotation on the screen and bring its discounts in. */
    async present(claim) {
        const { root } = this.model;
        const changes = {
            customer_card_id: { id: claim.card.id, display_name: claim.card.number },
        };
        if (!root.data.partner_id && claim.partner?.id) {
            changes.partner_id = { id: claim.partner.id, display_name: claim.partner.name };
        }
        await root.update(changes);
        await this.autosave();
        return _t("Card attached to the open quotation of %s.", claim.partner?.name || "");
    }
}

registry.category("views").add("customer_card_quotation_form", {
    ...formView,
    Controller: QuotationFormController,
});
