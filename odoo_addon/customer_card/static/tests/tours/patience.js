import { Notification } from "@web/core/notifications/notification";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";

/**
 * A tour waits for what it waits for. Odoo gives a step ten seconds, which a busy machine needs
 * for its first page; a step that fails is told by the minute that the whole tour has left.
 */
const PATIENCE_MS = 60000;

const tours = registry.category("web_tour.tours");

let noticesStay = false;

function waitLonger(name, tour) {
    if (name.startsWith("customer_card")) {
        const { steps } = tour;
        tour.steps = () => {
            noticesStay = true;
            return steps().map((step) => ({ timeout: PATIENCE_MS, ...step }));
        };
    }
}

// A notice is gone after four seconds, on a busy machine before the step that looks for it.
patch(Notification.prototype, {
    startNotificationTimer() {
        if (!noticesStay) {
            super.startNotificationTimer();
        }
    },
});

for (const [name, tour] of tours.getEntries()) {
    waitLonger(name, tour);
}
tours.addEventListener("UPDATE", ({ detail: { operation, key, value } }) => {
    if (operation === "add") {
        waitLonger(key, value);
    }
});
