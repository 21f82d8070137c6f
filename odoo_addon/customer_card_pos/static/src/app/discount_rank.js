/**
 * Of our discounts on one article the most specific wins, then the higher percentage, then the
 * older one (I29). The company may switch stacking on; native promotions are left as they are.
 */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { patch } from "@web/core/utils/patch";

const RANKED_KINDS = new Set(["discount", "coupon"]);

export function isRanked(reward) {
    return (
        RANKED_KINDS.has(reward.program_id?.kind) &&
        reward.discount_mode === "percent" &&
        reward.discount_applicability === "specific"
    );
}

function outranks(one, other) {
    return (
        one.specificity - other.specificity ||
        one.discount - other.discount ||
        other.id - one.id
    );
}

/** @returns {Array} the articles on which none of *rivals* wins over *reward* */
export function productsWon(reward, company, rivals) {
    if (!isRanked(reward) || company.card_discounts_stack) {
        return reward.all_discount_product_ids;
    }
    const taken = new Set(
        rivals
            .filter((rival) => isRanked(rival) && outranks(rival, reward) > 0)
            .flatMap((rival) => rival.all_discount_product_ids.map((product) => product.id))
    );
    return reward.all_discount_product_ids.filter((product) => !taken.has(product.id));
}

patch(PosOrder.prototype, {
    /** Our discounts that are open to this order and not taken off it by hand. */
    getRankedRewards() {
        const coupons = new Set(this._code_activated_coupon_ids.map((card) => card.program_id?.id));
        return this.models["loyalty.reward"].filter(
            (reward) =>
                isRanked(reward) &&
                !this.uiState.disabledRewards.has(reward.id) &&
                (reward.program_id.kind === "coupon"
                    ? coupons.has(reward.program_id.id)
                    : this._programIsApplicable(reward.program_id))
        );
    },

    /**
     * The reward as native code reads it, with the articles on which no other one wins.
     *
     * A discount on everything does not cover the discount lines: those lower the rest already. Nor
     * does it cover programs that are sold, as in quotations: their price is what they are given for.
     */
    withWonProducts(reward) {
        if (!isRanked(reward)) {
            return reward;
        }
        const won = productsWon(reward, this.company, this.getRankedRewards());
        const lowering = this.models["loyalty.reward"]
            .getAll()
            .map(({ discount_line_product_id: product }) => product?.id);
        const sold = this.models["loyalty.program"]
            .filter((program) => program.kind)
            .map((program) => program.raw.sale_product_id);
        const excluded = new Set([...lowering, ...sold]);
        return {
            id: reward.id,
            all_discount_product_ids: won.filter((product) => !excluded.has(product.id)),
        };
    },

    _getDiscountableOnSpecific(reward) {
        return super._getDiscountableOnSpecific(this.withWonProducts(reward));
    },

    _getSpecificDiscountableLines(reward) {
        return super._getSpecificDiscountableLines(this.withWonProducts(reward));
    },

    getClaimableRewards() {
        return super
            .getClaimableRewards(...arguments)
            .filter(
                ({ reward }) =>
                    !isRanked(reward) || this._getSpecificDiscountableLines(reward).length
            );
    },
});
