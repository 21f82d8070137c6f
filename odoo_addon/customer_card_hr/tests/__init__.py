from . import test_badge, test_badge_use, test_badge_attack, test_login_page, test_number_range
