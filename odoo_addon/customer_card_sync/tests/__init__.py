from . import (
    test_erasure_traces,
    test_foreign_issues,
    test_foreign_returns,
    test_sync,
    test_sync_repair,
    test_sync_who,
)
