/** A presented card opens the quotation of its customer. */
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { openAction } from "@customer_card/till/handlers";
import { openQuotation } from "./quotation_form";

/**
 * Use the quotation on the screen if it is this customer's, else open a new, unsaved one.
 *
 * Leaving another customer's changed quotation saves it, as any navigation in Odoo does, and it stays
 * one click away in the breadcrumbs.
 */
export async function quotation(env, claim) {
    if (openQuotation.current?.welcomes(claim)) {
        const message = await openQuotation.current.present(claim);
        env.services["customer_card.till"].show(message, { type: "success" });
        return message;
    }
    await openAction(env, {
        name: _t("Quotation"),
        res_model: "sale.order",
        context: {
            default_partner_id: claim.partner?.id || false,
            default_customer_card_id: claim.card.id,
        },
    });
    return _t("Quotation opened for %s.", claim.partner?.name || claim.card.number);
}

const actions = registry.category("customer_card.actions");
const issue = actions.get("issue");

/** A card with nothing to issue serves its customer's quotation on the screen, as any other card. */
function issueOrAttach(env, claim) {
    const nothing = !claim.result && !claim.counters.length;
    return nothing && openQuotation.current?.welcomes(claim)
        ? quotation(env, claim)
        : issue(env, claim);
}

actions.add("quotation", quotation);
actions.add("issue", issueOrAttach, { force: true });
