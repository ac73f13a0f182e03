"""A client of several servers of one history, which answer as they are told. What real ones do is in client-lib/conformance."""

import time
import unittest
from typing import Any, Optional

import grpc
from fake_server import FakeServer, refuse, until

from datastored import WRITE, Client, Lease, Unreachable
from datastored._held import Held
from datastored._servers import Servers, targets_of
from datastored.v1 import datastore_service_pb2

TTL = 3.0
ONE, TWO = ":oneooooo", ":twottttt"


def not_ready(context: Any) -> None:
    refuse(context, grpc.StatusCode.UNAVAILABLE, "NOT_READY", {})


class Case(unittest.TestCase):
    one: FakeServer
    two: FakeServer
    #: The one that the client begins at, and the other.
    old: FakeServer
    next: FakeServer
    client: Client

    def prepare(self) -> None:
        self.one, self.two = FakeServer(ttl=TTL), FakeServer(ttl=TTL)
        self.one.life, self.two.life = ONE, TWO
        self.addCleanup(self.one.stop)
        self.addCleanup(self.two.stop)

    def begin(self) -> None:
        self.client = Client([self.one.target, self.two.target], ttl=TTL).open()
        self.addCleanup(self.client.close)
        at_one = self.client.session_id.endswith(ONE)
        self.old, self.next = (self.one, self.two) if at_one else (self.two, self.one)

    def start(self) -> Lease:
        self.prepare()
        self.begin()
        return self.client.hold("main", WRITE)

    def await_moved(self, lease: Lease) -> None:
        until("the lease goes on at the next server", lambda: self.next.called(f"continue {lease.lease_id}") > 0)
        keeper = self.client._keeper
        until("the old server is left for good", lambda: not keeper._left and keeper._holdings.all_are_sure)
        renewed = self.next.called("KeepAlive")
        until("the session is renewed there", lambda: self.next.called("KeepAlive") > renewed)
        self.assertTrue(lease.alive, lease.lost_cause)
        self.assertTrue(self.client.session_id.endswith(self.next.life), self.client.session_id)
        self.assertEqual(self.next.leases.get(lease.lease_id), lease.fencing_token)

    def opened(self, server: FakeServer) -> int:
        with server.lock:
            return sum(call.startswith("OpenSession") for call in server.calls)


class ServersTest(Case):
    def test_oneIsUsedForEverything(self) -> None:
        lease = self.start()
        self.client.lookup("main")
        until("it is renewed", lambda: self.old.called("KeepAlive") > 1)
        self.assertEqual(self.next.calls, [])
        self.assertTrue(lease.release())

    def test_clientsBeginAtDifferentOnes(self) -> None:
        class NoCalls:
            def __init__(self, target: str) -> None:
                self.target = target

            def end(self) -> None:
                pass

        targets = targets_of("a:1, b:2,c:3")
        connect: Any = NoCalls
        first = {str(getattr(Servers(targets, connect).now(), "target")) for _ in range(60)}
        self.assertEqual(first, {"a:1", "b:2", "c:3"})

    def test_oneTargetIsNone_isRefused(self) -> None:
        for targets in ("127.0.0.1:7400,", "127.0.0.1:7400,host", ["host", "127.0.0.1:7400"], []):
            with self.assertRaises(ValueError):
                Client(targets)
        with self.assertRaisesRegex(ValueError, "beyond this host"):
            Client("127.0.0.1:7400,elsewhere:7400")

    def test_oneIsDownAtTheStart_theOtherIsUsed(self) -> None:
        self.prepare()
        self.one.stop()
        for _ in range(4):
            with Client(f"{self.one.target},{self.two.target}") as client:
                self.assertTrue(client.hold("main", WRITE).alive)

    def test_oneIsUnknown_theOtherIsUsed_andAllAreReportedAtOnce(self) -> None:
        self.prepare()
        for _ in range(4):
            with Client([self.one.target, "nowhere.invalid:7400"], insecure=True) as client:
                self.assertTrue(client.hold("main", WRITE).alive)
        begin = time.monotonic()
        with self.assertRaises(Unreachable):
            Client("nowhere.invalid:7400,elsewhere.invalid:7400", insecure=True).open(timeout=20)
        self.assertLess(time.monotonic() - begin, 10)

    def test_serverDies_leasesLookupsAndWatchesGoOnAtTheNext(self) -> None:
        lease = self.start()
        before = self.client.session_id
        watch = self.client.watch(bookmarks=True)
        next(watch)
        self.old.stop()
        self.client.lookup("main")
        self.assertTrue(self.client.hold("main", WRITE).alive)
        self.await_moved(lease)
        self.assertEqual(self.next.called(f"OpenSession {before[: -len(ONE)]}"), 1)
        next(watch)
        self.assertEqual(self.next.watched[0].known.generation, 5)

    def test_serverStops_isLeftBeforeItsSessionIsDue(self) -> None:
        lease = self.start()
        renewed = self.old.called("KeepAlive")
        self.old.go_away()
        self.await_moved(lease)
        self.assertLessEqual(self.old.called("KeepAlive"), renewed + 1)

    def test_watchIsEnded_isOpenedAndConfirmedAtTheNext_andThenClosedAtTheOld(self) -> None:
        lease = self.start()
        watch = self.client.watch()
        next(watch)
        before = self.client.session_id
        self.next.keeps_waiting.set()
        self.old.stops.set()
        # A watch is read on the thread of its user.
        next(watch)
        until("the next one is asked to take the lease up", lambda: self.next.called(f"continue {lease.lease_id}") > 0)
        self.assertEqual(self.old.called(f"CloseSession {before}"), 0)
        self.assertTrue(lease.alive)
        self.next.keeps_waiting.clear()
        self.await_moved(lease)
        until("the session is closed at the old one", lambda: self.old.called(f"CloseSession {before}") == 1)
        # It may come late: the id is not asked for again, by a client that comes back.
        self.next.stop()
        until("it is back", lambda: self.client.session_id.endswith(self.old.life) and lease.alive)
        self.assertNotEqual(self.client.session_id, before)

    def test_leaseOfTheOldServer_thatComesWhenItsSessionIsClosed_isNotHeld(self) -> None:
        self.start()
        keeper = self.client._keeper
        standing = keeper._standing()
        assert standing is not None
        keeper.unreachable(standing.calls)
        until("the session is closed at the old one", lambda: self.old.called(f"CloseSession {standing.session_id}") == 1)
        held = Held(standing.session, "main", WRITE, "")
        self.assertFalse(keeper.granted(held, standing, datastore_service_pb2.LookupResponse()))

    def test_noAnswer_isLeftWithinTheTerm(self) -> None:
        lease = self.start()
        self.old.silent.set()
        self.await_moved(lease)
        self.assertGreater(self.old.called("KeepAlive"), 0)

    def test_notReady_staysWhileTheTermHolds_andLeavesBeforeItIsOver(self) -> None:
        lease = self.start()
        self.old.renew_refusal = not_ready
        until("it is asked again", lambda: self.old.called("KeepAlive") > 2)
        self.assertEqual(self.opened(self.next), 0)
        self.await_moved(lease)

    def test_noneIsReady_arePausedBetween_andTheFirstThatIsReadyIsUsed(self) -> None:
        lease = self.start()
        for each in (self.old, self.next):
            each.open_refusal = each.renew_refusal = not_ready
        until("the lease is lost", lambda: not lease.alive)
        opened = self.old.called("refused OpenSession") + self.next.called("refused OpenSession")
        self.assertTrue(1 <= opened <= 20, opened)
        for each in (self.old, self.next):
            each.open_refusal = each.renew_refusal = None
        self.assertTrue(self.client.hold("main", WRITE).alive)

    def test_noneIsThere_leaseGoesOnAtTheFirstThatIsBack(self) -> None:
        lease = self.start()
        self.next.open_refusal = not_ready
        self.old.stop()
        until("the other one is asked", lambda: self.next.called("refused OpenSession") > 0)
        self.next.open_refusal = None
        self.await_moved(lease)

    def test_close_betweenTwoServers_leavesNothingAtTheOld(self) -> None:
        self.start()
        before: Optional[str] = self.client.session_id
        self.next.keeps_waiting.set()
        self.client._keeper.unreachable(self.client._servers.now())
        until("it is open at the next", lambda: self.client.session_id.endswith(self.next.life))
        self.client.close()
        self.assertEqual(self.old.called(f"CloseSession {before}"), 1)
        self.assertEqual((self.old.sessions, self.next.sessions), ({}, {}))

    def test_theSameAtTwoAddresses_keepsItsSession(self) -> None:
        server = FakeServer(ttl=TTL)
        self.addCleanup(server.stop)
        server.life = ONE
        client = Client([server.target, server.target.replace("127.0.0.1", "localhost")], ttl=TTL).open()
        self.addCleanup(client.close)
        lease = client.hold("main", WRITE)
        session = client.session_id
        client._keeper.unreachable(client._servers.now())
        until("it is opened again", lambda: self.opened(server) == 2)
        until("it is renewed", lambda: server.called("KeepAlive") > 1)
        self.assertTrue(lease.alive)
        self.assertEqual(client.session_id, session)
        self.assertEqual(server.called(f"CloseSession {session}"), 0)


class TargetsTest(unittest.TestCase):
    def test_aListIsTakenAsItIs(self) -> None:
        self.assertEqual(targets_of("a:1"), ["a:1"])
        self.assertEqual(targets_of(["unix:/run/a,b", "c:1"]), ["unix:/run/a,b", "c:1"])


if __name__ == "__main__":
    unittest.main()
