from . import (
    test_badge,
    test_badge_use,
    test_badge_attack,
    test_login_page,
    test_login_secret,
    test_number_range,
)
