"""What tests of mail need: a server set up as an owner would."""

from wayloop.channels.enums import Security
from wayloop.channels.services import setup
from wayloop.channels.services.setup import ServerChoice

__all__ = ["Security", "set_mail_up", "setup"]


def set_mail_up(port: int, *, domain: str = "zerno.example", is_signed: bool = False, per_minute: int = 0) -> None:
    """Mail leaves through a server on this machine, in the name of `hello@domain`."""
    choice = ServerChoice("127.0.0.1", port, Security.NONE, may_be_local=True, per_minute=per_minute)
    setup.choose_server(choice=choice)
    setup.choose_sender(brand=None, name="Зерно", address=f"hello@{domain}", postal="Зерно, вул. Хлібна 1, Київ")
    if is_signed:
        setup.make_signing_key(domain=domain)
        setup.switch_signing(domain=domain, is_on=True)
