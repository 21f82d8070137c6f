/**
 * Backend: logs off when nobody uses the screen, and when the badge that logged in is removed.
 *
 * Only screens that are paired with a till do so: a desk in the office is nobody else's.
 */
import { browser } from "@web/core/browser/browser";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { clearUncommittedChanges } from "@web/webclient/actions/action_service";
import { session } from "@web/session";

import { IdleWatch } from "@customer_card_hr/idle/idle_watch";
import { BADGE_KEY } from "@customer_card_hr/idle/keys";
import { isPosOpen } from "@customer_card_hr/idle/pos_open";

const ACTIVE_EVERY_MS = 30000;
const SAVE_TIME_MS = 3000;

export const badgeLogoffService = {
    dependencies: ["bus_service", "customer_card.till", "orm"],

    start(env, { bus_service: bus, "customer_card.till": till, orm }) {
        const minutes = session.badge_idle_minutes;
        const employee = session.badge_employee_id;
        let leaving = false;

        /** What is typed is saved if it can be, else it is lost: it never keeps the screen open. */
        async function logOff(way) {
            if (leaving) {
                return;
            }
            leaving = true;
            await Promise.race([
                clearUncommittedChanges(env).catch(() => false),
                new Promise((resolve) => browser.setTimeout(resolve, SAVE_TIME_MS)),
            ]);
            await orm.silent
                .call("customer.card.login", "screen_logoff", [], {
                    employee_id: employee || 0,
                    way,
                    place: "web",
                    screen: till.state.till?.secret,
                })
                .catch(() => false);
            browser.localStorage.removeItem(BADGE_KEY);
            // "Leave the page?" would wait for somebody who has gone, with the page still open.
            window.addEventListener("beforeunload", (ev) => ev.stopImmediatePropagation(), {
                capture: true,
            });
            browser.location.assign("/web/session/logout?redirect=/web/login");
        }

        bus.subscribe("customer_card.badge_removed", ({ event_id }) => {
            if (till.state.till && !isPosOpen() && Number(browser.localStorage.getItem(BADGE_KEY)) === event_id) {
                logOff("removed");
            }
        });
        if (!minutes) {
            return {};
        }
        const watch = new IdleWatch(minutes * 60000, () =>
            till.state.till && !isPosOpen() ? logOff("idle") : false
        );
        browser.setInterval(() => {
            if (watch.idleMs < ACTIVE_EVERY_MS) {
                rpc("/customer_card/badge/active", {}, { silent: true }).catch(() => false);
            }
        }, ACTIVE_EVERY_MS);
        return { watch };
    },
};

registry.category("services").add("customer_card_hr.badge_logoff", badgeLogoffService);
