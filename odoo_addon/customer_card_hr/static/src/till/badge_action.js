/** Backend: a badge at the till changes the user of this screen. */
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { clearUncommittedChanges } from "@web/webclient/actions/action_service";

import { BADGE_KEY } from "@customer_card_hr/idle/keys";
import { isPosOpen } from "@customer_card_hr/idle/pos_open";
import { askPin } from "@customer_card_hr/pin/pin_dialog";

/** What is being typed is saved first; what cannot be saved keeps the user here. */
export async function badgeLogin(env, claim) {
    const till = env.services["customer_card.till"];
    if (isPosOpen()) {
        till.show(_t("A point of sale is open in this browser: log in there, or close it first."), {
            type: "warning",
        });
        return _t("A point of sale is open in this browser.");
    }
    if (!(await clearUncommittedChanges(env))) {
        till.show(_t("Save or discard what you have typed, then insert the badge again."), { type: "warning" });
        return _t("The screen has changes that are not saved.");
    }
    const use = (pin) =>
        rpc("/customer_card/badge/switch", {
            event_id: claim.event_id,
            screen: till.state.till.secret,
            pin,
        });
    let answer = await use();
    while (answer.status === "pin" || answer.status === "again") {
        const pin = await askPin(env.services.dialog, claim, answer);
        if (!pin) {
            return _t("The PIN was not entered.");
        }
        answer = await use(pin);
    }
    if (answer.status === "login") {
        browser.localStorage.setItem(BADGE_KEY, claim.event_id);
        browser.location.assign(answer.url);
    } else if (answer.status === "same") {
        browser.localStorage.setItem(BADGE_KEY, claim.event_id);
        till.show(_t("%s is logged in already.", answer.message), { type: "info" });
    } else {
        till.show(answer.message, { type: answer.status === "name" ? "info" : "warning" });
    }
    return false;
}

registry.category("customer_card.actions").add("login", badgeLogin);
