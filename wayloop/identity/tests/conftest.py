"""What tests of identity share."""

import pytest

from wayloop.business import api as business


@pytest.fixture
def in_ukraine(db: None) -> None:
    """A business whose phones are written as in Ukraine."""
    business.set_up_business(
        name="Orchard", trade="cafe", zone="Europe/Kyiv", currency="UAH", content_languages=["uk"], locations=[]
    )
