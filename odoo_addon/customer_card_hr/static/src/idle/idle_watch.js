/** Calls back when nobody has used this browser's page for a while, once for each time of rest. */
import { browser } from "@web/core/browser/browser";

const SIGNS = ["pointerdown", "pointermove", "keydown", "touchstart", "wheel", "scroll"];
const SHARED_KEY = "customer_card.last_use"; // one seller, several tabs
const SHARE_EVERY_MS = 5000;

export class IdleWatch {
    /**
     * @param {number} ms without use
     * @param {() => boolean} onIdle returns whether it is done; else it is asked again a second later
     */
    constructor(ms, onIdle) {
        Object.assign(this, { ms, onIdle, done: false, shared: 0 });
        this.onSign = () => this.touch();
        for (const sign of SIGNS) {
            window.addEventListener(sign, this.onSign, { capture: true, passive: true });
        }
        this.touch();
        this.timer = browser.setInterval(() => this.check(), 1000);
    }

    touch() {
        this.last = Date.now();
        this.done = false;
        if (this.last - this.shared > SHARE_EVERY_MS) {
            this.shared = this.last;
            browser.localStorage.setItem(SHARED_KEY, this.last);
        }
    }

    get idleMs() {
        const elsewhere = Number(browser.localStorage.getItem(SHARED_KEY)) || 0;
        return Date.now() - Math.max(this.last, Math.min(elsewhere, Date.now()));
    }

    check() {
        if (this.idleMs < this.ms) {
            this.done = false;
        } else if (!this.done) {
            this.done = this.onIdle() !== false;
        }
    }

    stop() {
        browser.clearInterval(this.timer);
        for (const sign of SIGNS) {
            window.removeEventListener(sign, this.onSign, { capture: true });
        }
    }
}
