/** Saves a file that the server has made for this click and keeps no copy of. */
import { downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";

function download(env, { params }) {
    const bytes = Uint8Array.from(atob(params.data), (letter) => letter.charCodeAt(0));
    downloadFile(new Blob([bytes], { type: params.type }), params.name, params.type);
    return { type: "ir.actions.client", tag: "soft_reload" };
}

registry.category("actions").add("customer_card.download", download);
