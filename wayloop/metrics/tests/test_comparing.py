"""Many shares compared at once: against the examples of those who wrote the methods."""

import pytest

from wayloop.metrics.comparing import compare_parts, holm, p_of_shares


def test_holm_corrects_as_its_author_wrote() -> None:
    # Holm (1979): the smallest is multiplied by the number of tests, the next by one less, and none may fall below one
    # before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    # Agresti, Categorical Data Analysis, table 2.3: aspirin and heart attacks, z = 5.00.
    assert p_of_shares(189, 11_034, 104, 11_037) == pytest.approx(5.7e-7, rel=0.05)
    # Fisher's tea: three of four right.
    assert p_of_shares(3, 4, 1, 4) == pytest.approx(0.4857, abs=1e-4)
    assert compare_parts([(20, 29, 1, 100), (30, 60, 30, 60)])[0] is None
