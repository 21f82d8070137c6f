/** In Point of Sale every card ends up on an order; only issues have a dialog of their own. */
import { registry } from "@web/core/registry";

function presentCard(env, claim) {
    return env.services.pos.presentCard(claim);
}

const actions = registry.category("customer_card.actions");
for (const name of ["pos", "quotation", "customer", "none"]) {
    actions.add(name, presentCard, { force: true });
}
