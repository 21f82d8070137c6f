/* global posmodel */
import {
    choose,
    goToPayment,
    isDue,
    isTotal,
    openRegister,
    payCash,
    refundOne,
    tour,
} from "@customer_card_pos/../tests/tours/card_tour_util";

function settleQuotation() {
    return [
        {
            content: "choose the quotation",
            trigger: ".product-screen",
            run: async () => {
                const { orm } = posmodel.env.services;
                const [id] = await orm.search("sale.order", [["partner_id.name", "=", "Hans Schulz"]]);
                posmodel.onClickSaleOrder(id);
            },
        },
        choose(1),
    ];
}

tour("customer_card_pos_settle", () => [
    openRegister(),
    settleQuotation(),
    isTotal("145,00"),
    goToPayment(),
    isDue("145,00"),
    payCash(),
    refundOne("Hörbuch"),
    isDue("-65,00"),
    payCash(),
]);
