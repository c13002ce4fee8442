"""A real mail server on this machine: Debian's Dovecot, as an ordinary user, in a folder of its own."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PASSWORD = "a-word-for-the-mailbox"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@dataclass
class Server:
    """`post` puts a letter into the box of a user, as a mail server would that has just taken it."""

    port: int

    def post(self, raw: bytes, user="office", folder="INBOX", when=None):
        imap = self.signed_in(user)
        answer, said = imap.append(folder, None, when and imaplib.Time2Internaldate(when), raw)
        assert answer == "OK", said
        imap.logout()

    def forget(self, user="office", folder="INBOX"):
        """As after a restore: the folder is made anew and counts from one."""
        imap = self.signed_in(user)
        imap.select(folder)
        imap.store("1:*", "+FLAGS", "\\Deleted")
        imap.expunge()
        imap.close()
        imap.delete(folder)
        imap.create(folder)
        imap.logout()

    def flags(self, user="office"):
        imap = self.signed_in(user)
        imap.select("INBOX", readonly=True)
        _answer, found = imap.fetch("1:*", "(FLAGS)")
        imap.logout()
        return found

    def signed_in(self, user):
        imap = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        imap.login(user, PASSWORD)
        return imap


@contextmanager
def dovecot(binary):
    user, group = ("nobody", "nogroup")
    if os.geteuid() != 0:
        user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))  # a short path: its sockets lie there
    for folder in ("run", "mail"):
        (home / folder).mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (home / "conf").write_text(CONFIG.format(home=home, user=user, group=group, port=port, password=PASSWORD))
    if os.geteuid() == 0:
        for path in (home, *home.rglob("*")):
            shutil.chown(path, user, group)
    who = {"user": user, "group": group, "extra_groups": []} if os.geteuid() == 0 else {}
    process = subprocess.Popen([binary, "-F", "-c", str(home / "conf")], **who)
    try:
        _wait(port, home / "log")
        yield Server(port)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def _wait(port, log):
    for _ in range(200):
        with suppress(OSError, imaplib.IMAP4.error):
            imap = imaplib.IMAP4("127.0.0.1", port, timeout=2)
            imap.logout()
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text() if log.exists() else "Dovecot did not start")
