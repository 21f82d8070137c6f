/** A badge logs in; at a locked till that is all it does. */
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const actions = registry.category("customer_card.actions");
const issue = actions.get("issue");

function logIn(env, claim) {
    return env.services.pos.badgeLogin(claim);
}

async function issueUnlessLocked(env, claim) {
    const { pos } = env.services;
    if (!pos.config.module_pos_hr || pos.cashier || claim.result) {
        return issue(env, claim);
    }
    if (claim.badge) {
        return logIn(env, claim);
    }
    const message = _t("Locked: insert your badge or log in, then the card again.");
    env.services["customer_card.till"].show(message, { type: "warning" });
    return message;
}

actions.add("login", logIn, { force: true });
actions.add("issue", issueUnlessLocked, { force: true });
