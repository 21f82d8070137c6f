/**
 * What a paired screen knows of its till's reader, and what is missing there: asked twice a minute.
 *
 * Cards come over the web socket. While it is down the seller must not wait for one.
 */
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";

// The bridge counts as silent after 60 s: a shop sees it within 90 s.
const ALIVE_EVERY_MS = 25000;
// A web socket that is renewed is back within this time; a seller need not see it blink.
const PUSH_GRACE_MS = 4000;
const WARNED_KEY = "customer_card.warned";
const WARN_AGAIN_MS = 8 * 3600 * 1000;

const READER_TEXTS = {
    connected: _t("Card reader connected"),
    disconnected: _t("No card reader: check its cable and the reader program"),
    offline: _t("No connection to the server: cards open nothing now"),
    unknown: _t("Card reader: state unknown"),
};

export class ReaderState {
    /**
     * @param {Object} services bus and orm
     * @param {Object} state reactive; `till` is read, `reader` and `warnings` are written
     * @param {Object} callbacks onUnpaired() when the server knows the channel no longer, onWarning(text)
     */
    constructor({ bus, orm }, state, { onUnpaired, onWarning }) {
        Object.assign(this, { orm, state, onUnpaired, onWarning });
        this.serverAheadMs = 0;
        this.pushLost = false;
        bus.subscribe("customer_card.till", ({ reader }) => this.set(reader));
        for (const lost of ["BUS:DISCONNECT", "BUS:RECONNECTING"]) {
            bus.addEventListener(lost, () => this.onPushLost());
        }
        for (const back of ["BUS:CONNECT", "BUS:RECONNECT"]) {
            bus.addEventListener(back, () => this.onPushBack());
        }
        browser.addEventListener("offline", () => this.set("offline"));
    }

    get text() {
        return READER_TEXTS[this.state.reader].toString();
    }

    set(reader) {
        if (this.state.till) {
            this.state.reader = reader;
        }
    }

    /** The screen was paired with another till, or with none any more. */
    restart() {
        browser.clearInterval(this.aliveTimer);
        browser.clearTimeout(this.pushTimer);
        Object.assign(this.state, { reader: "unknown", warnings: [] });
        if (this.state.till) {
            this.ask();
            this.aliveTimer = browser.setInterval(() => this.ask(), ALIVE_EVERY_MS);
        }
    }

    async ask() {
        const channel = this.state.till?.channel;
        if (!channel) {
            return;
        }
        const asked = Date.now();
        let answer;
        try {
            answer = await this.orm.silent.call("customer.till", "screen_alive", [], { channel });
        } catch (error) {
            this.set(error instanceof RPCError ? "unknown" : "offline");
            return;
        }
        if (this.state.till?.channel !== channel) {
            return;
        }
        if (!answer) {
            this.onUnpaired(channel);
            return;
        }
        this.set(this.pushLost ? "offline" : answer.reader);
        this.warn(channel, answer.warnings || []);
        if (answer.now) {
            this.serverAheadMs = answer.now * 1000 - (asked + Date.now()) / 2;
        }
    }

    /** What is missing at this till, said once per pairing and working day and browser. */
    warn(channel, warnings) {
        this.state.warnings = warnings;
        const text = warnings.join("\n");
        let told;
        try {
            told = JSON.parse(browser.localStorage.getItem(WARNED_KEY));
        } catch {
            // What cannot be read is said again.
        }
        const known = told?.text === text && told.channel === channel;
        if (!text || (known && Date.now() - told.at < WARN_AGAIN_MS)) {
            return;
        }
        browser.localStorage.setItem(WARNED_KEY, JSON.stringify({ channel, text, at: Date.now() }));
        this.onWarning(text);
    }

    forgetWarnings() {
        browser.localStorage.removeItem(WARNED_KEY);
    }

    onPushLost() {
        if (!this.state.till) {
            return;
        }
        browser.clearTimeout(this.pushTimer);
        this.pushTimer = browser.setTimeout(() => {
            this.pushLost = true;
            this.set("offline");
        }, PUSH_GRACE_MS);
        this.ask(); // a server that is away is seen at once
    }

    onPushBack() {
        browser.clearTimeout(this.pushTimer);
        this.pushLost = false;
        this.ask();
    }
}
