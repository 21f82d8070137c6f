/** What a browser hears of a scanner that types: positions by the scanner's layout, characters by the computer's. */
export const CAPS_LOCK = true;

const POSITIONS = [
    ...Array.from("1234567890", (digit) => `Digit${digit}`),
    ...Array.from("QWERTYUIOP", (letter) => `Key${letter}`),
    ...Array.from("ASDFGHJKL", (letter) => `Key${letter}`),
    "Semicolon",
    ...Array.from("ZXCVBNM", (letter) => `Key${letter}`),
    "Comma",
    "Period",
];

/** The signs of these positions: plain, with Shift; and whether Caps Lock shifts digits and signs, too (Windows). */
export const LAYOUTS = {
    us: ["1234567890qwertyuiopasdfghjkl;zxcvbnm,.", "!@#$%^&*()QWERTYUIOPASDFGHJKL:ZXCVBNM<>", false],
    german: ["1234567890qwertzuiopasdfghjkl\u00f6yxcvbnm,.", '!"\u00a7$%&/()=QWERTZUIOPASDFGHJKL\u00d6YXCVBNM;:', true],
    swiss: ["1234567890qwertzuiopasdfghjkl\u00f6yxcvbnm,.", '+"*\u00e7%&/()=QWERTZUIOPASDFGHJKL\u00e9YXCVBNM;:', false],
    french: ["&\u00e9\"'(-\u00e8_\u00e7\u00e0azertyuiopqsdfghjklmwxcvbn,;:", "1234567890AZERTYUIOPQSDFGHJKLMWXCVBN?./", true],
};

/** The key events of *text* from a scanner set to one layout at a computer set to another. */
export function strokesOf(text, scanner, computer, caps) {
    const [plain, shifted] = LAYOUTS[scanner];
    const [plainHere, shiftedHere, all] = LAYOUTS[computer];
    return Array.from(text).flatMap((sign) => {
        const shiftKey = !plain.includes(sign);
        const at = (shiftKey ? shifted : plain).indexOf(sign);
        const locked = caps && (all || /[a-z]/.test(plainHere[at]));
        const key = (shiftKey !== locked ? shiftedHere : plainHere)[at];
        const stroke = { key, code: POSITIONS[at], shiftKey };
        return shiftKey ? [{ key: "Shift", code: "ShiftLeft", shiftKey }, stroke] : [stroke];
    });
}

/** The key events of a scanner that enters the number of each sign with Alt held, whatever the layout is. */
export function altStrokes(text) {
    return Array.from(text).flatMap((sign) => [
        { key: "Alt", code: "AltLeft", altKey: true },
        ...Array.from(String(sign.charCodeAt()).padStart(4, "0"), (key) => ({ key, code: `Numpad${key}`, altKey: true })),
    ]);
}
