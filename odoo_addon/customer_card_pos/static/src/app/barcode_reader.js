/** A card code is no article: the till service takes it, and the seller sees no "unknown barcode". */
import { patch } from "@web/core/utils/patch";
import { BarcodeReader } from "@point_of_sale/app/services/barcode_reader_service";
import { cardCode } from "@customer_card/till/wedge";

patch(BarcodeReader.prototype, {
    scan(code) {
        return cardCode(code) ? Promise.resolve() : super.scan(...arguments);
    },
});
