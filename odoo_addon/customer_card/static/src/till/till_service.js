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
import { registry } from "@web/core/registry";

import { TILL_KEY } from "./keys";
import { ReaderState } from "./reader_state";

const NOTIFICATION = "customer_card.event";
const MAX_AGE_MS = 10000;

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

export const tillService = {
    dependencies: ["bus_service", "dialog", "notification", "orm"],

    start(env, { bus_service: bus, notification, orm }) {
        const handlers = registry.category("customer_card.actions");
        const page = "pos_config_id" in odoo ? "pos" : "backend";
        // reader: connected, disconnected, unknown, or offline: no card can reach this screen now
        const state = reactive({ till: false, reader: "unknown", warnings: [] });
        const seen = new Set();
        const reader = new ReaderState({ bus, orm }, state, {
            onUnpaired,
            onWarning: (text) => show(text, { type: "warning", sticky: false }),
        });
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
            const since = event.at ? Date.now() + reader.serverAheadMs - event.at * 1000 : 0;
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
            state.reader = "connected"; // who hears of a card need not ask
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

        function onUnpaired(channel) {
            if (stored()?.channel === channel) {
                const { name } = state.till;
                store(false);
                show(_t("This screen is no longer paired with %s. Pair it again at the card symbol above.", name), {
                    type: "warning",
                    sticky: false, // it would cover the menu it points to
                });
            }
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
            if (till) {
                bus.addChannel(till.channel);
            }
            reader.restart();
        }

        bus.subscribe(NOTIFICATION, onEvent);
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
            readerText: () => reader.text,
            receive: onEvent,
            scanned,
            refresh: () => reader.ask(),
            tills: () => orm.call("customer.till", "screen_tills", []),
            async pair(tillId) {
                reader.forgetWarnings();
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
