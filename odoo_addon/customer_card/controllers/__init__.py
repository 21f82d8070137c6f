from . import ledger, pair
