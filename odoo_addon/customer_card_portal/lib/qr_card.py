"""Draws a QR card in the size of a bank card (ISO/IEC 7810 ID-1): as PDF for printers, as PNG."""

import base64
import io
from dataclasses import dataclass

import qrcode
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from odoo.tools import file_path

WIDTH_MM, HEIGHT_MM = 85.6, 54.0
QR_MM, MARGIN_MM = 34.0, 6.0
DPI = 300
QUIET = 4  # modules around the code that stay white (ISO/IEC 18004)
FONTS = {
    False: "web/static/fonts/lato/Lato-Reg-webfont.ttf",
    True: "web/static/fonts/lato/Lato-Bol-webfont.ttf",
}
# (attribute, size in mm, bold, distance of the baseline from the top in mm)
LINES = (("company", 4.2, True, 11.0), ("kind", 3.0, False, 17.0), ("name", 3.6, False, 36.0))
NUMBER = ("number", 4.6, True, 45.0)


@dataclass(frozen=True, slots=True)
class QrCard:
    """What is printed; *code* alone is in the QR code."""

    code: str
    company: str
    kind: str
    number: str
    name: str = ""


def matrix(text):
    """Return the rows of the code, True for black, without its white margin."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make()
    return code.get_matrix()


def svg(text):
    """Return the code as an SVG picture with its white margin, for a screen."""
    rows = matrix(text)
    side = len(rows) + 2 * QUIET
    black = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, filled in enumerate(row)
        if filled
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        ' shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{black}"/></svg>'
    )


def svg_uri(text):
    """Return the code as the address of an image."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg(text).encode()).decode()


def pdf(cards):
    """Return a PDF with one page in card size for each card."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH_MM * mm, HEIGHT_MM * mm))
    canvas.setTitle("QR")
    for card in cards:
        _draw_pdf_code(canvas, card.code)
        for attribute, size, bold, top in (*LINES, NUMBER):
            font = _pdf_font(bold)
            text = _fitted(
                getattr(card, attribute),
                lambda part, font=font, size=size: (
                    pdfmetrics.stringWidth(part, font, size * mm) / mm
                ),
            )
            canvas.setFont(font, size * mm)
            canvas.drawString(MARGIN_MM * mm, (HEIGHT_MM - top) * mm, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def png(card):
    """Return the card as a PNG picture, 300 dots per inch."""
    scale = DPI / 25.4
    image = Image.new("RGB", (round(WIDTH_MM * scale), round(HEIGHT_MM * scale)), "white")
    draw = ImageDraw.Draw(image)
    rows = matrix(card.code)
    module = int(QR_MM * scale / len(rows))  # whole dots: a code with soft edges reads badly
    left = round((WIDTH_MM - MARGIN_MM) * scale) - module * len(rows)
    top = (image.height - module * len(rows)) // 2
    for y, row in enumerate(rows):
        for x, filled in enumerate(row):
            if filled:
                corner = left + x * module, top + y * module
                draw.rectangle((*corner, corner[0] + module - 1, corner[1] + module - 1), "black")
    for attribute, size, bold, baseline in (*LINES, NUMBER):
        font = ImageFont.truetype(file_path(FONTS[bold]), round(size * scale))
        text = _fitted(
            getattr(card, attribute), lambda part, font=font: font.getlength(part) / scale
        )
        draw.text((MARGIN_MM * scale, baseline * scale), text, "black", font, anchor="ls")
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(DPI, DPI))
    return out.getvalue()


def _draw_pdf_code(canvas, code):
    rows = matrix(code)
    module = QR_MM * mm / len(rows)
    left = (WIDTH_MM - MARGIN_MM - QR_MM) * mm
    top = (HEIGHT_MM + QR_MM) / 2 * mm
    path = canvas.beginPath()
    for y, row in enumerate(rows):
        for x, filled in enumerate(row):
            if filled:
                path.rect(left + x * module, top - (y + 1) * module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)


def _pdf_font(bold):
    name = f"CustomerCard{'Bold' if bold else ''}"
    if name not in pdfmetrics.getRegisteredFontNames():
        try:
            pdfmetrics.registerFont(TTFont(name, file_path(FONTS[bold])))
        except (TTFError, FileNotFoundError):
            return "Helvetica-Bold" if bold else "Helvetica"
    return name


def _fitted(text, width_mm):
    """Return *text*, shortened until it ends before the code."""
    room = WIDTH_MM - 3 * MARGIN_MM - QR_MM
    shown = text = text or ""
    while shown and width_mm(shown) > room:
        text = text[:-1]
        shown = text.rstrip() + "…"
    return shown
