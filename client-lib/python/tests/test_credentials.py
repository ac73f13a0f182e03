from __future__ import annotations

import subprocess
import tempfile
import threading
import time
import unittest
from typing import Any, List

import grpc
from fake_server import FakeServer, refuse

from datastored import WRITE, Client, Lease, Refused, Tls, Unanswered


class Token:
    """What a client shows, or what a server wants to see."""

    def __init__(self, word: str) -> None:
        self.word = word

    def credentials(self) -> grpc.CallCredentials:
        class Plugin(grpc.AuthMetadataPlugin):  # type: ignore[misc]
            def __call__(_, context: Any, callback: Any) -> None:
                callback((("authorization", self.word),), None)

        return grpc.metadata_call_credentials(Plugin())

    def check(self, context: Any) -> None:
        if dict(context.invocation_metadata()).get("authorization") != self.word:
            refuse(context, grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", {"detail": "the token has run out"})


class CredentialsTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.authority = f"{directory.name}/cert.pem"
        key = f"{directory.name}/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x"]
            + ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.authority],
            check=True,
            capture_output=True,
        )
        with open(key, "rb") as secret, open(self.authority, "rb") as certificate:
            pair = (secret.read(), certificate.read())
        self.server = FakeServer(ttl=30, credentials=grpc.ssl_server_credentials([pair]))
        self.addCleanup(self.server.stop)
        self.wanted = Token("one")
        self.shown = Token("one")
        self.server.check = self.wanted.check

    def client(self) -> Client:
        tls = Tls(ca=self.authority)
        client = Client(self.server.target, ttl=30, tls=tls, call_credentials=self.shown.credentials())
        self.addCleanup(client.close, 0.1)
        return client

    def until(self, condition: Any) -> None:
        end = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.005)

    def test_runOut_everythingGoesOnWithFreshOnes(self) -> None:
        client = self.client().open()
        watch = client.watch()
        next(watch)
        held: List[Lease] = []
        self.wanted.word = "two"
        asking = threading.Thread(target=lambda: held.append(client.hold("main", WRITE)))
        asking.start()
        watching = threading.Thread(target=lambda: next(watch, None))
        watching.start()
        self.until(lambda: sum(call.startswith("Lookup") for call in self.server.calls) > 1)
        self.until(lambda: len(self.server.watched) > 1)

        self.shown.word = "two"
        asking.join(20)
        self.assertTrue(held and held[0].alive)
        opened = len(self.server.watched)
        self.until(lambda: len(self.server.watched) >= opened)
        client.close()
        watching.join(20)
        self.assertFalse(watching.is_alive())

    def test_notRenewed_lookupTellsWhyAtItsDeadline(self) -> None:
        client = self.client().open()
        self.wanted.word = "two"
        with self.assertRaisesRegex(Unanswered, "refused by the fake") as raised:
            client.lookup("main", timeout=0.5)
        cause = raised.exception.__cause__
        self.assertTrue(isinstance(cause, Refused) and cause.reason == "UNAUTHENTICATED")

    def test_neverAccepted_openTellsSoAtOnce(self) -> None:
        self.shown.word = "none"
        with self.assertRaises(Refused) as raised:
            self.client().open(timeout=60)
        self.assertEqual("UNAUTHENTICATED", raised.exception.reason)

    def test_permissionDenied_isToldAndNotAskedAgain(self) -> None:
        client = self.client().open()

        def deny(context: Any) -> None:
            refuse(context, grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_DENIED", {"verb": "write"})

        self.server.check = deny
        with self.assertRaises(Refused) as raised:
            client.hold("main", WRITE)
        self.assertEqual(("PERMISSION_DENIED", "write"), (raised.exception.reason, raised.exception.metadata["verb"]))
        self.assertEqual(1, sum(call.startswith("Lookup") for call in self.server.calls))
        with self.assertRaises(Refused) as raised:
            next(client.watch())
        self.assertEqual("PERMISSION_DENIED", raised.exception.reason)
        self.assertEqual(1, len(self.server.watched))

    def test_inClearText_areRefused(self) -> None:
        with self.assertRaisesRegex(ValueError, "need tls"):
            Client("127.0.0.1:7400", call_credentials=self.shown.credentials())


if __name__ == "__main__":
    unittest.main()
