import unittest

from datastored._time import Backoff, now


class BackoffTest(unittest.TestCase):
    def test_next_again_and_again_grows_to_the_longest(self) -> None:
        backoff = Backoff(first=0.1, longest=1.0, draw=lambda: 1.0)
        self.assertEqual([round(backoff.next(), 3) for _ in range(6)], [0.1, 0.2, 0.4, 0.8, 1.0, 1.0])

    def test_next_unlucky_draw_is_half_at_least(self) -> None:
        backoff = Backoff(first=0.1, longest=1.0, draw=lambda: 0.0)
        self.assertEqual([round(backoff.next(), 3) for _ in range(3)], [0.05, 0.1, 0.2])

    def test_next_server_asks_for_more_is_obeyed(self) -> None:
        self.assertEqual(Backoff(first=0.1, draw=lambda: 1.0).next(asked_for=3.0), 3.0)

    def test_reset_begins_anew(self) -> None:
        backoff = Backoff(first=0.1, longest=1.0, draw=lambda: 1.0)
        backoff.next()
        backoff.next()
        backoff.reset()
        self.assertEqual(backoff.next(), 0.1)


class ClockTest(unittest.TestCase):
    def test_now_never_goes_back(self) -> None:
        times = [now() for _ in range(1000)]
        self.assertEqual(times, sorted(times))


if __name__ == "__main__":
    unittest.main()
