/** Hands a claimed card from the backend to the Point of Sale that opens in the same tab. */
import { browser } from "@web/core/browser/browser";

const KEY = "customer_card.pos_claim";
// Long enough for a cold start of Point of Sale, short enough that no old customer comes back.
const MAX_AGE_MS = 60000;

export function leaveHandover(claim) {
    browser.sessionStorage.setItem(KEY, JSON.stringify({ claim, at: Date.now() }));
}

/** Return the claim that was left for this tab, once, or undefined. */
export function takeHandover() {
    const left = JSON.parse(browser.sessionStorage.getItem(KEY) || "null");
    browser.sessionStorage.removeItem(KEY);
    return left && Date.now() - left.at < MAX_AGE_MS ? left.claim : undefined;
}
