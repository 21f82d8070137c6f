/**
 * The screen's side of a till: hears of presented cards, claims each one once, opens the right thing.
 *
 * Runs in the backend and in Point of Sale, so it may use services of web's core only. Handlers are
 * looked up in the registry category "customer_card.actions": `async (env, claim)` which returns what
 * the reader may say about the outcome, or `false` when the server knows the outcome already.
 */
import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

import { TILL_KEY } from "./keys";

const NOTIFICATION = "customer_card.event";
const MAX_AGE_MS = 10000;
const TILL_NOTIFICATION = "customer_card.till";
// The bridge counts as silent after 60 s: a shop sees it within 90 s.
const ALIVE_EVERY_MS = 25000;
// A web socket that is renewed is back within this time; a seller need not see it blink.
const PUSH_GRACE_MS = 4000;
const WARNED_KEY = "customer_card.warned";
const WARN_AGAIN_MS = 8 * 3600 * 1000;

/**
 * How long this page leaves a presented card to a page that suits it better.
 *
 * The page the seller looks at wins; only a card meant for Point of Sale goes to a hidden POS tab
 * first, because a second POS session in the backend's tab would help nobody.
 *
 * @returns {number} milliseconds
 */
export function claimDelay(action, page, visible) {
    if (action === "pos") {
        return (page === "pos" ? 0 : 700) + (visible ? 0 : 400);
    }
    if (action === "login") {
        return visible ? 0 : 700; // a badge is for the screen its holder looks at
    }
    return (page === "backend" ? 0 : 250) + (visible ? 0 : 700);
}

const READER_TEXTS = {
    connected: _t("Card reader connected"),
    disconnected: _t("No card reader: check its cable and the reader program"),
    offline: _t("No connection to the server: cards open nothing now"),
    unknown: _t("Card reader: state unknown"),
};

export const tillService = {
    dependencies: ["bus_service", "dialog", "notification", "orm"],

    start(env, { bus_service: bus, notification, orm }) {
        const handlers = registry.category("customer_card.actions");
        const page = "pos_config_id" in odoo ? "pos" : "backend";
        // reader: connected, disconnected, unknown, or offline: no card can reach this screen now
        const state = reactive({ till: false, reader: "unknown", warnings: [] });
        const seen = new Set();
        let serverAheadMs = 0;
        let aliveTimer;
        let pushTimer;
        let pushLost = false;
        let closeLastMessage = () => {};

        function show(message, { type = "info", sticky = type !== "info" && type !== "success" } = {}) {
            if (!message) {
                return;
            }
            closeLastMessage();
            closeLastMessage = notification.add(message, {
                title: state.till?.name || _t("Customer card"),
                type,
                sticky,
                autocloseDelay: 8000,
            });
        }

        function ageMs(event) {
            const since = event.at ? Date.now() + serverAheadMs - event.at * 1000 : 0;
            return Math.max(since, event.age_ms || 0);
        }

        /** True for the first tab of this browser that asks, so that a sentence is shown once. */
        function takeMessage(eventId) {
            const key = "customer_card.shown";
            if (Number(browser.localStorage.getItem(key)) === eventId) {
                return false;
            }
            browser.localStorage.setItem(key, eventId);
            return true;
        }

        async function onEvent(event) {
            if (!state.till || seen.has(event.id) || ageMs(event) > MAX_AGE_MS) {
                return;
            }
            seen.add(event.id);
            state.reader = "connected"; // who hears of a card need not wait for the next sayAlive
            const visible = document.visibilityState === "visible";
            if (event.action === "message") {
                await wait(visible ? 0 : 400);
                if (takeMessage(event.id)) {
                    show(event.message, { type: event.kind === "warning" ? "warning" : "info" });
                }
                return;
            }
            await wait(claimDelay(event.action, page, visible));
            try {
                const claim = await orm.silent.call("customer.card.event", "claim", [], {
                    event_id: event.id,
                    page,
                });
                if (claim) {
                    await run(claim);
                }
            } catch (error) {
                show(error.data?.message || _t("The card could not be read: no connection to the server. Please insert it again."), { type: "danger" });
            }
        }

        /** Present a code that was scanned into this screen, which then need not wait for the bus. */
        async function scanned(text) {
            const { channel } = state.till || {};
            const key = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join("");
            try {
                const answer = channel && (await orm.silent.call("customer.till", "screen_scanned", [], { channel, text, key }));
                if (answer) {
                    const { event_id: id, action, message } = answer;
                    await onEvent({ id, action: action || "message", message, kind: action ? "info" : "warning" });
                } else {
                    show(_t("Pair this screen with a till first, at the card symbol above. Then scan the card again."), { type: "warning" });
                }
            } catch (error) {
                show(error.data?.message || _t("The card could not be read: no connection to the server. Please scan it again."), { type: "danger" });
            }
        }

        async function run(claim) {
            closeLastMessage();
            const handler = handlers.get(claim.action, null) || handlers.get("customer");
            const outcome = await handler(env, claim);
            if (outcome !== false) {
                await orm.silent.call("customer.card.event", "done", [], {
                    event_id: claim.event_id,
                    message: outcome || "",
                });
            }
        }

        async function sayAlive() {
            const channel = state.till?.channel;
            if (!channel) {
                return;
            }
            const asked = Date.now();
            let answer;
            try {
                answer = await orm.silent.call("customer.till", "screen_alive", [], { channel });
            } catch (error) {
                state.reader = error instanceof RPCError ? "unknown" : "offline";
                return;
            }
            if (state.till?.channel !== channel) {
                return;
            }
            if (answer) {
                state.reader = pushLost ? "offline" : answer.reader;
                warn(channel, answer.warnings || []);
                if (answer.now) {
                    serverAheadMs = answer.now * 1000 - (asked + Date.now()) / 2;
                }
            } else if (stored()?.channel === channel) {
                const { name } = state.till;
                store(false);
                show(_t("This screen is no longer paired with %s. Pair it again at the card symbol above.", name), {
                    type: "warning",
                    sticky: false, // it would cover the menu it points to
                });
            }
        }

        /** What is missing at this till, said once per pairing and working day and browser. */
        function warn(channel, warnings) {
            state.warnings = warnings;
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
            show(text, { type: "warning", sticky: false });
        }

        /** Cards come over the web socket: while it is down the seller must not wait for one. */
        function onPushLost() {
            if (!state.till) {
                return;
            }
            browser.clearTimeout(pushTimer);
            pushTimer = browser.setTimeout(() => {
                pushLost = true;
                state.reader = "offline";
            }, PUSH_GRACE_MS);
            sayAlive(); // a server that is away is seen at once
        }

        function onPushBack() {
            browser.clearTimeout(pushTimer);
            pushLost = false;
            sayAlive();
        }

        function stored() {
            try {
                return JSON.parse(browser.localStorage.getItem(TILL_KEY)) || false;
            } catch {
                return false;
            }
        }

        function store(till) {
            if (till) {
                browser.localStorage.setItem(TILL_KEY, JSON.stringify(till));
            } else {
                browser.localStorage.removeItem(TILL_KEY);
            }
            listen();
        }

        /** Follow what localStorage says, also when another tab of this browser has changed it. */
        function listen() {
            const till = stored();
            if (state.till?.channel === till?.channel) {
                return;
            }
            if (state.till) {
                bus.deleteChannel(state.till.channel);
            }
            state.till = till;
            state.reader = "unknown";
            state.warnings = [];
            browser.clearInterval(aliveTimer);
            browser.clearTimeout(pushTimer);
            if (till) {
                bus.addChannel(till.channel);
                sayAlive();
                aliveTimer = browser.setInterval(sayAlive, ALIVE_EVERY_MS);
            }
        }

        bus.subscribe(NOTIFICATION, onEvent);
        bus.subscribe(TILL_NOTIFICATION, ({ reader }) => {
            if (state.till) {
                state.reader = reader;
            }
        });
        for (const lost of ["BUS:DISCONNECT", "BUS:RECONNECTING"]) {
            bus.addEventListener(lost, onPushLost);
        }
        for (const back of ["BUS:CONNECT", "BUS:RECONNECT"]) {
            bus.addEventListener(back, onPushBack);
        }
        browser.addEventListener("offline", () => state.till && (state.reader = "offline"));
        browser.addEventListener("storage", (ev) => {
            if (ev.key === TILL_KEY) {
                listen();
            }
        });
        listen();

        return {
            state,
            show,
            /** @returns {string} the reader's state in words, for the symbol and its menu */
            readerText: () => READER_TEXTS[state.reader].toString(),
            receive: onEvent,
            scanned,
            refresh: sayAlive,
            tills: () => orm.call("customer.till", "screen_tills", []),
            async pair(tillId) {
                browser.localStorage.removeItem(WARNED_KEY);
                store(await orm.call("customer.till", "pair_screen", [], { till_id: tillId }));
            },
            unpair: () => store(false),
        };
    },
};

function wait(delay) {
    return new Promise((resolve) => browser.setTimeout(resolve, delay));
}

registry.category("services").add("customer_card.till", tillService);
