/**
 * Selling a program: what the sale still has to know is asked when its article is added.
 *
 * The prices that the till shows are checked again by the server before the payment.
 */
import { NumberPopup } from "@point_of_sale/app/components/popups/number_popup/number_popup";
import { SelectionPopup } from "@point_of_sale/app/components/popups/selection_popup/selection_popup";
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { OrderSummary } from "@point_of_sale/app/screens/product_screen/order_summary/order_summary";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { parseFloat } from "@web/views/fields/parsers";

const { DateTime } = luxon;
/** Kinds that nobody's name stands on: a bearer may buy them. */
const BEARER_KINDS = new Set(["voucher", "coupon"]);
export const VALUE_KINDS = new Set(["stored_value", "voucher"]);

export function programsSoldAs(models, product) {
    return models["loyalty.program"].filter(
        (program) => program.kind && program.raw.sale_product_id === product?.id
    );
}

function day(value) {
    return typeof value === "string" ? deserializeDate(value) : value;
}

/** Both days of the sale window are inclusive. */
function isOnSale(program) {
    const today = DateTime.now().startOf("day");
    const { sale_from: from, sale_to: to } = program;
    return !(from && day(from).startOf("day") > today) && !(to && day(to).startOf("day") < today);
}

function parsedAmount(buffer) {
    try {
        return parseFloat(`${buffer}`);
    } catch {
        return 0;
    }
}

patch(PosOrderline.prototype, {
    /** The programs this line sells; a line that gives one back sells nothing. */
    get soldPrograms() {
        return this.is_reward_line || this.refunded_orderline_id
            ? []
            : programsSoldAs(this.models, this.product_id);
    },

    /** The till loads the programs of its own currency only; the server refuses the others. */
    get isOfOtherCurrency() {
        const isSale = !this.is_reward_line && !this.refunded_orderline_id;
        return isSale && this.product_id.is_card_program && !this.soldPrograms.length;
    },

    /** A program article with a price of its own is sold at that price only. */
    get isPriceFixed() {
        return this.soldPrograms.length > 0 && this.product_id.lst_price > 0;
    },

    get sideText() {
        return { left: _t("left"), right: _t("right") }[this.side] || "";
    },

    setFullProductName() {
        super.setFullProductName(...arguments);
        if (this.side) {
            this.full_product_name = `${this.full_product_name} (${this.sideText})`;
        }
    },

    get orderDisplayProductName() {
        const shown = super.orderDisplayProductName;
        return this.side ? { ...shown, name: `${shown.name} (${this.sideText})` } : shown;
    },

    canBeMergedWith(line) {
        return super.canBeMergedWith(...arguments) && (this.side || "") === (line.side || "");
    },

    setQuantity(quantity) {
        const number = typeof quantity === "number" ? quantity : parsedAmount(quantity || 0);
        if (this.soldPrograms.length && (number < 0 || number % 1)) {
            return {
                title: _t("Program"),
                body: _t("Programs are sold in whole pieces. To take one back, refund its order."),
            };
        }
        return super.setQuantity(...arguments);
    },
});

patch(PosOrder.prototype, {
    getSoldPrograms() {
        return this.lines.flatMap((line) => line.soldPrograms);
    },

    /** The programs on this order that somebody must hold afterwards. */
    getHeldPrograms() {
        return this.getSoldPrograms().filter((program) => !BEARER_KINDS.has(program.kind));
    },

    /**
     * What the server needs to check the sale of programs before the payment. A quotation that is
     * settled here has its own prices.
     */
    getProgramSales() {
        return this.lines
            .filter(
                (line) =>
                    (line.soldPrograms.length && !line.sale_order_line_id) ||
                    line.isOfOtherCurrency
            )
            .map((line) => ({
                product_id: line.product_id.id,
                price_unit: line.price_unit,
                qty: line.qty,
                discount: line.discount || 0,
            }));
    },
});

patch(PosStore.prototype, {
    getExcludedProductIds() {
        const closed = this.models["loyalty.program"]
            .filter((program) => program.raw.sale_product_id && !isOnSale(program))
            .map((program) => this.models["product.product"].get(program.raw.sale_product_id))
            .filter((product) => !programsSoldAs(this.models, product).some(isOnSale));
        return [
            ...super.getExcludedProductIds(),
            ...closed.map((product) => product?.product_tmpl_id?.id).filter(Boolean),
        ];
    },

    async addLineToCurrentOrder(vals, opts = {}, ...rest) {
        const template =
            typeof vals.product_tmpl_id === "number"
                ? this.models["product.template"].get(vals.product_tmpl_id)
                : vals.product_tmpl_id;
        const product = vals.product_id || template?.product_variant_ids[0];
        const programs = programsSoldAs(this.models, product);
        // What a quotation sells was asked for there.
        if (programs.length && !vals.sale_order_line_id) {
            const asked = await this.askProgramSale(programs, product);
            if (!asked) {
                return;
            }
            vals = { ...vals, ...asked };
        }
        return super.addLineToCurrentOrder(vals, opts, ...rest);
    },

    /** @returns {object|false} the values the line gets, or false: it is not sold */
    async askProgramSale(programs, product) {
        if (!programs.some(isOnSale)) {
            this.notification.add(_t("%s is not on sale today.", product.display_name), {
                type: "warning",
            });
            return false;
        }
        const values = {};
        if (programs.some((program) => program.per_fitting)) {
            const side = await makeAwaitable(this.dialog, SelectionPopup, {
                title: _t("%s: for which side?", product.display_name),
                list: [
                    { id: "left", item: "left", label: _t("Left") },
                    { id: "right", item: "right", label: _t("Right") },
                    { id: "none", item: "none", label: _t("Without a fitting") },
                ],
                size: "md",
            });
            if (!side) {
                return false;
            }
            values.side = side !== "none" && side;
        }
        const value = programs.find((program) => VALUE_KINDS.has(program.kind));
        if (value && !product.lst_price) {
            values.price_unit = value.preset_amount || (await this.askAmount(product));
            if (!values.price_unit) {
                return false;
            }
        }
        return values;
    },

    async askAmount(product) {
        const buffer = await makeAwaitable(this.dialog, NumberPopup, {
            title: product.display_name,
            subtitle: _t("Which amount?"),
            isValid: (entered) => parsedAmount(entered) > 0,
        });
        return parsedAmount(buffer || 0);
    },
});

patch(OrderSummary.prototype, {
    async updateSelectedOrderline({ key }) {
        const line = this.currentOrder.getSelectedOrderline();
        const removes = key === "Backspace" || key === "Delete";
        if (line?.isPriceFixed && this.pos.numpadMode !== "quantity" && !removes) {
            this.numberBuffer.reset();
            this.notification.add(
                _t("The price of %s is fixed by its article.", line.getFullProductName()),
                { type: "warning" }
            );
            return;
        }
        return super.updateSelectedOrderline(...arguments);
    },
});
