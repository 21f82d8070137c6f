"""The till by itself: from the card to the ERP's answer, on readers that report at once."""
