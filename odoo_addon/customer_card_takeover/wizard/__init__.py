from . import (
    customer_card_import,
    customer_card_import_book,
    customer_card_import_file,
    customer_card_import_result,
    customer_card_import_forget,
)
