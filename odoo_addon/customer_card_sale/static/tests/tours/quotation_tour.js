/** The quotation of a card holder, as a seller works with it: no click for the discount. */
import { registry } from "@web/core/registry";
import { pairWith, present } from "@customer_card/../tests/tours/till_steps";

const LINES = ".o_field_widget[name='order_line']";

function addArticle(name) {
    return [
        { content: "Add a line", trigger: `${LINES} .o_field_x2many_list_row_add a:first`, run: "click" },
        { content: `Look for ${name}`, trigger: `${LINES} .o_selected_row [name='product_template_id'] input`, run: `edit ${name}` },
        { content: `Take ${name}`, trigger: `.o-autocomplete--dropdown-menu a:contains("${name}")`, run: "click" },
    ];
}

function customerIs(name) {
    return { content: `Customer ${name}`, trigger: `.o_field_widget[name='partner_id'] input:value("${name}")` };
}

function totalIs(amount) {
    return { content: `Total ${amount}`, trigger: `.o_field_widget[name='tax_totals']:contains("${amount}")` };
}

registry.category("web_tour.tours").add("customer_card_sale_quotation", {
    steps: () => [
        ...pairWith("Theke 1"),
        present("04MEIER"),
        customerIs("Erika Meier"),
        { content: "Her program shows", trigger: ".o_field_widget[name='card_program_ids']:contains(Rabattkarte)" },
        { content: "Enter would add a line", trigger: `${LINES} .o_field_x2many_list_row_add :focus` },
        { content: "No row exists yet", trigger: ".o_form_view .o_field_widget[name='name']:contains(New)" },
        ...addArticle("Testbatterie 10"),
        totalIs("9.00"),
        { content: "The line is still open where the seller was", trigger: `${LINES} .o_selected_row [name='product_template_id'] input:focus` },
        { content: "Three of them", trigger: `${LINES} .o_selected_row [name='product_uom_qty'] input`, run: "edit 3 && press Tab" },
        totalIs("27.00"),
        ...addArticle("Testtuch"),
        totalIs("37.00"),
        { content: "Enter on the last article adds a line below the discount", trigger: `${LINES} .o_selected_row [name='product_uom_qty'] input`, run: "click && press Enter" },
        { content: "An empty line", trigger: `${LINES} .o_data_row:nth-child(4).o_selected_row [name='product_template_id'] input` },
        { content: "The empty line does not hinder saving", trigger: ".o_form_button_save", run: "click" },
        { content: "Saved", trigger: ".o_form_saved" },
    ],
});

registry.category("web_tour.tours").add("customer_card_sale_attach", {
    steps: () => [
        ...pairWith("Theke 1"),
        customerIs("Erika Meier"),
        totalIs("10.00"),
        present("04MEIER"),
        { content: "Attached, not opened anew", trigger: ".o_notification:contains(attached to the open quotation)" },
        totalIs("9.00"),
        { content: "Begin to type a quantity", trigger: `${LINES} .o_data_row:first [name='product_uom_qty']`, run: "click" },
        { content: "Five", trigger: `${LINES} .o_selected_row [name='product_uom_qty'] input`, run: "edit 5" },
        present("04SCHULZ"),
        customerIs("Hans Schulz"),
        { content: "The other quotation waits in the breadcrumbs", trigger: ".o_breadcrumb .o_back_button a", run: "click" },
        customerIs("Erika Meier"),
        totalIs("45.00"),
    ],
});

const BANNER = ".o_form_view [name='card_credit']";

/** A program per side is sold, and the customer's credit pays: one click, then another amount. */
registry.category("web_tour.tours").add("customer_card_sale_redeem", {
    steps: () => [
        customerIs("Erika Meier"),
        { content: "Her credit shows", trigger: `${BANNER}:contains("30.00")` },
        ...addArticle("Batteriekarte"),
        { content: "The line asks for the side", trigger: `${LINES} .o_selected_row [name='card_side'] input` },
        { content: "The price is fixed", trigger: `${LINES} .o_selected_row [name='price_unit'].o_readonly_modifier` },
        { content: "Open the sides", trigger: `${LINES} .o_selected_row [name='card_side'] input`, run: "click" },
        { content: "Right", trigger: ".o_select_menu_item:contains(Right)", run: "click" },
        { content: "Redeem", trigger: `${BANNER} button[name='action_redeem_credit']`, run: "click" },
        totalIs("79.00"),
        { content: "Nothing is left", trigger: `.o_form_view:not(:has([name='card_credit']))` },
        { content: "Take the redemption off", trigger: `${LINES} .o_data_row:contains("Guthaben") .o_list_record_remove button, ${LINES} .o_data_row:contains("Guthaben") .o_list_record_remove`, run: "click" },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { content: "It is free again", trigger: `${BANNER}:contains("30.00")` },
        { content: "Another amount", trigger: `${BANNER} button:contains("Another amount")`, run: "click" },
        { content: "The dialog proposes all of it", trigger: ".modal [name='amount'] input:value('30.00')" },
        { content: "12.50", trigger: ".modal [name='amount'] input", run: "edit 12.50" },
        { content: "Redeem it", trigger: ".modal button[name='action_redeem']", run: "click" },
        totalIs("96.50"),
        { content: "The rest shows", trigger: `${BANNER}:contains("17.50")` },
        { content: "Confirm", trigger: "button[name='action_confirm']:visible", run: "click" },
        { content: "The program was given", trigger: ".oe_stat_button[name='action_view_card_programs']:contains(1)" },
    ],
});
