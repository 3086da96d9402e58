"""Sending: what leaves the house, by mail or webhook. It says that somebody must act, and carries a link and no client."""

from collections.abc import Callable, Mapping
from datetime import datetime

from models.alerting import Channel, Failure, Letter
from services.sending import mail, webhook
from services.settings import Settings

Send = Callable[[Letter, datetime], Failure | None]
"""Sends a letter, and returns why it was not taken. It gives up soon, and never raises for what is outside."""


def senders(settings: Settings) -> Mapping[str, Send]:
    """Return how letters are sent in an installation, by channel."""
    hosts = webhook.Hosts.read(settings.webhook_hosts)
    post = mail.Post(settings.smtp_url, settings.mail_from, settings.public_url)
    return {
        Channel.EMAIL: post.send,
        Channel.WEBHOOK: webhook.Caller(hosts, settings.public_url).send,
    }
