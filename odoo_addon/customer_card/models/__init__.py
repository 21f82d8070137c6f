from . import (
    server_fields,
    program,
    ledger,
    card,
    till,
    event,
    encoding,
    outbox,
    server_fields_of,
    res_company,
    res_config_settings,
)
