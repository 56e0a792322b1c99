"""What the audit trail can tell. A context declares its acts in its `offers.py` and writes them by `accounts.api`."""

from dataclasses import dataclass
from typing import Literal

from wayloop.contracts.shell import Text

# The parts of the trail, in the order its filter shows them.
Group = Literal["sign_in", "team", "keys", "data", "settings"]


@dataclass(frozen=True)
class Act:
    """One kind of thing somebody did: its lasting name, as in "customer.opened", and how the trail says it."""

    name: str
    label: Text
    group: Group
