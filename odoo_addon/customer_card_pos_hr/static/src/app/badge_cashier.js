/** A badge at the till makes its holder the cashier: on the login screen, and in the middle of a sale. */
import { BADGE_KEY } from "@customer_card_hr/idle/keys";
import { askPin } from "@customer_card_hr/pin/pin_dialog";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

const BEFORE_LOGIN = new Set(["LoginScreen", "SaverScreen"]);

patch(PosStore.prototype, {
    get cardTill() {
        return this.env.services["customer_card.till"];
    },

    /** The order on the screen stays; an order with goods keeps its cashier until goods are added. */
    async badgeLogin(claim) {
        const answer = await this.useBadge(claim);
        if (answer.status !== "login") {
            this.cardTill.show(answer.message, { type: "warning" });
            return answer.message;
        }
        const employee = this.models["hr.employee"].get(answer.employee_id);
        if (!employee) {
            const message = _t("This employee is new here: reload the page, then insert the badge again.");
            this.cardTill.show(message, { type: "warning" });
            return message;
        }
        const before = this.cashier;
        this.setBadgeCashier(employee, claim.event_id);
        if (before && before.id !== employee.id) {
            this.noteLogoff(before, "switch");
        }
        this.cardTill.show(answer.message, { type: "success" });
        return answer.message;
    },

    /** Ask for the PIN as often as the server wants it. */
    async useBadge(claim) {
        const use = (pin) =>
            this.data.orm.silent.call("customer.card.event", "badge_cashier", [], {
                event_id: claim.event_id,
                screen: this.cardTill.state.till?.secret,
                config_id: this.config.id,
                ...(pin && { pin }),
            });
        let answer = await use();
        while (answer.status === "pin" || answer.status === "again") {
            const pin = await askPin(this.dialog, claim, answer);
            if (!pin) {
                return { status: "refused", message: _t("The PIN was not entered.") };
            }
            answer = await use(pin);
        }
        return answer;
    },

    setBadgeCashier(employee, eventId) {
        this.byBadge = true;
        this.hasLoggedIn = true;
        this.setCashier(employee);
        this.byBadge = false;
        sessionStorage.setItem(BADGE_KEY, eventId); // survives a reload, as the cashier does
        if (["LoginScreen", "SaverScreen"].includes(this.router.state.current)) {
            this.openAfterLogin();
        }
        // Odoo's own timer still counts from the last touch, or waits for one to leave its saver.
        window.dispatchEvent(new MouseEvent("mousemove"));
    },

    /** Back to where the order was left, its payment too. */
    openAfterLogin() {
        const order = this.getOrder();
        const open = order && !order.finalized && !order.isEmpty();
        if (open) {
            this.navigateToOrderScreen(order);
        } else {
            this.navigate(this.defaultPage.page, this.defaultPage.params);
        }
    },

    /** Without a cashier nobody leaves the login screen. */
    navigate(routeName) {
        const isLocked = this.config.module_pos_hr && !this.cashier;
        const leaves = this.router.state.current === "LoginScreen" && !BEFORE_LOGIN.has(routeName);
        if (isLocked && leaves) {
            return;
        }
        return super.navigate(...arguments);
    },

    /** The saver's first touch must not throw out who has logged in by badge meanwhile. */
    navigateToFirstPage() {
        if (this.config.module_pos_hr && this.cashier && this.router.state.current !== "SaverScreen") {
            return;
        }
        super.navigateToFirstPage(...arguments);
    },

    checkPreviousLoggedCashier() {
        this.byBadge = true; // not a new login
        super.checkPreviousLoggedCashier(...arguments);
        this.byBadge = false;
    },

    /**
     * Where badges are used a click on a name proves nothing: Odoo asks only who has a PIN.
     *
     * @returns {string} why this employee does not become the cashier without a badge, or ""
     */
    getScreenRefusal(employee) {
        const { module_pos_hr, badge_only, badge_idle_minutes } = this.config;
        if (!module_pos_hr || this.byBadge) {
            return "";
        }
        if (badge_only) {
            return _t("Only with the badge. Insert it.");
        }
        const locks = badge_idle_minutes || this.cardTill?.state.till;
        if (!locks || this.byScan || !employee || employee._pin) {
            return "";
        }
        return _t("%s has no PIN. Insert the badge, or have a PIN set.", employee.name);
    },

    /** Who was chosen on the screen is noted as such. */
    setCashier(employee) {
        const refusal = employee && this.getScreenRefusal(employee);
        if (refusal) {
            this.hasLoggedIn = Boolean(this.cashier);
            this.cardTill.show(refusal, { type: "warning" });
            return;
        }
        const before = this.cashier;
        super.setCashier(...arguments);
        if (!this.config.module_pos_hr || this.byBadge || !employee || before?.id === employee.id) {
            return;
        }
        sessionStorage.removeItem(BADGE_KEY);
        if (before) {
            this.noteLogoff(before, "switch");
        }
        this.note("screen_login", { employee_id: employee.id, config_id: this.config.id });
    },

    noteLogoff(employee, way) {
        this.note("screen_logoff", { employee_id: employee.id, way, place: "pos" });
    },

    /** The log never holds up the till; without connection the row is missing. */
    note(method, values) {
        const screen = this.cardTill?.state.till?.secret;
        const kwargs = { ...values, ...(screen && { screen }) };
        this.data.orm.silent.call("customer.card.login", method, [], kwargs).catch(() => false);
    },

    get badgeEventId() {
        return Number(sessionStorage.getItem(BADGE_KEY)) || false;
    },
});
