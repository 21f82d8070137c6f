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
// A page that has just begun may take longer to connect, on a slow device.
const FIRST_GRACE_MS = 8000;
// What a seller must see without looking for it, for as long as it lasts.
const SHOWN = ["busy", "deaf"];
const WARNED_KEY = "customer_card.warned";
const WARN_AGAIN_MS = 8 * 3600 * 1000;

const READER_TEXTS = {
    connected: _t("Card reader connected"),
    disconnected: _t("No card reader: check its cable and the reader program"),
    busy: _t(
        "Another program on the till's computer keeps the card to itself. Close it there, or wait: the card is read as soon as it is free."
    ),
    offline: _t("No connection to the server: cards open nothing now"),
    deaf: _t(
        "No card reaches this screen: the server's address /websocket does not answer. Tell whoever runs the server."
    ),
    unknown: _t("Card reader: state unknown"),
};

export class ReaderState {
    /**
     * @param {Object} services bus and orm
     * @param {Object} state reactive; `till` is read, `reader` and `warnings` are written
     * @param {Object} callbacks onUnpaired(secret) when the server knows it no longer, onRenewed(secret)
     *      when the session has changed and with it the secret, onWarning(text), onTrouble(text) when
     *      cards open nothing for a reason that somebody can end, with an empty text when it has ended
     */
    constructor({ bus, orm }, state, { onUnpaired, onRenewed, onWarning, onTrouble }) {
        Object.assign(this, { bus, orm, state, onUnpaired, onRenewed, onWarning, onTrouble });
        this.serverAheadMs = 0;
        this.pushLost = false;
        bus.subscribe("customer_card.till", ({ reader }) => this.set(reader));
        for (const lost of ["BUS:DISCONNECT", "BUS:RECONNECTING"]) {
            bus.addEventListener(lost, () => this.onPushLost());
        }
        for (const back of ["BUS:CONNECT", "BUS:RECONNECT"]) {
            bus.addEventListener(back, () => this.onPushBack());
        }
        // A page that joins a worker which is trying in vain is told its state, and nothing else.
        bus.addEventListener("BUS:WORKER_STATE_UPDATED", ({ detail }) => this.onWorkerState(detail));
        browser.addEventListener("offline", () => this.set("offline"));
    }

    get text() {
        return READER_TEXTS[this.state.reader].toString();
    }

    set(reader) {
        if (!this.state.till) {
            return;
        }
        const before = this.state.reader;
        this.state.reader = reader;
        if (before !== reader && [before, reader].some((each) => SHOWN.includes(each))) {
            this.onTrouble(SHOWN.includes(reader) ? this.text : "");
        }
    }

    /** The screen was paired with another till, or with none any more. */
    restart() {
        browser.clearInterval(this.aliveTimer);
        browser.clearTimeout(this.pushTimer);
        this.pushTimer = undefined;
        this.onTrouble("");
        Object.assign(this.state, { reader: "unknown", warnings: [] });
        if (this.state.till) {
            this.ask();
            this.onWorkerState(this.bus.workerState);
            this.aliveTimer = browser.setInterval(() => this.ask(), ALIVE_EVERY_MS);
        }
    }

    async ask() {
        const { id, secret } = this.state.till || {};
        if (!secret) {
            return;
        }
        const asked = Date.now();
        let answer;
        try {
            answer = await this.orm.silent.call("customer.till", "screen_alive", [], {
                screen: secret,
                ...(this.pushLost && { hears: false }),
            });
        } catch (error) {
            this.set(error instanceof RPCError ? "unknown" : "offline");
            return;
        }
        if (this.state.till?.secret !== secret) {
            return;
        }
        if (!answer) {
            this.onUnpaired(secret);
            return;
        }
        if (answer.secret) {
            this.onRenewed(answer.secret);
        }
        this.set(this.pushLost ? "deaf" : answer.reader);
        this.warn(id, answer.warnings || []);
        if (answer.now) {
            this.serverAheadMs = answer.now * 1000 - (asked + Date.now()) / 2;
        }
    }

    /** What is missing at this till, said once per pairing and working day and browser. */
    warn(tillId, warnings) {
        this.state.warnings = warnings;
        const text = warnings.join("\n");
        let told;
        try {
            told = JSON.parse(browser.localStorage.getItem(WARNED_KEY));
        } catch {
            // What cannot be read is said again.
        }
        const known = told?.text === text && told.tillId === tillId;
        if (!text || (known && Date.now() - told.at < WARN_AGAIN_MS)) {
            return;
        }
        browser.localStorage.setItem(WARNED_KEY, JSON.stringify({ tillId, text, at: Date.now() }));
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
        this.awaitPush(PUSH_GRACE_MS);
        this.ask(); // a server that is away is seen at once
    }

    onWorkerState(workerState) {
        if (workerState === "CONNECTED") {
            browser.clearTimeout(this.pushTimer);
            this.pushTimer = undefined;
        } else if (!this.pushLost && !this.pushTimer && this.state.till) {
            this.awaitPush(FIRST_GRACE_MS);
        }
    }

    awaitPush(graceMs) {
        this.pushTimer = browser.setTimeout(() => {
            this.pushLost = true;
            this.set("offline");
            this.ask(); // tells whether it is the server or only its /websocket
        }, graceMs);
    }

    onPushBack() {
        browser.clearTimeout(this.pushTimer);
        this.pushTimer = undefined;
        this.pushLost = false;
        this.ask();
    }
}
