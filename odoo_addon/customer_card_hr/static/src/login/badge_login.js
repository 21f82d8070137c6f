/** Odoo's login page: listens to the till this browser is paired with, logs in by the badge put in there. */
import { browser } from "@web/core/browser/browser";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

import { TILL_KEY, channelOf } from "@customer_card/till/keys";
import { BADGE_KEY } from "@customer_card_hr/idle/keys";

const MAX_AGE_MS = 10000;
const ALIVE_EVERY_MS = 60000;

export class BadgeLogin extends Interaction {
    static selector = ".o_customer_card_badge_login";
    dynamicContent = {
        ".o_badge_pin_send": { "t-on-click": this.sendPin },
        "#badge_pin": { "t-on-keydown": this.onKeydown },
    };

    setup() {
        this.seen = new Set();
        this.serverAheadMs = 0;
        this.form = document.querySelector("form.oe_login_form");
        try {
            this.till = JSON.parse(browser.localStorage.getItem(TILL_KEY));
        } catch {
            this.till = null;
        }
    }

    async willStart() {
        if (!this.till?.secret) {
            return;
        }
        await this.sayAlive();
        if (!this.till) {
            return;
        }
        const bus = this.services.bus_service;
        bus.addChannel(channelOf(this.till));
        const onEvent = this.onEvent.bind(this);
        const onMessage = ({ message, kind }) => kind === "warning" && this.show(message);
        const listen = (event) => (event.action === "login" ? onEvent(event) : onMessage(event));
        bus.subscribe("customer_card.event", listen);
        const timer = browser.setInterval(() => this.sayAlive(), ALIVE_EVERY_MS);
        this.registerCleanup(() => {
            browser.clearInterval(timer);
            bus.unsubscribe("customer_card.event", listen);
        });
    }

    /** The till would not offer a badge for login if it knew of no screen. */
    async sayAlive() {
        const asked = Date.now();
        try {
            const { till, now, secret } = await rpc("/customer_card/badge/alive", {
                screen: this.till.secret,
            });
            this.serverAheadMs = now * 1000 - (asked + Date.now()) / 2;
            this.till = till ? { ...this.till, ...(secret && { secret }) } : null;
            if (secret) {
                browser.localStorage.setItem(TILL_KEY, JSON.stringify(this.till));
            }
            this.el.querySelector(".o_badge_till").textContent = till;
            this.el.classList.toggle("d-none", !till);
        } catch {
            // Away for a moment: the next sign follows.
        }
    }

    async onEvent(event) {
        if (this.seen.has(event.id) || Date.now() + this.serverAheadMs - event.at * 1000 > MAX_AGE_MS) {
            return;
        }
        this.seen.add(event.id);
        if (document.visibilityState !== "visible") {
            await new Promise((resolve) => browser.setTimeout(resolve, 700));
        }
        this.eventId = event.id;
        this.answer = await rpc("/customer_card/badge/open", {
            event_id: event.id,
            screen: this.till.secret,
        });
        if (this.answer.status === "ready") {
            this.logIn("");
        } else if (this.answer.status === "pin") {
            this.askPin();
        } else {
            this.show(this.answer.message);
        }
    }

    askPin() {
        this.hide(".o_badge_wait, .o_badge_message", true);
        this.hide(".o_badge_pin", false);
        this.el.querySelector(".o_badge_pin_label").textContent = this.answer.message;
        this.el.querySelector("#badge_pin").focus();
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.sendPin();
        }
    }

    sendPin() {
        const pin = this.el.querySelector("#badge_pin").value;
        if (pin) {
            this.logIn(pin);
        }
    }

    /** The native form carries the ticket: captcha, second factor and redirection stay what they are. */
    logIn(pin) {
        this.hide(".o_badge_wait, .o_badge_pin, .o_badge_message", true);
        this.hide(".o_badge_busy", false);
        this.form.querySelector("[name=type]").value = "customer_card_badge";
        this.form.querySelector("[name=badge_ticket]").value = this.answer.ticket;
        this.form.querySelector("[name=badge_pin]").value = pin;
        this.form.querySelector("[name=password]").value = "";
        browser.localStorage.setItem(BADGE_KEY, this.eventId);
        this.form.action = "/web/login" + browser.location.hash;
        this.form.submit();
    }

    show(message) {
        const box = this.el.querySelector(".o_badge_message");
        box.textContent = message;
        this.hide(".o_badge_message", !message);
        this.hide(".o_badge_wait", false);
        this.hide(".o_badge_pin", true);
    }

    hide(selector, hidden) {
        for (const el of this.el.querySelectorAll(selector)) {
            el.classList.toggle("d-none", hidden);
        }
    }
}

registry.category("public.interactions").add("customer_card_hr.badge_login", BadgeLogin);
