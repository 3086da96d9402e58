"""What alerts, their ways and their ends are called on a screen."""

STANDBYS = {"on-call": "On call", "backup": "Backup", "supervisor": "Supervisor", "lead": "Lead"}
CHANNELS = {"email": "by mail", "webhook": "by webhook"}
TOLD_MARKS = {"sent": "✓", "waiting": "◔", "dead": "!", "dropped": "–"}
TOLD_BADGES = {"sent": "ok", "waiting": "soon", "dead": "overdue", "dropped": "later"}
TOLD = {"sent": "Told", "waiting": "Being sent", "dead": "Could not be told", "dropped": "No longer needed"}
_UNDELIVERED = {
    "nobody-on-duty": "nobody is on duty",
    "no-contact": "no way to reach them is on file",
    "no-mail-server": "no mail server is set up",
    "not-needed": "",
    "mail-server-without-tls": "the mail server offers no TLS",
    "mail-server-away": "the mail server is away",
    "mail-refused": "the mail server refused it",
    "webhook-host-not-listed": "its host is not on the list",
    "webhook-without-tls": "it must be https",
    "webhook-without-secret": "its secret is lost; add it anew",
    "webhook-address-private": "it leads into the house",
    "webhook-away": "it does not answer",
    "webhook-refused": "it refused",
}


def undelivered(code: str | None) -> str:
    """Return why somebody could not be told, in words, with the number the other side gave."""
    known = next((one for one in _UNDELIVERED if code and code.startswith(one)), "")
    number = (code or "").rpartition("-")[2]
    return f"{_UNDELIVERED.get(known, '')}{f' ({number})' if number.isdigit() else ''}"
