/**
 * A point of sale in one tab and the backend in another share one session: who logs off or changes the user
 * there takes the till away from here. So the backend leaves its session alone while one is open.
 */
import { browser } from "@web/core/browser/browser";

const KEY = "customer_card.pos_open";
const SAY_EVERY_MS = 5000;
// Browsers let a hidden tab's clock tick once a minute only.
const BELIEVE_MS = 90000;

export function sayPosIsOpen() {
    const say = () => browser.localStorage.setItem(KEY, Date.now());
    say();
    browser.setInterval(say, SAY_EVERY_MS);
    window.addEventListener("pagehide", () => browser.localStorage.removeItem(KEY));
}

export function isPosOpen() {
    return Date.now() - (Number(browser.localStorage.getItem(KEY)) || 0) < BELIEVE_MS;
}
