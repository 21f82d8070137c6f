/** A card code is no article, typed or seen by the camera: the seller sees no "unknown barcode". */
import { patch } from "@web/core/utils/patch";
import { BarcodeReader } from "@point_of_sale/app/services/barcode_reader_service";
import { takeScan } from "@customer_card/till/wedge";

patch(BarcodeReader.prototype, {
    scan(code) {
        return takeScan(code) ? Promise.resolve() : super.scan(...arguments);
    },
});
