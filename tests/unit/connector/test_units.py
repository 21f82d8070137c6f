"""Units of a foreign ERP: in which of them an issue is booked there."""

import pytest

from connector.outbound.units import Unit, Units

PIECE = {"id": 1, "name": "Units", "factor": 1.0, "parent_path": "1/"}
PACK = {"id": 2, "name": "Pack", "factor": 6.0, "parent_path": "1/2/"}
KILO = {"id": 3, "name": "kg", "factor": 1.0, "parent_path": "3/"}
OLDER = [
    {"id": 1, "name": "Units", "factor": 1.0, "category_id": [1, "Unit"]},
    {"id": 2, "name": "Pack", "factor": 1 / 6, "category_id": [1, "Unit"]},
    {"id": 3, "name": "kg", "factor": 1.0, "category_id": [2, "Weight"]},
]


@pytest.mark.parametrize("rows", [[PIECE, PACK, KILO], OLDER])
@pytest.mark.parametrize(
    ("quantity", "unit", "own", "booked"),
    [
        (3, "Pack", 1, (18, 1)),
        (3, "Pack", 2, (3, 2)),
        (12, "Units", 2, (2, 2)),
        (1, "Units", 2, (1, 1)),  # a sixth of a pack: the ERP shall round it
        (2, "kg", 1, (2, 3)),  # and refuse this
        (2, "Pack", 9, (2, 2)),
    ],
)
def test_in_the_article_s_own_unit_where_it_can_be_told_in_it(rows, quantity, unit, own, booked):
    """AP-36: so nothing is lost by rounding packs that are there in part."""
    units = Units([Unit.parse(row) for row in rows])
    assert units.of_article(quantity, units.named(unit), own) == booked


def test_of_two_with_one_name_the_older_counts():
    units = Units([Unit.parse(PIECE), Unit.parse(PIECE | {"id": 7})])
    assert units.named("Units").id == 1
    assert units.named("Box") is None
