"""Asks the senders' own Python libraries.

Reads one question as JSON a line: {"call": "accepts" or "sign", "scheme", "body", "headers", "id", "key", "now"}, or
{"call": "version", "package"}, or {"call": "connect"}. Writes one answer as JSON a line: {"answer": ...}, or
{"error": ...} for an error that is not a rejection.
"""

import importlib
import importlib.metadata
import json
import socket
import sys
from datetime import datetime, timezone


def fail(*_args, **_kwargs):
    raise RuntimeError("an oracle asked for the network")


socket.socket.connect = fail
socket.getaddrinfo = fail


def succeeds(call, *rejections):
    """Return whether the call returns. It rejects by raising one of these errors."""
    try:
        call()
    except rejections:
        return False
    return True


# Each library is imported when it is first asked, so that a broken library breaks only its own tests.


class StandardWebhooks:
    package = "standardwebhooks"
    family = "webhook"

    def module(self):
        return importlib.import_module(f"{self.package}.webhooks")

    def accepts(self, q):
        webhook = self.module().Webhook(q["key"])
        return succeeds(lambda: webhook.verify(q["body"], q["headers"]), self.module().WebhookVerificationError)

    def sign(self, q):
        time = datetime.fromtimestamp(q["now"], timezone.utc)
        return {
            f"{self.family}-id": q["id"],
            f"{self.family}-timestamp": str(q["now"]),
            f"{self.family}-signature": self.module().Webhook(q["key"]).sign(q["id"], time, q["body"]),
        }


class Svix(StandardWebhooks):
    """Makes the calls of StandardWebhooks in Svix's own library."""

    package = "svix"
    family = "svix"


class Stripe:
    def accepts(self, q):
        import stripe

        header = q["headers"]["stripe-signature"]
        return succeeds(
            lambda: stripe.Webhook.construct_event(q["body"], header, q["key"]),
            stripe.SignatureVerificationError,
        )


class Slack:
    def accepts(self, q):
        from slack_sdk.signature import SignatureVerifier

        return SignatureVerifier(q["key"]).is_valid_request(q["body"], q["headers"])

    def sign(self, q):
        from slack_sdk.signature import SignatureVerifier

        time = str(q["now"])
        signature = SignatureVerifier(q["key"]).generate_signature(timestamp=time, body=q["body"])
        return {"x-slack-request-timestamp": time, "x-slack-signature": signature}


class Increase:
    def accepts(self, q):
        from increase import Increase as Client
        from standardwebhooks.webhooks import WebhookVerificationError

        # The client uses the text of the secret as the key. The argument `secret` of unwrap would be read as base64.
        events = Client(api_key="key", webhook_secret=q["key"]).events
        return succeeds(lambda: events.unwrap(q["body"], headers=q["headers"]), WebhookVerificationError)


class Mailgun:
    def accepts(self, q):
        from mailgun.security import SecurityGuard

        signature = json.loads(q["body"])["signature"]
        return SecurityGuard.verify_webhook(q["key"], signature["token"], signature["timestamp"], signature["signature"])


class Mollie:
    def accepts(self, q):
        from mollie.utils.webhooks.signature_validator import InvalidSignatureException, SignatureValidator

        header = q["headers"]["x-mollie-signature"]
        return succeeds(lambda: SignatureValidator.validate(q["body"], q["key"], header), InvalidSignatureException)

    def sign(self, q):
        from mollie.utils.webhooks.signature_validator import SignatureValidator

        return {"x-mollie-signature": f"sha256={SignatureValidator.create_signature(q['body'], q['key'])}"}


class Polar:
    def accepts(self, q):
        from polar.webhooks import PolarWebhookVerificationError, validate_event

        types = frozenset([json.loads(q["body"])["type"]])
        return succeeds(
            lambda: validate_event(q["body"], q["headers"], q["key"], types, dict),
            PolarWebhookVerificationError,
        )


ORACLES = {
    "increase": Increase(),
    "mailgun": Mailgun(),
    "mollie": Mollie(),
    "polar": Polar(),
    "polar-legacy": Polar(),
    "slack": Slack(),
    "standard": StandardWebhooks(),
    "stripe": Stripe(),
    "svix": Svix(),
}


def answer(question):
    if question["call"] == "version":
        return importlib.metadata.version(question["package"])
    if question["call"] == "connect":
        return socket.create_connection(("127.0.0.1", 443))
    return getattr(ORACLES[question["scheme"]], question["call"])(question)


for line in sys.stdin:
    try:
        reply = {"answer": answer(json.loads(line))}
    except Exception as error:  # The other side fails the test.
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
