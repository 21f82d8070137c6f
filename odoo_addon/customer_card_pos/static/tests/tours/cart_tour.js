/* global posmodel */
import { chooseCustomer, openRegister, tour } from "./card_tour_util";

function article(name) {
    const found = posmodel.models["product.product"].find((one) => one.display_name === name);
    if (!found) {
        throw new Error(`no article ${name}`);
    }
    return found;
}

async function addLine({ name, qty, parts }) {
    const product = article(name);
    if (!parts) {
        await posmodel.addLineToCurrentOrder(
            { product_id: product, product_tmpl_id: product.product_tmpl_id, qty },
            {},
            false
        );
        return;
    }
    const create = (of, price_unit, values = {}) =>
        posmodel.models["pos.order.line"].create({
            order_id: posmodel.getOrder(),
            product_id: of,
            qty,
            price_unit,
            price_type: "automatic",
            tax_ids: of.taxes_id.map((tax) => ["link", tax]),
            ...values,
        });
    const parent = create(product, 0);
    for (const [part, price] of parts) {
        create(article(part), price, { combo_parent_id: parent });
    }
    posmodel.updateRewards();
}

/** Change what is in the cart as a seller does: another quantity, off it, somebody else's and back. */
async function edit({ name, qty }) {
    const order = posmodel.getOrder();
    if (!name) {
        const anna = posmodel.models["res.partner"].find((one) => one.name === "Anna Fremd");
        const hans = order.partner_id;
        posmodel.setPartnerToCurrentOrder(anna);
        posmodel.setPartnerToCurrentOrder(hans);
        return;
    }
    const line = order.lines.find((one) => !one.is_reward_line && one.product_id === article(name));
    if (!line) {
        await addLine({ name, qty });
    } else if (qty) {
        line.setQuantity(qty);
    } else {
        order.removeOrderline(line);
    }
    posmodel.updateRewards();
}

async function totalOf(cart) {
    const order = posmodel.addNewOrder();
    const hans = posmodel.models["res.partner"].find(({ name }) => name === "Hans Schulz");
    posmodel.setPartnerToCurrentOrder(hans);
    for (const line of cart.lines) {
        await addLine(line);
    }
    for (const change of cart.edits || []) {
        await edit(change);
    }
    for (let tries = 40; ; tries--) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const total = order.currency.round(order.priceIncl);
        if (total === cart.total || !tries) {
            return total;
        }
    }
}

// The carts and their right totals stand in the customer's reference. Each is a step of its own: a
// busy machine needs a minute for many.
const MOST_CARTS = 30;
let carts = [];

tour("customer_card_pos_carts", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    {
        content: "the carts are read",
        trigger: ".product-screen",
        run: async () => {
            const domain = [["name", "=", "Hans Schulz"]];
            const { orm } = posmodel.env.services;
            const [{ ref }] = await orm.searchRead("res.partner", domain, ["ref"]);
            carts = JSON.parse(ref);
            if (!carts.length || carts.length > MOST_CARTS) {
                throw new Error(`${carts.length} carts`);
            }
        },
    },
    ...Array.from({ length: MOST_CARTS }, (_cart, number) => ({
        content: `cart ${number + 1} costs what the plain reference says`,
        trigger: ".product-screen",
        run: async () => {
            if (number < carts.length) {
                const total = await totalOf(carts[number]);
                if (total !== carts[number].total) {
                    throw new Error(`${total} for ${JSON.stringify(carts[number])}`);
                }
            }
        },
    })),
]);
