from . import card_data
