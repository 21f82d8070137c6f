/** The closing says what was turnover, what was topped up and what cards paid. */
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";

ClosePosPopup.props = [...ClosePosPopup.props, "card_closing"];
