from . import (
    test_codes,
    test_number_doors,
    test_takeover,
)
