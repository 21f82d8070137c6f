/** What a presented card opens on any page; the sale and pos modules add "quotation" and "pos". */
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { IssueDialog } from "./issue_dialog";

let closeOpenDialog = () => {};

/** @returns {object} the claim with the counters that nothing was issued from directly */
export function withoutIssued(claim) {
    return { ...claim, counters: claim.counters.filter(({ direct }) => !claim.result || !direct) };
}

/** Say what was issued directly. */
export function tellIssued(env, { result }) {
    env.services["customer_card.till"].show(result.message, {
        type: result.refused ? "warning" : "success",
    });
}

/**
 * Say what was issued directly, and open the issue dialog for the other counters.
 *
 * A second card closes the first card's dialog: two customers' dialogs above each other would invite
 * booking on the wrong one.
 */
export async function issue(env, presented) {
    const till = env.services["customer_card.till"];
    const claim = withoutIssued(presented);
    if (claim.result) {
        tellIssued(env, claim);
        if (!claim.counters.length) {
            return false;
        }
    }
    if (!claim.counters.length) {
        return openCustomer(env, claim);
    }
    closeOpenDialog();
    const bookings = new Set();
    await new Promise((resolve) => {
        closeOpenDialog = env.services.dialog.add(IssueDialog, { claim, bookings }, { onClose: resolve });
    });
    // A dialog closed while it was booking still tells how that ended.
    const outcomes = await Promise.allSettled(bookings);
    const issued = outcomes.filter(({ status }) => status === "fulfilled");
    till.show(issued.map(({ value }) => value.message).join(" "), { type: "success" });
    const refused = outcomes.find(({ status }) => status === "rejected");
    if (refused) {
        throw refused.reason;
    }
    return issued.length ? false : _t("Nothing was issued.");
}

/**
 * Open a form in place of what is on the screen, without losing what is being typed there.
 *
 * A form hands over a typed value when its input is left; only then does it know that it must save.
 */
export async function openAction(env, action) {
    document.activeElement?.blur();
    await new Promise((resolve) => setTimeout(resolve));
    // Point of Sale starts the action service late: ask for it at the moment of use.
    await env.services.action?.doAction({
        type: "ir.actions.act_window",
        views: [[false, "form"]],
        target: "current",
        ...action,
    });
}

export async function openCustomer(env, claim) {
    if (!claim.partner?.id) {
        env.services["customer_card.till"].show(_t("Card %s has no customer.", claim.card?.number || ""));
        return "";
    }
    await openAction(env, { res_model: "res.partner", res_id: claim.partner.id });
    return claim.partner.name;
}

/** Ask for the customer of a partner group's card; Point of Sale has no such form and says so. */
export async function assignPartnerCard(env, claim) {
    if ("pos_config_id" in odoo) {
        env.services["customer_card.till"].show(claim.message, { type: "warning" });
        return claim.message;
    }
    await openAction(env, {
        res_model: "customer.card.assign",
        name: _t("Assign partner card"),
        target: "new",
        context: { default_number: claim.partner_number },
    });
    return "";
}

registry
    .category("customer_card.actions")
    .add("issue", issue)
    .add("assign", assignPartnerCard)
    .add("customer", openCustomer)
    .add("none", openCustomer);
