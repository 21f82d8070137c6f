import { registry } from "@web/core/registry";

/**
 * A tour waits for what it waits for. Odoo gives a step ten seconds, which a busy machine needs
 * for its first page; a step that fails is told by the minute that the whole tour has left.
 */
const PATIENCE_MS = 60000;

const tours = registry.category("web_tour.tours");

function waitLonger(name, tour) {
    if (name.startsWith("customer_card")) {
        const { steps } = tour;
        tour.steps = () => steps().map((step) => ({ timeout: PATIENCE_MS, ...step }));
    }
}

for (const [name, tour] of tours.getEntries()) {
    waitLonger(name, tour);
}
tours.addEventListener("UPDATE", ({ detail: { operation, key, value } }) => {
    if (operation === "add") {
        waitLonger(key, value);
    }
});
