/**
 * Keeps the seller's place in the order lines while the form saves itself.
 *
 * A save closes the line being edited, drops an empty new one, and replaces all lines by the server's
 * answer. This notes line, cell and typed text, catches the keys that would fall beside, and puts all
 * of it back.
 */
export class EditCursor {
    constructor(rootRef, getLines) {
        this.rootRef = rootRef;
        this.getLines = getLines;
        this.place = null;
        this.typed = "";
        this.catchKey = this.catchKey.bind(this);
    }

    get cell() {
        return document.activeElement?.closest(".o_field_widget[name='order_line'] .o_data_cell");
    }

    /** To be called before the save. */
    begin() {
        const lines = this.getLines();
        const edited = lines.editedRecord;
        this.place = null;
        this.typed = "";
        if (!edited || !this.cell) {
            return;
        }
        this.place = {
            // Discount lines come and go below the others: count without them.
            index: articles(lines).indexOf(edited),
            column: "",
            text: "",
            selection: [0, 0],
            wantsNew: !edited.data.product_id && !edited.data.display_type,
        };
        this.note();
        window.addEventListener("keydown", this.catchKey, { capture: true });
    }

    /** To be called when the answer is there and the lines are still the old ones. */
    note() {
        const input = document.activeElement;
        if (this.place && this.cell && "value" in input) {
            Object.assign(this.place, {
                column: this.cell.getAttribute("name"),
                text: input.value,
                selection: [input.selectionStart, input.selectionEnd],
            });
        }
    }

    /** Between two focused cells, keys go to the body and would be lost. */
    catchKey(ev) {
        const isText = ev.key.length === 1 && !ev.ctrlKey && !ev.metaKey && !ev.altKey;
        if (document.activeElement === document.body && isText) {
            this.typed += ev.key;
            ev.preventDefault();
            ev.stopPropagation();
        }
    }

    /** To be called after the save, whether it succeeded or not. */
    async restore() {
        const { place } = this;
        try {
            if (place && (await this.reopen(place))) {
                await nextFrame();
                await nextFrame();
                this.focus(place);
            }
        } finally {
            this.place = null;
            window.removeEventListener("keydown", this.catchKey, { capture: true });
        }
    }

    async reopen({ index, wantsNew }) {
        const lines = this.getLines();
        if (lines.editedRecord) {
            return false;
        }
        if (wantsNew) {
            return lines.addNewRecord({ position: "bottom", mode: "edit" });
        }
        const line = articles(lines)[index];
        return line && lines.enterEditMode(line);
    }

    focus({ wantsNew, column, text, selection: [from, to] }) {
        const cells = wantsNew ? "" : `[name='${column}']`;
        const row = this.rootRef.el?.querySelector(".o_selected_row");
        const input = row?.querySelector(`.o_data_cell${cells} :is(input, textarea)`);
        if (!input) {
            return;
        }
        input.focus();
        if (!wantsNew && input.matches(".o-autocomplete--input")) {
            // It shows the chosen product; putting a half-drawn text back would unset it.
            input.setSelectionRange(input.value.length, input.value.length);
            return;
        }
        const caret = from + this.typed.length;
        const value = text.slice(0, from) + this.typed + text.slice(this.typed ? to : from);
        if (input.value !== value) {
            input.value = value;
            input.dispatchEvent(new Event("input", { bubbles: true }));
        }
        input.setSelectionRange(caret, this.typed ? caret : to);
    }
}

function articles(lines) {
    return lines.records.filter((line) => !line.data.is_reward_line);
}

function nextFrame() {
    return new Promise((resolve) => requestAnimationFrame(resolve));
}
