import threading
import unittest
from typing import Set

from fake_server import until

import datastored
from datastored import Client, ClientClosed, Mode, Unanswered
from datastored._calls import Calls, Tls
from datastored._notices import Notices
from datastored.errors import Failure


class ModeTest(unittest.TestCase):
    def test_of_mode_of_a_later_version_is_offline(self) -> None:
        self.assertIs(Mode.of(99), Mode.OFFLINE)
        self.assertIs(Mode.of(2), Mode.READ_ONLY)


class NoticesTest(unittest.TestCase):
    def test_close_calls_what_was_posted_and_leaves_no_thread(self) -> None:
        told = []
        notices = Notices()
        notices.post(lambda: 1 / 0)
        notices.post(lambda: told.append("after one that failed"))
        notices.close()
        notices.post(lambda: told.append("after the close"))
        self.assertEqual(told, ["after one that failed"])
        self.assertIsNotNone(notices._thread)
        self.assertFalse(notices._thread.is_alive())


class CallsTest(unittest.TestCase):
    def test_clearText_beyond_this_host_is_refused(self) -> None:
        for target in ("backup.example:7400", "192.0.2.1:7400", "dns:///backup.example:7400"):
            with self.assertRaisesRegex(ValueError, "beyond this host"):
                Calls(target, None, False)

    def test_clearText_on_this_host_is_not(self) -> None:
        for target in ("127.0.0.1:7400", "[::1]:7400", "localhost:7400", "unix:/run/datastored.sock"):
            Calls(target, None, False).close()

    def test_target_that_is_none_is_refused(self) -> None:
        for target in ("", "foo bar", "foo bar:7400", "host", "host:", "host:seven", "host:70000", "http://host:7400", "unix:"):
            with self.assertRaisesRegex(ValueError, "expected HOST:PORT", msg=target):
                Calls(target, None, True)
        for target in ("unix:rel", "unix:/run/d.sock", "unix:///run/d.sock", "dns:///host:7400", "host:7400"):
            Calls(target, None, True).close()

    def test_tls_file_that_is_missing_is_named(self) -> None:
        with self.assertRaisesRegex(FileNotFoundError, "nowhere.pem"):
            Calls("backup.example:7400", Tls(ca="nowhere.pem"), False)


class ClientTest(unittest.TestCase):
    def test_open_nobodyThere_tellsInTime_and_leavesNoThread(self) -> None:
        def names() -> Set[str]:
            return {one.name for one in threading.enumerate() if one.name.startswith(("datastored", "Dummy"))}

        before = names()  # gRPC's threads that have asked for credentials of calls
        client = Client("127.0.0.1:1", timeout=0.3)
        with self.assertRaises(Unanswered):
            client.open()
        client.close()
        until("no thread is left", lambda: names() <= before)

    def test_ttl_inAnotherUnit_is_refused(self) -> None:
        for ttl in (0.5, 61, 10_000):
            with self.assertRaisesRegex(ValueError, "1 to 60 seconds"):
                Client("127.0.0.1:1", ttl=ttl)

    def test_lookup_notOpen_saysSo(self) -> None:
        with self.assertRaisesRegex(ClientClosed, "not open"):
            Client("127.0.0.1:1").lookup("main")

    def test_all_names_are_there(self) -> None:
        for name in datastored.__all__:
            self.assertTrue(hasattr(datastored, name), name)


class FailureTest(unittest.TestCase):
    def test_of_garbage_in_the_details_is_no_refusal(self) -> None:
        import grpc

        class Broken(grpc.RpcError):
            def code(self) -> grpc.StatusCode:
                return grpc.StatusCode.NOT_FOUND

            def details(self) -> str:
                return "text"

            def trailing_metadata(self):  # type: ignore[no-untyped-def]
                return (("grpc-status-details-bin", b"\xff\xff"),)

        failure = Failure(Broken())
        self.assertIsNone(failure.refusal)
        self.assertEqual(failure.error().args[0], "NOT_FOUND: text")


if __name__ == "__main__":
    unittest.main()
