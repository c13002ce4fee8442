"""Letters as mail programs write them, byte by byte."""

from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO

from PIL import Image


def letter(
    text="村口的路灯坏了三天，晚上走路看不见。",
    *,
    subject="路灯坏了",
    sender="王桂芳 <Wang@Home.example>",
    message_id="<one@home.example>",
    html="",
    files=(),
    **headers,
):
    """One letter to the county's mailbox, as bytes. `reply_to_` and the like: underscores stand for hyphens."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = "office@county.example"
    made["Subject"] = subject
    if message_id:
        made["Message-ID"] = message_id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    if html:
        made.set_content(html, subtype="html")
    else:
        made.set_content(text)
    for name, data, kind in files:
        main, sub = kind.split("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


def photo():
    out = BytesIO()
    Image.new("RGB", (40, 30), "blue").save(out, "PNG")
    return out.getvalue()
