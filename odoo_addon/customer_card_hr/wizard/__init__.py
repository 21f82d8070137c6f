from . import customer_card_badge_pin
