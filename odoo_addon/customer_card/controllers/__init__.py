from . import ledger, pair, portal, portal_digital
