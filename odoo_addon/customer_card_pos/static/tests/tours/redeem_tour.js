/* global posmodel */
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import * as Utils from "@point_of_sale/../tests/generic_helpers/utils";

import {
    add,
    backToProducts,
    chooseCustomer,
    enterCode,
    goOffline,
    goOnline,
    goToPayment,
    isCustomer,
    isDiscounted,
    isDue,
    isNotDiscounted,
    isNotRedeemable,
    isOnReceipt,
    isSaid,
    isTotal,
    nextOrder,
    openRegister,
    otherTillReserves,
    payCash,
    payNothing,
    present,
    redeem,
    redeemOnly,
    refundOne,
    tour,
    tryToPay,
} from "./card_tour_util";

function hansBuys(article) {
    return [
        openRegister(),
        chooseCustomer("Hans Schulz"),
        isCustomer("Hans Schulz"),
        add(article),
    ];
}

/** What the server has reserved for the open orders of this program. */
function isReserved(programName, amount) {
    return {
        content: `${amount} of ${programName} are reserved`,
        trigger: ".pos-content",
        run: async () => {
            const { orm } = posmodel.env.services;
            for (let left = 20; ; left--) {
                const [card] = await orm.searchRead(
                    "loyalty.card",
                    [["program_id.name", "=", programName]],
                    ["held"],
                    { limit: 1 }
                );
                if (card.held === amount) {
                    return;
                }
                if (!left) {
                    throw new Error(`${card.held} are reserved, not ${amount}`);
                }
                await new Promise((resolve) => setTimeout(resolve, 100));
            }
        },
    };
}

tour("customer_card_pos_redeem_credit", () => [
    hansBuys("Hörbuch"),
    isTotal("95,00"),
    redeem("Guthabenkarte", "80,00"),
    isDiscounted("-80,00"),
    isTotal("15,00"),
    isNotRedeemable(),
    isReserved("Guthabenkarte", 0),
    goToPayment(),
    isDue("15,00"),
    isReserved("Guthabenkarte", 80),
    payCash(),
    isOnReceipt("Guthabenkarte"),
    isOnReceipt("0,00"),
]);

tour("customer_card_pos_redeem_less", () => [
    hansBuys("Etui"),
    add("Hörbuch"),
    isTotal("105,00"),
    redeem("Guthabenkarte", "80,00"),
    isTotal("25,00"),
    redeemOnly("20"),
    isDiscounted("-20,00"),
    isTotal("85,00"),
    add("Batterie 10"),
    isDiscounted("-20,00"),
    isTotal("95,00"),
    goToPayment(),
    isReserved("Guthabenkarte", 20),
    payCash(),
    isOnReceipt("60,00"),
]);

tour("customer_card_pos_redeem_voucher", () => [
    openRegister(),
    add("Reinigungsset"),
    enterCode("wert-2345-6789-abcd"),
    Order.hasLine({ productName: "Gutschein eingelöst", price: "-20,00" }),
    isTotal("0,00"),
    goToPayment(),
    payNothing(),
    isOnReceipt("17,50"),
]);

tour("customer_card_pos_redeem_coupon", () => [
    openRegister(),
    add("Etui"),
    enterCode("RABA-2345-6789-ABCD"),
    isDiscounted("-1,00"),
    isTotal("9,00"),
    goToPayment(),
    payCash(),
    nextOrder(),
    add("Etui"),
    enterCode("RABA-2345-6789-ABCD"),
    isSaid("Rabattgutschein"),
    isNotDiscounted(),
    isTotal("10,00"),
]);

tour("customer_card_pos_redeem_one_click_points", () => [
    hansBuys("Etui"),
    redeem("Punktekarte", "5,00"),
    isDiscounted("-5,00"),
    isTotal("5,00"),
    goToPayment(),
    payCash(),
]);

tour("customer_card_pos_two_tills", () => [
    hansBuys("Hörbuch"),
    redeem("Guthabenkarte", "80,00"),
    isTotal("15,00"),
    otherTillReserves("Guthabenkarte", 50),
    tryToPay(),
    isSaid("30"),
    isDiscounted("-30,00"),
    isTotal("65,00"),
    goToPayment(),
    isDue("65,00"),
    isReserved("Guthabenkarte", 80),
    payCash(),
]);

tour("customer_card_pos_left_payment", () => [
    hansBuys("Hörbuch"),
    redeem("Guthabenkarte", "80,00"),
    isTotal("15,00"),
    goToPayment(),
    isReserved("Guthabenkarte", 80),
    backToProducts(),
    isReserved("Guthabenkarte", 0),
    goToPayment(),
    isReserved("Guthabenkarte", 80),
    Utils.refresh(),
    PaymentScreen.totalIs("15,00"),
    isReserved("Guthabenkarte", 80),
    payCash(),
    isOnReceipt("Guthabenkarte"),
]);

tour("customer_card_pos_redeem_offline", () => [
    hansBuys("Hörbuch"),
    redeem("Guthabenkarte", "80,00"),
    isTotal("15,00"),
    goOffline(),
    tryToPay(),
    { trigger: ".o_notification" },
    isNotDiscounted(),
    isTotal("95,00"),
    goToPayment(),
    isDue("95,00"),
    payCash(),
    nextOrder(),
    goOnline(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    add("Etui"),
    redeem("Guthabenkarte", "80,00"),
    isTotal("0,00"),
    goToPayment(),
    payNothing(),
]);

tour("customer_card_pos_refund_credit", () => [
    hansBuys("Hörbuch"),
    redeem("Guthabenkarte", "80,00"),
    isTotal("15,00"),
    goToPayment(),
    payCash(),
    nextOrder(),
    { trigger: ".orders-button", run: "click" },
    { trigger: ".ticket-screen .pos-search-bar .filter", run: "click" },
    { trigger: ".pos-search-bar .filter ul li:last-child", run: "click" },
    TicketScreen.selectOrder("001"),
    { trigger: '.ticket-screen .orderline:contains("Hörbuch")', run: "click" },
    ProductScreen.clickNumpad("1"),
    TicketScreen.confirmRefund(),
    PaymentScreen.isShown(),
    isDue("-15,00"),
    payCash(),
    isOnReceipt("80,00"),
]);

tour("customer_card_pos_refund_a_part", () => [
    hansBuys("Etui"),
    add("Etui"),
    redeem("Punktekarte", "2,00"),
    isTotal("18,00"),
    goToPayment(),
    payCash(),
    refundOne("Etui"),
    isDue("-9,00"),
    payCash(),
    refundOne("Etui"),
    isDue("-9,00"),
    payCash(),
]);

tour("customer_card_pos_refund_discounted", () => [
    hansBuys("Batterie 10"),
    add("Batterie 10"),
    add("Batterie 10"),
    add("Etui"),
    isTotal("37,00"),
    goToPayment(),
    payCash(),
    refundOne("Batterie 10"),
    isDue("-9,00"),
    backToProducts(),
    {
        content: "two pieces come back after all",
        trigger: ".product-screen",
        run: () => {
            posmodel.getOrder().lines[0].setQuantity(-2);
            posmodel.updateRewards();
        },
    },
    isTotal("-18,00"),
    goToPayment(),
    isDue("-18,00"),
    payCash(),
    refundOne("Etui"),
    isDue("-10,00"),
    payCash(),
    refundOne("Batterie 10"),
    isDue("-9,00"),
    payCash(),
]);

tour("customer_card_pos_best_discount", () => [
    hansBuys("Batterie 10"),
    isDiscounted("-1,00"),
    isTotal("9,00"),
    add("Etui"),
    isDiscounted("-2,00"),
    isTotal("17,00"),
]);

tour("customer_card_pos_stacked_discounts", () => [
    hansBuys("Batterie 10"),
    isTotal("7,20"),
    add("Etui"),
    isTotal("15,20"),
]);

tour("customer_card_pos_warranty", () => [
    hansBuys("Reparatur"),
    isTotal("89,00"),
    isNotDiscounted(),
    present("90001"),
    isDiscounted("-89,00"),
    isTotal("0,00"),
    goToPayment(),
    payNothing(),
    nextOrder(),
    chooseCustomer("Hans Schulz"),
    add("Reparatur"),
    isNotDiscounted(),
    isTotal("89,00"),
]);

tour("customer_card_pos_five_programs", () => [
    openRegister(),
    present("90001"),
    isCustomer("Hans Schulz"),
    isSaid(
        "72 Batterien (72 Stück)",
        "Artikelkarte (5 Stück)",
        "Batterierabatt",
        "Guthabenkarte (80)",
        "Garantie"
    ),
    add("Reparatur"),
    isTotal("0,00"),
    add("Batterie 10"),
    isTotal("9,00"),
    redeem("Guthabenkarte", "80,00"),
    isTotal("0,00"),
    goToPayment(),
    payNothing(),
]);
