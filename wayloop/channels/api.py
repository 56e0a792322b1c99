"""The face of channels for other contexts. The port itself stands in `contracts.channels`."""

from wayloop.channels.mail.returned import read_returned
from wayloop.channels.queries.setup import SenderInfo, senders
from wayloop.channels.twin import Memory
from wayloop.channels.ways import using, way_out

__all__ = ["Memory", "SenderInfo", "read_returned", "senders", "using", "way_out"]
