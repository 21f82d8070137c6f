"""How to speak to the cards themselves, whichever reader they lie on."""
