"""The client against a server that answers as it is told. What a real server does is in client-lib/conformance."""

import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from typing import Any, List, Optional

import grpc
from fake_server import FakeServer, Still, refuse, until

from datastored import READ, WRITE, Client, Refused, Tls, Unanswered, Unreachable
from datastored._keeper import Keeper
from datastored.v1.datastore_service_pb2 import WatchChange


def full(count: int) -> int:
    """A count as it is shown once in a while (DATASTORED_FULL=1), and a tenth of it in every run."""
    return count if os.environ.get("DATASTORED_FULL") else count // 10


class Interrupt(BaseException):
    """As of a program's own signal handler."""


class Case(unittest.TestCase):
    def server(self, **options: Any) -> FakeServer:
        server = FakeServer(**options)
        self.addCleanup(server.stop)
        return server

    def client(self, target: str, **options: Any) -> Client:
        client = Client(target, **options).open()
        self.addCleanup(client.close)
        return client

    def interrupts(self) -> None:
        def interrupt(*_: Any) -> None:
            raise Interrupt()

        before = signal.signal(signal.SIGALRM, interrupt)
        self.addCleanup(signal.signal, signal.SIGALRM, before)


class CloseTest(Case):
    def test_close_tells_every_holder(self) -> None:
        client = self.client(self.server().target)
        lease = client.hold("main", WRITE)
        told: List[str] = []
        lease.on_lost(told.append)
        waited: List[Optional[str]] = []
        waiter = threading.Thread(target=lambda: waited.append(lease.wait_lost(10)))
        waiter.start()
        client.close()
        waiter.join()
        self.assertEqual((lease.alive, lease.lost_cause, told, waited), (False, "closed", ["closed"], ["closed"]))

    def test_close_cutShort_isTakenUpByTheNext(self) -> None:
        server = self.server()
        client = Client(server.target).open()
        real = client._keeper._close_session
        client._keeper._close_session = lambda *_: (_ for _ in ()).throw(Interrupt())  # type: ignore[method-assign]
        with self.assertRaises(Interrupt):
            client.close()
        client._keeper._close_session = real  # type: ignore[method-assign]
        client.close()
        self.assertEqual(server.sessions, {})


class ContinueTest(Case):
    def test_restart_tellsPurposeAndAge(self) -> None:
        server = self.server()
        client = self.client(server.target)
        lease = client.hold("main", WRITE, purpose="nightly")
        granted = time.monotonic()
        with server.lock:
            server.sessions.clear()
        until("it is continued", lambda: bool(server.continued))
        told = server.continued[0]
        self.assertEqual((told.purpose, told.lease_id), ("nightly", lease.lease_id))
        age = told.held_for.ToTimedelta().total_seconds()
        self.assertTrue(0 < age <= time.monotonic() - granted + 0.1, age)
        self.assertTrue(lease.alive)

    def test_anotherLife_continuesUnderTheIdThatItGives(self) -> None:
        """Of several servers each puts its life behind the id of a session, and knows it by that only."""
        server = self.server()
        server.life = ":abcdefgh"
        client = self.client(server.target)
        lease = client.hold("main", WRITE)
        asked = client.session_id[: -len(":abcdefgh")]
        self.assertEqual(client.session_id, asked + ":abcdefgh")
        with server.lock:
            server.sessions.clear()
            server.life = ":ijklmnop"
        until("it is continued", lambda: bool(server.continued))
        self.assertEqual(server.continued[0].session_id, asked + ":ijklmnop")
        renewed = server.calls.count("KeepAlive")
        until("it is renewed", lambda: server.calls.count("KeepAlive") > renewed + 4)
        self.assertTrue(lease.alive)
        self.assertEqual(client.session_id, asked + ":ijklmnop")
        client.close()
        self.assertEqual(server.sessions, {})

    def test_restart_sendsTheNewestContinuation(self) -> None:
        server = self.server()
        server.continuation = "continuation-of-grant-"
        client = self.client(server.target)
        lease = client.hold("main", WRITE)

        def restart_to(following: str) -> str:
            with server.lock:
                server.continuation = following
                server.continued.clear()
                server.sessions.clear()
            until("it is continued", lambda: bool(server.continued) and lease._held.ends is None)
            return str(server.continued[0].continuation)

        self.assertEqual(restart_to("continuation-of-start2"), "continuation-of-grant-")
        self.assertEqual(restart_to(""), "continuation-of-start2")
        self.assertEqual(restart_to(""), "continuation-of-start2")
        self.assertTrue(lease.alive)

    def test_restart_serverWithoutContinuations_sendsNone(self) -> None:
        server = self.server()
        client = self.client(server.target)
        lease = client.hold("main", WRITE)
        with server.lock:
            server.sessions.clear()
        until("it is continued", lambda: bool(server.continued))
        self.assertEqual(server.continued[0].continuation, "")
        self.assertTrue(lease.alive)

    def test_restart_manyLeases_inAThirdOfTheTtl(self) -> None:
        server = self.server(ttl=30.0 if full(10) == 10 else 6.0)
        client = self.client(server.target)
        count = full(5000)
        leases = [client.hold("main", READ) for _ in range(count)]
        with server.lock:
            server.sessions.clear()
            server.at_once = 0
            server.slow_release = 0.002
        until("the session is opened again", lambda: len(server.sessions) == 1)
        begin = time.monotonic()
        holdings = client._keeper._holdings
        until("all are continued", lambda: len(holdings._sure) == count)
        self.assertLess(time.monotonic() - begin, server.ttl / 3)
        self.assertGreaterEqual(server.at_once, 8)
        self.assertTrue(all(lease.alive for lease in leases))

    def test_holdings_oneConfirmation_looksAtNoOther(self) -> None:
        # The time for each does not rise with their number.
        server = self.server(ttl=60.0)
        client = self.client(server.target)
        lease = client.hold("main", READ)
        keeper = client._keeper
        looked: List[int] = []
        real = keeper._holdings.all
        keeper._holdings.all = lambda: looked.append(1) or real()  # type: ignore[method-assign,func-returns-value]
        with keeper._mutex:
            keeper._holdings.doubt([lease._held])
            keeper._changed.notify_all()
        until("it is confirmed", lambda: bool(server.continued) and lease._held.ends is None)
        self.assertEqual(looked, [])


class GiveBackTest(Case):
    def test_release_cutShort_isRepeated(self) -> None:
        server = self.server()
        client = self.client(server.target)
        self.interrupts()
        lease = client.hold("main", WRITE)
        server.slow_release = 0.5
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with self.assertRaises(Interrupt):
            lease.release()
        server.slow_release = 0.0
        until("the server has heard of it", lambda: server.held() == 0)
        until("the keeper knows", lambda: lease.release())

    def test_hold_interrupted_isGivenBack(self) -> None:
        server = self.server()
        client = self.client(server.target)
        self.interrupts()
        server.slow = 0.5
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with self.assertRaises(Interrupt):
            client.hold("main", WRITE)
        until("it was granted", lambda: len([one for one in server.calls if one.startswith("Lookup")]) == 1)
        until("it is given back", lambda: server.held() == 0 and client._keeper._holdings.size() == 0)

    def test_hold_interruptedAtAnyTime_leavesNothing(self) -> None:
        server = self.server(ttl=5.0)
        client = self.client(server.target)
        kept = client.hold("main", WRITE)
        self.interrupts()
        cut = 0
        for _ in range(full(10_000)):
            # Around the end of a hold, whose time it takes: where it is decided who has the lease.
            try:
                try:
                    signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, 0.003))
                    client.hold("main", WRITE).release()
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)  # which may be interrupted too
            except Interrupt:
                cut += 1
    
        self.assertGreater(cut, full(10_000) // 10)
        until("all but one are given back", lambda: server.held() == 1 and client._keeper._holdings.size() == 1, 60)
        self.assertTrue(kept.alive)

    def test_lease_thatNobodyRefersTo_isGivenBack(self) -> None:
        server = self.server()
        client = self.client(server.target)
        client.hold("main", WRITE)
        until("it is given back", lambda: server.held() == 0)

    def test_open_interrupted_leavesNoSession(self) -> None:
        server = self.server(ttl=60.0)
        self.interrupts()
        for _ in range(full(200)):
            client = Client(server.target)
            try:
                try:
                    signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0005, 0.01))
                    client.open()
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except Interrupt:
                pass
            client.close()
        until("no session is left", lambda: server.sessions == {})

    def test_giveBacks_many_areSentSideBySide(self) -> None:
        server = self.server(ttl=10.0)
        client = self.client(server.target)
        leases = [client.hold("main", READ) for _ in range(200)]
        server.slow_release = 0.01
        server.at_once = 0
        leases.clear()
        until("all are given back", lambda: server.held() == 0)
        self.assertGreaterEqual(server.at_once, 8)


class LoadTest(Case):
    def test_lookups_serverStandsStill_areAnsweredLateAndSentOnce(self) -> None:
        server = self.server(ttl=6.0)
        way = Still(server.target)
        self.addCleanup(way.close)
        client = self.client(way.target)
        lease = client.hold("main", WRITE)
        before = server.called("Lookup ")
        count = full(16_000)
        # At its rate: as many threads as calls wait at once.
        failed: List[BaseException] = []
        todo = iter(range(count))

        def ask() -> None:
            for _ in todo:
                try:
                    client.lookup("main")
                except BaseException as e:
                    failed.append(e)

        # Longer than a third of the ttl, after which an answer to a renewal is given up for lost.
        pause = threading.Timer(0.1, lambda: (way.moves.acquire(), time.sleep(3.0), way.moves.release()))
        pause.start()
        threads = [threading.Thread(target=ask) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        pause.join()
        self.assertEqual(failed[:1], [])
        self.assertEqual(server.called("Lookup ") - before, count)
        self.assertTrue(lease.alive, lease.lost_cause)

    def test_keeper_hasAConnectionOfItsOwn(self) -> None:
        server = self.server()
        client = self.client(server.target)
        client.hold("main", READ).release()
        until("the session is renewed", lambda: server.called("KeepAlive") > 0)
        self.assertNotEqual(server.peers["KeepAlive"], server.peers["Lookup"])


class CauseTest(Case):
    def at_once(self, kind: type, said: str, *args: Any, **options: Any) -> None:
        begin = time.monotonic()
        with self.assertRaisesRegex(kind, said):
            Client(*args, timeout=20, **options).open()
        self.assertLess(time.monotonic() - begin, 10)

    def certificate(self) -> str:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        subprocess.run(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 1"
            " -subj /CN=own -addext subjectAltName=IP:127.0.0.1".split(),
            cwd=directory.name,
            check=True,
            capture_output=True,
        )
        return directory.name

    def secured(self, directory: str, clients: bool) -> FakeServer:
        with open(f"{directory}/key.pem", "rb") as key, open(f"{directory}/cert.pem", "rb") as certificate:
            pair = (key.read(), certificate.read())
        return self.server(credentials=grpc.ssl_server_credentials([pair], pair[1] if clients else None, clients))

    def test_authorityUnknown_isToldAtOnce(self) -> None:
        server = self.secured(self.certificate(), False)
        other = self.certificate()
        self.at_once(Unreachable, "is not trusted: self", server.target, tls=Tls(ca=f"{other}/cert.pem"))

    def test_nameOfTheCertificateIsAnother_isToldAtOnce(self) -> None:
        own = self.certificate()
        server = self.secured(own, False)
        self.at_once(Unreachable, "elsewhere", server.target, tls=Tls(ca=f"{own}/cert.pem", server_name="elsewhere"))

    def test_certificateOfTheClientIsMissing_isToldAtOnce(self) -> None:
        own = self.certificate()
        server = self.secured(own, True)
        self.at_once(Unreachable, "refused this client.*certificate", server.target, tls=Tls(ca=f"{own}/cert.pem"))

    def test_serverSpeaksNoTls_isToldAtOnce(self) -> None:
        self.at_once(Unreachable, "does not speak TLS", self.server().target, tls=Tls(ca=f"{self.certificate()}/cert.pem"))

    def test_anotherKindOfServer_isToldAtOnce(self) -> None:
        other = grpc.server(thread_pool=None)
        port = other.add_insecure_port("127.0.0.1:0")
        other.start()
        self.addCleanup(lambda: other.stop(0).wait())
        self.at_once(Unreachable, "UNIMPLEMENTED", f"127.0.0.1:{port}")

    def test_refusedForGood_isToldAtOnce(self) -> None:
        server = self.server()
        server.open_refusal = lambda context: context.abort(grpc.StatusCode.PERMISSION_DENIED, "this certificate may not")
        self.at_once(Unreachable, "PERMISSION_DENIED: this certificate may not", server.target)
        server.open_refusal = lambda context: refuse(context, grpc.StatusCode.RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED", {})
        self.at_once(Refused, "QUOTA_EXCEEDED", server.target)

    def test_connectionRefused_isTheCause(self) -> None:
        with self.assertRaisesRegex(Unanswered, "open a session with 127.0.0.1:1: no answer within 0.5 s: .*[Cc]onnection refused"):
            Client("127.0.0.1:1", timeout=0.5).open()

    def test_serverAway_eachCallTellsWhy(self) -> None:
        server = FakeServer()
        client = self.client(server.target)
        server.stop()
        until("the session is over", lambda: client.session_id == "")
        for what, call in (("hold main", lambda: client.hold("main", WRITE, timeout=0.5)), ("lookup main", lambda: client.lookup("main", timeout=0.5))):
            with self.assertRaisesRegex(Unanswered, f"{what}: no answer within 0.5 s: .*[Cc]onnection refused"):
                call()

    def test_silence_doesNotReplaceTheCause(self) -> None:
        from datastored._patience import Patience
        from datastored.errors import Failure

        class Told(grpc.RpcError):
            def __init__(self, code: grpc.StatusCode, text: str) -> None:
                self.told = (code, text)

            def code(self) -> grpc.StatusCode:
                return self.told[0]

            def details(self) -> str:
                return self.told[1]

            def trailing_metadata(self) -> Any:
                return ()

        patience = Patience(time.monotonic, 1.0, "lookup main")
        patience.meet(Failure(Told(grpc.StatusCode.UNAVAILABLE, "Connection refused")))
        patience.meet(Failure(Told(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")))
        self.assertRegex(str(patience.over()), "Connection refused$")

    def test_hold_aWordForAnOperation_isNamed(self) -> None:
        client = self.client(self.server().target)
        with self.assertRaisesRegex(TypeError, "datastored.READ or datastored.WRITE, not 'WRITE'"):
            client.hold("main", "WRITE")  # type: ignore[arg-type]


class WatchTest(Case):
    def test_watch_belongsToTheSession(self) -> None:
        server = self.server()
        client = self.client(server.target)
        with client.watch() as watch:
            next(watch)
        self.assertEqual(server.watched[0].session_id, client.session_id)

    def test_watch_changeAtTheSameRevision_isToldIfOnlyRightsChanged(self) -> None:
        server = self.server()
        server.changes_at_once = [
            WatchChange(removed=["again"], generations=1),
            WatchChange(removed=["hidden"], generations=0),
        ]
        with self.client(server.target).watch() as watch:
            self.assertEqual(next(watch).kind, "snapshot")
            self.assertEqual(next(watch).removed, ("hidden",))

    def test_watch_serverIsBack_isOpenedWithinASecond(self) -> None:
        server = self.server(ttl=10.0)
        client = self.client(server.target)
        watch = client.watch()
        self.addCleanup(watch.close)
        next(watch)
        for _ in range(10):
            watch._backoff.next()  # as after a long outage
        found: List[float] = []
        keeper: Keeper = client._keeper
        waiter = threading.Thread(target=lambda: (keeper.pause(5.0, watch._closed.is_set), found.append(time.monotonic())))
        waiter.start()
        with server.lock:
            server.sessions.clear()
        with keeper._mutex:
            keeper._holdings.session.valid_until = keeper._clock() + 5  # type: ignore[union-attr]
            keeper._holdings.session.sent -= 10  # type: ignore[union-attr]
            keeper._changed.notify_all()
        until("the session is opened again", lambda: len(server.sessions) == 1)
        waiter.join(1.0)
        self.assertEqual(len(found), 1)


class LogTest(unittest.TestCase):
    def test_userWhoConfiguresNoLog_readsNothing(self) -> None:
        said = subprocess.run(
            [sys.executable, "-c", "import datastored, logging; logging.getLogger('datastored').warning('lost')"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        )
        self.assertEqual(said.stderr, b"")
        self.assertTrue(any(isinstance(one, logging.NullHandler) for one in logging.getLogger("datastored").handlers))


class DatastoreTest(Case):
    def test_basePath_isTold(self) -> None:
        self.assertEqual(self.client(self.server().target).lookup("main").datastore.base_path, "/mnt/d/main")


if __name__ == "__main__":
    unittest.main()
