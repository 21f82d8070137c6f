from . import (
    test_issue,
    test_presented,
    test_quotas,
    test_ledger,
    test_points,
    test_programs,
    test_access,
    test_audit,
    test_terms,
    test_sell,
    test_holds,
    test_translations,
)
