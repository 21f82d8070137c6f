"""Programs: what they give, when, for how much."""

from . import (
    loyalty_discount,
    loyalty_program_line,
    loyalty_program,
    loyalty_program_terms,
    loyalty_program_sale,
    loyalty_program_tier,
    loyalty_program_native,
    loyalty_program_gate,
    loyalty_program_grant,
    loyalty_program_guard,
    loyalty_reward,
    loyalty_reward_native,
    product_template,
)
