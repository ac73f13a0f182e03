import unittest

from datastored import READ
from datastored._held import GiveBacks, Held, State
from datastored._holdings import Holdings, Session
from datastored._notices import Notices


class HoldingsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.holdings = Holdings()
        self.session = Session("s1", sent=100.0, ttl=9.0)
        self.holdings.session = self.session
        self.lease = self.held()

    def held(self) -> Held:
        held = Held(self.session, "main", READ, "")
        self.holdings.ask(held)
        return held

    def test_promise_counts_from_sending(self) -> None:
        self.assertEqual(self.session.valid_until, 109.0)
        self.assertEqual(self.session.renew_at, 103.0)

    def test_vouchesFor_until_the_sessions_end_and_not_longer(self) -> None:
        self.assertFalse(self.holdings.vouches_for(self.lease, 101.0), "not granted yet")
        self.holdings.grant(self.lease, 0, 109.0)
        self.assertTrue(self.holdings.vouches_for(self.lease, 108.999))
        self.assertFalse(self.holdings.vouches_for(self.lease, 109.0))

    def test_vouchesFor_lease_that_was_lost_does_not(self) -> None:
        self.holdings.grant(self.lease, 0, 109.0)
        self.lease.lose("forced", Notices())
        self.holdings.settle(self.lease)
        self.assertFalse(self.holdings.vouches_for(self.lease, 101.0))
        self.assertIs(self.holdings.find(self.lease.lease_id), self.lease, "the server may count it")

    def test_reopening_extends_only_what_is_confirmed(self) -> None:
        other = self.held()
        self.holdings.grant(self.lease, 0, 109.0)
        self.holdings.grant(other, 0, 109.0)
        self.holdings.forget_session()
        self.session.forgotten = False
        self.session.promise(108.0, 9.0)
        self.holdings.confirm(self.lease)
        self.assertTrue(self.holdings.vouches_for(self.lease, 116.0))
        self.assertTrue(self.holdings.vouches_for(other, 108.5), "the promise of the start that granted it is kept")
        self.assertFalse(self.holdings.vouches_for(other, 109.0))
        self.assertEqual(self.holdings.next_end(), 109.0)
        self.assertEqual(self.holdings.overdue(110.0), [other])

    def test_grant_answer_of_before_a_reopening_is_not_sure(self) -> None:
        self.holdings.forget_session()
        self.session.forgotten = False
        self.session.promise(108.0, 9.0)
        self.holdings.grant(self.lease, 0, 109.0)
        self.assertIs(self.holdings.next_unasked(), self.lease)
        self.assertFalse(self.holdings.vouches_for(self.lease, 109.5))

    def test_doubt_keeps_what_was_promised_so_far(self) -> None:
        self.holdings.grant(self.lease, 0, 109.0)
        self.holdings.doubt([self.lease])
        self.session.promise(108.0, 9.0)
        self.assertTrue(self.holdings.vouches_for(self.lease, 108.9))
        self.assertFalse(self.holdings.vouches_for(self.lease, 109.0))

    def test_nextUnasked_each_once_until_it_is_put_back(self) -> None:
        self.holdings.grant(self.lease, 0, 109.0)
        self.holdings.forget_session()
        self.assertIs(self.holdings.next_unasked(), self.lease)
        self.assertIsNone(self.holdings.next_unasked())
        self.holdings.ask_again(self.lease)
        self.assertIs(self.holdings.next_unasked(), self.lease)
        self.holdings.forget_session()
        self.assertIs(self.holdings.next_unasked(), self.lease, "what was asked of the start before is not answered for this one")

    def test_endSession_nothing_is_left(self) -> None:
        self.holdings.grant(self.lease, 0, 109.0)
        self.assertEqual(self.holdings.end_session(), [self.lease])
        self.assertEqual(self.holdings.size(), 0)
        self.assertIsNone(self.holdings.next_end())
        self.assertFalse(self.holdings.vouches_for(self.lease, 101.0))

    def test_lose_beforeTheGrant_is_never_held(self) -> None:
        self.lease.lose("closed", Notices())
        self.assertIs(self.lease.state, State.LOST)


class GiveBacksTest(unittest.TestCase):
    def test_next_until_answered_tells_each_again(self) -> None:
        held = Held(Session("s1", 100.0, 9.0), "main", READ, "")
        give_backs = GiveBacks()
        give_backs.add(held)
        give_backs.take(held)
        self.assertIsNone(give_backs.next(), "another thread tells it")
        self.assertIn(held, give_backs)
        give_backs.add(held)
        self.assertIs(give_backs.next(), held)
        self.assertIsNone(give_backs.next())
        give_backs.answered(held)
        self.assertNotIn(held, give_backs)
        self.assertEqual(len(give_backs), 0)


if __name__ == "__main__":
    unittest.main()
