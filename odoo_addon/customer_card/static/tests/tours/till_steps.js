/** Steps of a seller at a till, for tours of this and the glue modules. */

const env = () => odoo.__WOWL_DEBUG__.root.env;

export function pairWith(till) {
    return [
        { content: "Open the till menu", trigger: ".o_customer_card_till", run: "click" },
        { content: `Pair with ${till}`, trigger: `.o-dropdown-item:contains(${till})`, run: "click" },
        { content: "Paired", trigger: `.o_customer_card_till:contains(${till})` },
    ];
}

/** What reader and bus would do: present a serial number and hand the event to the screen. */
export function present(uid, origin = "insert") {
    return {
        content: `Insert card ${uid}`,
        trigger: ".o_customer_card_till .o_customer_card_reader",
        async run() {
            const [{ event_id: id, action, message }] = await env().services.orm.call(
                "customer.till",
                "card_presented",
                [],
                {
                    events: [
                        {
                            key: `tour:${uid}:${Date.now()}`,
                            kind: "uid",
                            value: uid,
                            medium: "rfid",
                            reader: "tour",
                            origin,
                            age_s: 0,
                            seq: 1,
                        },
                    ],
                }
            );
            env().services["customer_card.till"].receive({
                id,
                action: action || "message",
                message,
                kind: action ? "info" : "warning",
                age_ms: 0,
            });
        },
    };
}

/** Fails the tour when *check* says no. */
export function ensure(content, check, trigger = "body") {
    return {
        content,
        trigger,
        async run() {
            if (!(await check(env()))) {
                throw new Error(`Not so: ${content}`);
            }
        },
    };
}
