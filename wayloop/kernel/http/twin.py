"""The twin: answers from memory, with the same rules for addresses. For tests and the sample business."""

from collections.abc import Callable
from dataclasses import dataclass, field

from wayloop.kernel.http.messages import Answer, OutboundFailed, OutboundRefused, Reason, Request
from wayloop.kernel.http.targets import Target, all_public

Reply = Callable[[Request], Answer]


@dataclass
class Memory:
    """A network of servers that were told what to answer. `sent` keeps what arrived, in order.

    `names` gives a name other addresses than a public one, to see it refused.
    """

    names: dict[str, list[str]] = field(default_factory=dict)
    sent: list[Request] = field(default_factory=list)
    _replies: dict[tuple[str, str], Reply | OutboundFailed] = field(default_factory=dict)

    def answer(self, method: str, url: str, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Lets `url` answer. Underscores in the names of headers stand for hyphens."""
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        self._replies[method, url] = lambda _: Answer(status=status, headers=named, body=body, url=url)

    def reply(self, method: str, url: str, reply: Reply) -> None:
        """Lets a function answer for `url`."""
        self._replies[method, url] = reply

    def fail(self, method: str, url: str, reason: Reason) -> None:
        """Lets `url` fail."""
        self._replies[method, url] = OutboundFailed(reason)

    def check(self, target: Target, request: Request) -> None:
        """See `Carrier`."""
        if not all_public(self.names.get(target.host, [])):
            raise OutboundRefused(Reason.NOT_PUBLIC)

    def exchange(self, target: Target, request: Request, deadline: float) -> Answer:
        """See `Carrier`."""
        self.check(target, request)
        self.sent.append(request)
        found = self._replies.get((request.method, target.url))
        if found is None:
            raise OutboundFailed(Reason.UNREACHABLE)
        if isinstance(found, OutboundFailed):
            raise found
        answer = found(request)
        if len(answer.body) > request.limits.body:
            raise OutboundFailed(Reason.TOO_LARGE)
        return answer
