from . import test_bundles, test_kinds, test_program_rights
