from . import test_media_signed, test_portal, test_qr_card
