/** In Point of Sale every card ends up on an order; only issues have a dialog of their own. */
import { registry } from "@web/core/registry";

const actions = registry.category("customer_card.actions");
const issue = actions.get("issue");

function presentCard(env, claim) {
    return env.services.pos.presentCard(claim);
}

function issueOrPresent(env, claim) {
    const issuable = claim.result || claim.counters.length;
    return issuable ? issue(env, claim) : presentCard(env, claim);
}

actions.add("issue", issueOrPresent, { force: true });
for (const name of ["pos", "quotation", "customer", "none"]) {
    actions.add(name, presentCard, { force: true });
}
