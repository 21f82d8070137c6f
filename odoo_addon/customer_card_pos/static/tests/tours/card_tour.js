/* global posmodel */
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Offline from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as Utils from "@point_of_sale/../tests/generic_helpers/utils";

import {
    add,
    cameraSees,
    chooseCustomer,
    findCustomer,
    goToPayment,
    hear,
    isCustomer,
    isDiscounted,
    isNotDiscounted,
    isOpenOrders,
    isSaid,
    isTotal,
    nextOrder,
    openRegister,
    pair,
    payCash,
    present,
    presentInBackend,
    scan,
    tour,
} from "./card_tour_util";

tour("customer_card_pos_card_opens_order", () => [
    openRegister(),
    present("90001"),
    isCustomer("Hans Schulz"),
    isSaid("Hans Schulz: Batterierabatt"),
    add("Batterie 10"),
    isDiscounted("-1,00"),
    isTotal("9,00"),
    goToPayment(),
    payCash(),
]);

tour("customer_card_pos_card_scanned", () => [
    openRegister(),
    pair(),
    scan(`K1.${"0".repeat(28)}`),
    isCustomer("Hans Schulz"),
    add("Batterie 10"),
    isDiscounted("-1,00"),
    goToPayment(),
    payCash(),
    nextOrder(),
    cameraSees(`K1.${"0".repeat(28)}`),
    isCustomer("Hans Schulz"),
]);

tour("customer_card_pos_card_on_open_order", () => [
    openRegister(),
    add("Batterie 10"),
    add("Etui"),
    isNotDiscounted(),
    isTotal("20,00"),
    present("90001"),
    isCustomer("Hans Schulz"),
    isDiscounted("-1,00"),
    isTotal("19,00"),
]);

tour("customer_card_pos_card_used_today", () => [
    openRegister(),
    hear("90001"),
    isCustomer("Hans Schulz"),
    isSaid("wurde heute schon genutzt"),
    add("Batterie 10"),
    isTotal("9,00"),
    goToPayment(),
    payCash(),
]);

tour("customer_card_pos_card_opens_second_order", () => [
    openRegister(),
    chooseCustomer("Anna Fremd"),
    add("Etui"),
    present("90001"),
    isCustomer("Hans Schulz"),
    add("Batterie 10"),
    isTotal("9,00"),
]);

tour("customer_card_pos_orders_do_not_pile_up", () => [
    openRegister(),
    chooseCustomer("Anna Fremd"),
    present("90001"),
    isCustomer("Hans Schulz"),
    isOpenOrders(1),
    add("Batterie 10"),
    isTotal("9,00"),
    present("90002"),
    isCustomer("Anna Fremd"),
    isOpenOrders(2),
    add("Etui"),
    isNotDiscounted(),
    present("90001"),
    isCustomer("Hans Schulz"),
    isTotal("9,00"),
    isOpenOrders(2),
]);

tour("customer_card_pos_card_required", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    add("Batterie 10"),
    isNotDiscounted(),
    isTotal("10,00"),
    present("90001"),
    isDiscounted("-1,00"),
    isTotal("9,00"),
    Utils.refresh(),
    isDiscounted("-1,00"),
    isTotal("9,00"),
    chooseCustomer("Anna Fremd"),
    isNotDiscounted(),
    findCustomer("90001", "Hans Schulz"),
    isCustomer("Hans Schulz"),
    isSaid("Batterierabatt"),
    isNotDiscounted(),
    isTotal("10,00"),
    present("90001"),
    isTotal("9,00"),
    goToPayment(),
    payCash(),
]);

tour("customer_card_pos_card_during_payment", () => [
    openRegister(),
    chooseCustomer("Anna Fremd"),
    add("Etui"),
    goToPayment(),
    present("90001"),
    isSaid("Hans Schulz"),
    { trigger: ".payment-screen" },
    PaymentScreen.clickBack(),
    isCustomer("Anna Fremd"),
    goToPayment(),
    payCash(),
    nextOrder(),
    isCustomer("Hans Schulz"),
    add("Batterie 10"),
    isTotal("9,00"),
]);

tour("customer_card_pos_card_issues", () => [
    openRegister(),
    present("90001", { wait: false }),
    { trigger: "button[form=customer_card_issue]", run: "click" },
    isSaid("71"),
    { trigger: "body:not(:has(.o_customer_card_issue))" },
    chooseCustomer("Anna Fremd"),
    add("Etui"),
    goToPayment(),
    present("90001", { wait: false }),
    isSaid("Hans Schulz"),
    { trigger: "body:not(:has(.o_customer_card_issue)) .payment-screen" },
    payCash(),
    nextOrder(),
    { trigger: "button[form=customer_card_issue]", run: "click" },
    isSaid("70"),
]);

function isNobodysOrder(count) {
    return {
        content: "the card has opened no order",
        trigger: ".product-screen",
        run: () => {
            const order = posmodel.getOrder();
            const open = posmodel.getOpenOrders().length;
            if (order.partner_id || order.customer_card_id || open !== count) {
                throw new Error(`${open} orders, this one of ${order.partner_id?.name}`);
            }
        },
    };
}

tour("customer_card_pos_direct_issue", () => [
    openRegister(),
    present("90001"),
    isSaid("1 × Batterie 10", "71 ", "1 × Trockenbox", "4 "),
    { trigger: "body:not(:has(.o_customer_card_issue))" },
    isNobodysOrder(1),
    add("Etui"),
    goToPayment(),
    present("90001"),
    isSaid("70"),
    { trigger: "body:not(:has(.o_customer_card_issue)) .payment-screen" },
    payCash(),
]);

tour("customer_card_pos_card_opens_nothing", () => [
    openRegister(),
    present("90001"),
    {
        // As plain text: a cashier without the right to write contacts looks only.
        trigger: ".modal .o_form_view .o_field_widget[name=name]:contains(Hans Schulz)",
    },
    { trigger: ".modal .btn-close", run: "click" },
    { trigger: "body:not(:has(.modal))" },
    isNobodysOrder(1),
    add("Batterie 10"),
    isTotal("10,00"),
    present("90001"),
    isCustomer("Hans Schulz"),
    isTotal("9,00"),
]);

tour("customer_card_pos_card_from_backend", () => [
    openRegister(),
    presentInBackend("90001"),
    Utils.refresh(),
    isCustomer("Hans Schulz"),
    add("Batterie 10"),
    isTotal("9,00"),
]);

tour("customer_card_pos_offline", () => [
    openRegister(),
    Offline.setOfflineMode(),
    chooseCustomer("Hans Schulz"),
    isSaid("Keine Verbindung"),
    add("Batterie 10"),
    isNotDiscounted(),
    isTotal("10,00"),
    Offline.setOnlineMode(),
    add("Batterie 10"),
    isDiscounted("-2,00"),
    isTotal("18,00"),
]);

tour("customer_card_pos_pairing", () => [
    openRegister(),
    Chrome.clickMenuButton(),
    { trigger: '.o_customer_card_pairing .o-dropdown-item:contains("Theke 1")', run: "click" },
    isSaid("Theke 1"),
    { trigger: ".o_customer_card_reader" },
    Chrome.clickMenuButton(),
    { trigger: '.o_customer_card_pairing .o-dropdown-item:contains("Theke 1"):has(.fa-check)' },
]);
