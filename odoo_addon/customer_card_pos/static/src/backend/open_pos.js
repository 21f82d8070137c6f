/** Backend: a card that means a Point of Sale order, and no Point of Sale is open in this browser. */
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { leaveHandover } from "@customer_card_pos/handover";

async function openPos(env, claim) {
    if (!claim.pos_config_id) {
        const message = _t("No point of sale belongs to this till. Choose one in the till's form.");
        env.services["customer_card.till"].show(message, { type: "warning" });
        return message;
    }
    leaveHandover(claim);
    const action = await env.services.orm.call("pos.config", "open_ui", [claim.pos_config_id]);
    await env.services.action.doAction(action);
    return claim.partner?.name || claim.card.number;
}

registry.category("customer_card.actions").add("pos", openPos);
