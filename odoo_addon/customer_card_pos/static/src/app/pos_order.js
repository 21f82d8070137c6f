/**
 * The gate: a gated program applies to an order only while the order's customer, or the card
 * presented for it, has a live enrolment of that program.
 */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { patch } from "@web/core/utils/patch";

const { DateTime } = luxon;

patch(PosOrder.prototype, {
    initState() {
        super.initState();
        this.uiState = { ...this.uiState, cardPrograms: null };
    },

    /** Names what the open programs depend on; with another key they must be asked for again. */
    get cardProgramsKey() {
        const partner = this.partner_id?.id || 0;
        const card = this.customer_card_id?.id || 0;
        return `${partner}/${card}/${DateTime.now().toISODate()}`;
    },

    /** The server's last answer for this customer, card and day, or null. */
    get cardPrograms() {
        const known = this.uiState.cardPrograms;
        return known?.key === this.cardProgramsKey ? known : null;
    },

    _programIsApplicable(program) {
        if (program.kind && !this.cardPrograms?.programs.includes(program.id)) {
            return false;
        }
        if (program.kind === "discount" && !this.hasArticleOf(program)) {
            return false;
        }
        return super._programIsApplicable(program);
    },

    /**
     * Odoo waits for cards between its two looks at what applies; goods scanned meanwhile may open a
     * discount, which has its turn right after.
     */
    pointsForPrograms() {
        const points = super.pointsForPrograms(...arguments);
        for (const { id } of this.models["loyalty.program"].getAll()) {
            points[id] ||= [];
        }
        return points;
    },

    /**
     * Our discounts ask for no minimum quantity, or 0.3 kg would not get them. Without an article
     * they must not light up the Reward button either.
     */
    hasArticleOf(program) {
        const covers = (rule, line) => rule.any_product || rule.validProductIds.has(line.product_id.id);
        return this.lines.some(
            (line) => !line.is_reward_line && program.rule_ids.some((rule) => covers(rule, line))
        );
    },

    /**
     * A card serves its holder only: with another customer it was not presented for this order.
     * Neither are vouchers that were found by their holder.
     */
    setPartner(partner) {
        super.setPartner(...arguments);
        const holder = this.customer_card_id?.order_partner_id;
        if (holder && holder.id !== partner?.id) {
            this.customer_card_id = false;
        }
        const others = this._code_activated_coupon_ids.filter(
            (card) => card.partner_id && card.partner_id.id !== partner?.id
        );
        this._code_activated_coupon_ids = [["unlink", ...others]];
    },
});
