/** The point of sale locks when nobody uses it and when the badge is removed. It never cuts a payment. */
import { IdleWatch } from "@customer_card_hr/idle/idle_watch";
import { sayPosIsOpen } from "@customer_card_hr/idle/pos_open";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";

const AT_THE_TERMINAL = ["waiting", "waitingCard", "waitingCapture", "waitingCancel", "reversing"];
// A payment that was typed and then left alone: so much longer the screen stays open for it.
const PAYMENT_TIME_MS = 120000;

patch(PosStore.prototype, {
    async setup() {
        await super.setup(...arguments);
        sayPosIsOpen();
        if (!this.config.module_pos_hr) {
            return;
        }
        this.bus.subscribe("customer_card.badge_removed", (left) => this.onBadgeRemoved(left));
        this.bus.subscribe("customer_card.event", (event) => this.onCardWhileLocked(event));
        // A session that was opened by badge ends by itself; here this lock takes its place.
        rpc("/customer_card/badge/active", { for_ever: true }, { silent: true }).catch(() => false);
        const ms = this.config.badge_idle_minutes * 60000;
        if (ms) {
            this.badgeWatch = new IdleWatch(ms, () => this.lockTill("idle", this.badgeWatch.idleMs - ms));
        }
    },

    /** @returns {boolean} whether it is locked; if not, a payment runs: ask again a second later */
    lockTill(way, overdueMs = 0) {
        if (!this.cashier) {
            return true;
        }
        if (this.paymentIsRunning(overdueMs)) {
            return false;
        }
        this.lockedBy = way;
        this.showLoginScreen();
        return true;
    },

    paymentIsRunning(overdueMs) {
        if (this.router.state.current !== "PaymentScreen") {
            return false;
        }
        const payments = this.getOrder()?.payment_ids || [];
        const atTheTerminal = payments.some((line) => AT_THE_TERMINAL.includes(line.getPaymentStatus()));
        return atTheTerminal || (payments.length > 0 && overdueMs < PAYMENT_TIME_MS);
    },

    async showLoginScreen() {
        const cashier = this.cashier;
        const way = this.lockedBy || "button";
        this.lockedBy = undefined;
        await super.showLoginScreen(...arguments);
        if (cashier && this.config.module_pos_hr) {
            this.noteLogoff(cashier, way);
        }
    },

    onBadgeRemoved({ event_id }) {
        if (event_id !== this.badgeEventId) {
            return;
        }
        const removedAt = Date.now();
        const tryToLock = () => {
            const mine = event_id === this.badgeEventId;
            if (mine && !this.lockTill("removed", Date.now() - removedAt)) {
                setTimeout(tryToLock, 1000);
            }
        };
        tryToLock();
    },

    /** The server gives a locked till no customer's card; here the seller reads why. */
    onCardWhileLocked({ action }) {
        if (!this.cashier && this.cardTill.state.till && !["login", "message"].includes(action)) {
            this.cardTill.show(_t("Locked: insert your badge or log in, then the card again."), {
                type: "warning",
            });
        }
    },
});
