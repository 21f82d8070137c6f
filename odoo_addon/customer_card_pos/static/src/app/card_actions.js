/** In Point of Sale cards end up on orders; issues have a dialog, and "nothing" opens no order. */
import { tellIssued, withoutIssued } from "@customer_card/till/handlers";
import { registry } from "@web/core/registry";

const actions = registry.category("customer_card.actions");
const issue = actions.get("issue");

function presentCard(env, claim) {
    return env.services.pos.presentCard(claim);
}

/** A dialog over a payment that runs would stand in its way: it opens after it. */
function issueOrPresent(env, claim) {
    const { pos } = env.services;
    if (!claim.result && !claim.counters.length) {
        return presentCard(env, claim);
    }
    const rest = withoutIssued(claim);
    if (!pos.isPaying || !rest.counters.length) {
        return issue(env, claim);
    }
    if (claim.result) {
        tellIssued(env, claim);
    }
    return pos.waitWithCard(claim, () => issue(env, { ...rest, result: false }));
}

function showHolder(env, claim) {
    return env.services.pos.showHolder(claim);
}

actions.add("issue", issueOrPresent, { force: true });
for (const name of ["pos", "quotation"]) {
    actions.add(name, presentCard, { force: true });
}
for (const name of ["customer", "none"]) {
    actions.add(name, showHolder, { force: true });
}
