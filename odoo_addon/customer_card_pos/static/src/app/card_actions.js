/** In Point of Sale every card ends up on an order; only issues have a dialog of their own. */
import { registry } from "@web/core/registry";

const actions = registry.category("customer_card.actions");
const issue = actions.get("issue");

function presentCard(env, claim) {
    return env.services.pos.presentCard(claim);
}

/** A dialog over a payment that runs would stand in its way: it opens after it. */
function issueOrPresent(env, claim) {
    const { pos } = env.services;
    if (claim.result || !claim.counters.length) {
        return claim.result ? issue(env, claim) : presentCard(env, claim);
    }
    return pos.isPaying ? pos.waitWithCard(claim, () => issue(env, claim)) : issue(env, claim);
}

actions.add("issue", issueOrPresent, { force: true });
for (const name of ["pos", "quotation", "customer", "none"]) {
    actions.add(name, presentCard, { force: true });
}
