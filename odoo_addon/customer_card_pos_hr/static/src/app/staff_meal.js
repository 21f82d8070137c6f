/** A badge asks "Meal / Sign in"; a meal is free on allowed articles, and on nothing else. */
import { askPin } from "@customer_card_hr/pin/pin_dialog";
import { SelectionPopup } from "@point_of_sale/app/components/popups/selection_popup/selection_popup";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

const FREE = 100;

patch(PosStore.prototype, {
    /** Nothing is asked at a locked till, in a payment, or where no article is a meal. */
    async badgeLogin(claim) {
        if (this.cashier && !this.isPaying && this.sellsMeals) {
            const chosen = await makeAwaitable(this.dialog, SelectionPopup, {
                title: claim.holder,
                list: [
                    { id: "meal", item: "meal", label: _t("Meal") },
                    { id: "login", item: "login", label: _t("Sign in") },
                ],
                size: "md",
            });
            if (chosen !== "login") {
                return chosen ? this.openMeal(claim) : _t("Nothing was chosen.");
            }
        }
        return super.badgeLogin(...arguments);
    },

    get sellsMeals() {
        return this.models["product.product"].some((product) => product.is_staff_meal);
    },

    async openMeal(claim) {
        const order = this.orderForMeal();
        const answer = await this.askForMeal(claim, order);
        const type = answer.status === "login" ? "success" : "warning";
        this.cardTill.show(answer.message, { type });
        if (answer.status === "login") {
            order.customer_card_id = await this.readOne("customer.card", claim.card.id);
            order.staff_meal = true;
            this.selectedOrderUuid = order.uuid;
            order.lines.forEach((line) => line.setDiscount(FREE));
            this.navigate("ProductScreen", { orderUuid: order.uuid });
        }
        return answer.message;
    },

    /** What was scanned before the badge is the meal, if all of it may be one. */
    orderForMeal() {
        const order = this.getOrder();
        const isMeal = (line) => line.product_id.is_staff_meal && !line.refunded_orderline_id;
        const open = order && !order.finalized && !order.partner_id && !order.customer_card_id;
        return open && order.lines.every(isMeal) ? order : this.getEmptyOrder();
    },

    /** An empty meal that nobody went on with is an order like any other. */
    endEmptyMeal(order) {
        if (order?.staff_meal && order.isEmpty()) {
            order.staff_meal = false;
            order.customer_card_id = false;
        }
        return order;
    },

    getEmptyOrder() {
        return this.endEmptyMeal(super.getEmptyOrder());
    },

    openCardOrder() {
        this.endEmptyMeal(this.getOrder());
        return super.openCardOrder(...arguments);
    },

    async askForMeal(claim, order) {
        const ask = (pin) =>
            this.data.orm.silent.call("customer.card.event", "badge_meal", [], {
                event_id: claim.event_id,
                screen: this.cardTill.state.till?.secret,
                order_uuid: order.uuid,
                ...(pin && { pin }),
            });
        let answer = await ask();
        while (answer.status === "pin" || answer.status === "again") {
            const pin = await askPin(this.dialog, claim, answer);
            if (!pin) {
                return { status: "refused", message: _t("The PIN was not entered.") };
            }
            answer = await ask(pin);
        }
        return answer;
    },

    async addLineToCurrentOrder(vals) {
        const order = this.getOrder();
        if (!order?.staff_meal) {
            return super.addLineToCurrentOrder(...arguments);
        }
        const template =
            typeof vals.product_tmpl_id === "number"
                ? this.models["product.template"].get(vals.product_tmpl_id)
                : vals.product_tmpl_id;
        const product = vals.product_id || template?.product_variant_ids[0];
        if (!product?.is_staff_meal) {
            this.notification.add(_t("%s is no staff meal.", product?.display_name || ""), {
                type: "warning",
            });
            return;
        }
        const line = await super.addLineToCurrentOrder(...arguments);
        order.getSelectedOrderline()?.setDiscount(FREE);
        return line;
    },
});
