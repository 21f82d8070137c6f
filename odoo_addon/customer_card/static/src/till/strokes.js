/**
 * The keys that a scanner pressed, by their position: characters depend on the computer's layout and on Caps
 * Lock, positions only on the scanner's own layout. That is the US one, or the German or Swiss one, where the
 * signs of our codes lie on the same keys, or the French one.
 */
const FRENCH = { KeyA: "Q", KeyQ: "A", KeyW: "Z", KeyZ: "W", Semicolon: "M", Comma: ".", KeyM: ",", Period: ":" };
const DOT = ["Period", "NumpadDecimal"];
const OTHER_SIGN = " ";

function usual(position) {
    return /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(position)?.[1] || (DOT.includes(position) ? "." : OTHER_SIGN);
}

export class Strokes {
    /** @param {number} pauseMs a longer pause begins a new code */
    constructor(pauseMs) {
        Object.assign(this, { pauseMs, positions: [], at: 0 });
    }

    /** @param {KeyboardEvent} ev a pressed key; Shift and locks count for nothing, as our codes know no case */
    add({ code, repeat, timeStamp }) {
        if (timeStamp - this.at > this.pauseMs) {
            this.positions = [];
        }
        this.at = timeStamp;
        if (code && !repeat && !/^(?:Shift|Caps|Num)[A-Z]/.test(code)) {
            this.positions.push(code);
        }
    }

    /** The code is complete; whoever hears of it in this very moment may still read it. */
    end() {
        setTimeout((ended) => this.positions.splice(0, ended), 0, this.positions.length);
    }

    /** @returns {string[]} the pressed keys as signs, by each layout that scanners are set to, and by Alt codes */
    readings() {
        const signs = this.positions.map(usual).join("");
        return [
            signs,
            this.positions.map((position) => FRENCH[position] || usual(position)).join(""),
            signs.replace(/ 0*(\d{2,3})/g, (_, number) => String.fromCharCode(number)),
        ];
    }
}
