"""Letters through mail programs of other people: Postfix takes them, Dovecot hands them out, mutt shows them, Perl's
Mail::DKIM checks their signature. Runs where these programs are installed (Debian: postfix dovecot-imapd mutt
libmail-dkim-perl) and this user may start Postfix.
"""

import email
import imaplib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from django.test import Client

from tests.committed import take_fingerprints
from tests.faults.installation import free_port
from wayloop.channels.queries.setup import keys_shown
from wayloop.channels.testing import set_mail_up
from wayloop.contracts.messaging import Button, Choice, Choices, Letter, Paragraph
from wayloop.kernel import clock
from wayloop.kernel.limits import Limit
from wayloop.messaging import api as messaging
from wayloop.messaging.testing import NOON, Message, people, send_all, wishes
from wayloop.operations.processes import wait_until
from wayloop.privacy.testing import Consent, ask
from wayloop.web import middleware

PROGRAMS = ("postfix", "mutt", "perl", "script")
IMAP = Path("/usr/lib/dovecot/imap")


def has_signature_check() -> bool:
    """Whether Perl has Mail::DKIM."""
    return (
        subprocess.run(["perl", "-MMail::DKIM::Verifier", "-e", "1"], capture_output=True, check=False).returncode == 0
    )


pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not IMAP.exists()
        or any(shutil.which(one) is None for one in PROGRAMS)
        or os.geteuid() != 0
        or not has_signature_check(),
        reason="needs Postfix, Dovecot, mutt and Mail::DKIM, and root to start Postfix",
    ),
]
MANY = 1_000
LETTER = Letter(
    "uk",
    "Як вам у нас, {{ name }}?",
    (
        Paragraph("Вітаємо, {{ name }}!\nОдне запитання, пів хвилини."),
        Choices(
            "Наскільки ймовірно, що ви порекомендуєте нас?",
            tuple(Choice(str(score), f"/s/demo/?score={score}") for score in range(11)),
            low="точно ні",
            high="точно так",
        ),
        Button("Відповісти", "{{ link }}"),
    ),
)
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.com
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = example.com
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
smtputf8_enable = yes
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT = """
mail_location = maildir:{folder}/mail/anna
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 0
ssl = no
log_path = {folder}/imaplog
"""
CHECK = """
use Mail::DKIM::Verifier; use Net::DNS::RR;
my $line = shift; no warnings 'redefine';
my @parts = $line =~ /(.{1,250})/g;
*Mail::DKIM::DNS::query = sub { return Net::DNS::RR->new(name => $_[0], type => 'TXT', txtdata => [@parts]) };
my $v = Mail::DKIM::Verifier->new; binmode STDIN; local $/; my $all = <STDIN>;
$all =~ s/\\r?\\n/\\r\\n/g; $v->PRINT($all); $v->CLOSE; print $v->result_detail;
"""


class Post:
    """A Postfix of our own: where it listens, and where it puts what it takes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        for name in ("queue", "data", "mail", "etc"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        shutil.chown(folder / "mail", "nobody")
        nobody = (folder / "mail").stat()
        names = ["anna", *(f"guest{number}" for number in range(MANY))]
        (folder / "boxes").write_text("".join(f"{name}@example.com {name}/\n" for name in names))
        (folder / "etc/main.cf").write_text(MAIN.format(folder=folder, uid=nobody.st_uid, gid=65534))
        (folder / "etc/master.cf").write_text(MASTER.format(port=self.port))

    def run(self, command: str) -> None:
        done = subprocess.run(
            ["postfix", "-c", str(self.folder / "etc"), command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def letters(self, box: str) -> list[Path]:
        return sorted((self.folder / "mail" / box / "new").glob("*"))

    def log(self) -> str:
        return (self.folder / "maillog").read_text()


@pytest.fixture
def post(make_folder: Callable[[str], Path]) -> Iterator[Post]:
    made = Post(make_folder("post"))
    made.run("start")
    yield made
    made.run("stop")


def invite(post: Post, *names: str) -> None:
    set_mail_up(post.port, is_signed=True)
    with clock.standing_at(NOON):
        answers = messaging.send_messages(columns=wishes(people(*names), letter=LETTER))
        assert all(answer.is_accepted for answer in answers)
        while send_all():
            pass


def test_a_letter_goes_through_other_peoples_programs_and_one_click_leaves(post: Post, owner_member: object) -> None:
    invite(post, "anna")
    assert wait_until(lambda: len(post.letters("anna")) == 1, seconds=60), post.log()
    (post.folder / "dovecot.conf").write_text(DOVECOT.format(folder=post.folder))
    with imaplib.IMAP4_stream(f"env USER=anna HOME={post.folder} {IMAP} -c {post.folder}/dovecot.conf") as imap:
        imap.select("INBOX", readonly=True)
        _ok, ((_size, raw), *_rest) = imap.fetch("1", "(BODY.PEEK[])")  # type: ignore[misc]
    letter: EmailMessage = email.message_from_bytes(bytes(raw), policy=default)
    assert letter["Subject"] == "Як вам у нас, guest 0?"
    (key,) = keys_shown().values()
    assert checked_by_perl(bytes(raw), key.line) == "pass"
    spoilt = bytes(raw).replace(b"List-Unsubscribe: <http", b"List-Unsubscribe: <ftp")
    assert checked_by_perl(spoilt, key.line).startswith("fail")
    shown = seen_by_mutt(post.folder, post.folder / "mail/anna")
    for words in ("Як вам у нас, guest 0?", "Зерно <hello@zerno.example>", "Одне запитання, пів хвилини.", "точно так"):
        assert words in shown
    link = re.fullmatch(r"<https?://[^/]+(/unsubscribe/[^>]+)>", str(letter["List-Unsubscribe"]))
    assert link is not None
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    answer = Client(enforce_csrf_checks=True).post(link[1], {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.content, len(answer.cookies)) == (200, b"unsubscribed", 0)
    with clock.standing_at(NOON):
        (anna,) = people("anna")
        assert "withdrawn" in ask(anna, subject=9).reasons
    assert Message.objects.get().state == "sent"
    print("\n  Postfix took it, Dovecot and mutt showed it, Mail::DKIM: pass; one click left.")


def test_programs_that_open_every_link_of_a_thousand_letters_change_nothing(
    post: Post, owner_member: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Scanners of many mailboxes; one address is let in 600 times a minute.
    monkeypatch.setattr(middleware, "BY_ADDRESS", Limit("pages of strangers", 1_000_000))
    invite(post, *(f"guest{number}" for number in range(MANY)))
    boxes = post.folder / "mail"
    assert wait_until(lambda: sum(1 for _ in boxes.glob("*/new/*")) == MANY, seconds=300), post.log()[-2000:]
    links = []
    for file in boxes.glob("*/new/*"):
        letter: EmailMessage = email.message_from_bytes(file.read_bytes(), policy=default)
        part = letter.get_body(("plain",))
        assert part is not None
        found = {*re.findall(r"https?://\S+", part.get_content()), str(letter["List-Unsubscribe"])[1:-1]}
        links += [re.sub(r"^https?://[^/]+", "", one) for one in found if "/s/" not in one]
    scanner = Client(enforce_csrf_checks=True)
    before = take_fingerprints()
    statuses = {getattr(scanner, how)(link).status_code for link in links for how in ("get", "head")}
    assert statuses == {200}
    assert take_fingerprints() == before
    assert Consent.objects.count() == 0
    print(f"\n  {len(links)} links of {MANY} letters, each by GET and HEAD: nothing changed.")


def checked_by_perl(raw: bytes, line: str) -> str:
    """What Mail::DKIM says of a letter when the DNS has this line."""
    done = subprocess.run(["perl", "-e", CHECK, line], input=raw, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def seen_by_mutt(folder: Path, box: Path) -> str:
    """What mutt shows of the first letter in a box."""
    place = folder / "seen"
    # Without a folder of its own mutt asks whether to make one at home, and takes what is typed next for the answer.
    (folder / "muttrc").write_text(
        f"set folder={folder}\nset charset=utf-8\nset pipe_decode\nset wait_key=no\nalternative_order text/plain\n"
        f"push '<pipe-message>cat > {place}<enter><exit>'\n"
    )
    command = f"env LC_ALL=C.UTF-8 TERM=vt100 mutt -n -R -F {folder}/muttrc -f {box}"
    with open(os.devnull) as nothing:
        subprocess.run(
            ["script", "-qec", command, os.devnull], stdin=nothing, capture_output=True, timeout=60, check=False
        )
    return place.read_text(encoding="utf-8")
