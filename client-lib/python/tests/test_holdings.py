import unittest
from typing import Any

from datastored import READ, Datastore, Mode, Revision
from datastored._holdings import Holdings, Session
from datastored.lease import Lease


def lease(lease_id: str) -> Lease:
    keeper: Any = None
    datastore = Datastore("main", "e1", 1, Mode.NONE, "", True, None)
    return Lease(keeper, lease_id, 1, READ, datastore, Revision("00112233445566aa", 1), "")


class HoldingsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.holdings = Holdings()
        self.session = Session("s1", sent=100.0, ttl=9.0)
        self.holdings.session = self.session
        self.lease = lease("l1")

    def test_promise_counts_from_sending(self) -> None:
        self.assertEqual(self.session.valid_until, 109.0)
        self.assertEqual(self.session.renew_at, 103.0)

    def test_vouchesFor_until_the_sessions_end_and_not_longer(self) -> None:
        self.holdings.add(self.lease, 0, 109.0)
        self.assertTrue(self.holdings.vouches_for(self.lease, 108.999))
        self.assertFalse(self.holdings.vouches_for(self.lease, 109.0))

    def test_vouchesFor_lease_that_was_removed_does_not(self) -> None:
        self.holdings.add(self.lease, 0, 109.0)
        self.holdings.remove(self.lease)
        self.assertFalse(self.holdings.vouches_for(self.lease, 101.0))

    def test_reopening_extends_only_what_is_confirmed(self) -> None:
        other = lease("l2")
        self.holdings.add(self.lease, 0, 109.0)
        self.holdings.add(other, 0, 109.0)
        self.holdings.forget_session()
        self.session.forgotten = False
        self.session.promise(108.0, 9.0)
        self.holdings.confirm(self.lease)
        self.assertTrue(self.holdings.vouches_for(self.lease, 116.0))
        self.assertTrue(self.holdings.vouches_for(other, 108.5), "the promise of the start that granted it is kept")
        self.assertFalse(self.holdings.vouches_for(other, 109.0))
        self.assertEqual(self.holdings.overdue(110.0), [other])
        self.assertEqual(self.holdings.next_end(), 109.0)

    def test_add_answer_of_before_a_reopening_is_not_sure(self) -> None:
        self.holdings.forget_session()
        self.session.forgotten = False
        self.session.promise(108.0, 9.0)
        self.holdings.add(self.lease, 0, 109.0)
        self.assertEqual(self.holdings.unconfirmed(), [self.lease])
        self.assertFalse(self.holdings.vouches_for(self.lease, 109.5))

    def test_doubt_keeps_what_was_promised_so_far(self) -> None:
        self.holdings.add(self.lease, 0, 109.0)
        self.holdings.doubt([self.lease])
        self.session.promise(108.0, 9.0)
        self.assertTrue(self.holdings.vouches_for(self.lease, 108.9))
        self.assertFalse(self.holdings.vouches_for(self.lease, 109.0))

    def test_overdue_without_a_session_is_everything(self) -> None:
        self.holdings.add(self.lease, 0, 109.0)
        self.holdings.session = None
        self.assertEqual(self.holdings.overdue(101.0), [self.lease])
        self.assertIsNone(self.holdings.next_end())


if __name__ == "__main__":
    unittest.main()
