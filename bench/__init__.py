"""How long it takes from the card to the screen, measured on the real chain: ``make bench``."""
