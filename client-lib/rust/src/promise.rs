use crate::clock::{Clock, Moment};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The wall clock may run ahead of the monotonic one by this much between two answers. Suspending the machine moves it
/// by more, and so does an operator who sets it.
const WALL_CLOCK_AHEAD: Duration = Duration::from_secs(1);

/// A promise is the time for which one start of the server has promised to keep a session and what it granted under it.
///
/// It counts from the sending of the request, the server counts from its arrival: the holder always stops first. Once
/// over it stays over, whatever is answered late.
pub(crate) struct Promise {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    sent: Moment,
    until: Duration,
    over: bool,
}

impl Promise {
    pub fn new(clock: Arc<dyn Clock>, sent: Moment, ttl: Duration) -> Self {
        let state = State {
            sent,
            until: sent.monotonic + ttl,
            over: false,
        };
        Self {
            clock,
            state: Mutex::new(state),
        }
    }

    /// Makes it longer by the answer to a request; false when the answer came too late.
    pub fn renew(&self, sent: Moment, ttl: Duration) -> bool {
        let mut state = self.state.lock().unwrap();
        // Judged by the time of the answer, not of the sending: in between somebody may have been told that it is over.
        if state.is_over(self.clock.now()) {
            return false;
        }
        if sent.monotonic > state.sent.monotonic {
            state.sent = sent;
        }
        // Never back: what was promised may be relied on. A shorter ttl counts from the next answer on.
        state.until = state.until.max(sent.monotonic + ttl);
        true
    }

    pub fn is_live(&self) -> bool {
        !self.state.lock().unwrap().is_over(self.clock.now())
    }

    /// How long it lasts if nobody answers any more; zero when it is over.
    pub fn left(&self) -> Duration {
        let mut state = self.state.lock().unwrap();
        let now = self.clock.now();
        if state.is_over(now) {
            Duration::ZERO
        } else {
            state.until - now.monotonic
        }
    }

    /// Makes it over now.
    pub fn end(&self) {
        self.state.lock().unwrap().over = true;
    }
}

impl State {
    fn is_over(&mut self, now: Moment) -> bool {
        let monotonic = now.monotonic.saturating_sub(self.sent.monotonic);
        // A wall clock that was set back tells nothing.
        let wall = now.wall.duration_since(self.sent.wall).unwrap_or_default();
        if now.monotonic >= self.until || wall > monotonic + WALL_CLOCK_AHEAD {
            self.over = true;
        }
        self.over
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual::ManualClock;

    const SECOND: Duration = Duration::from_secs(1);

    fn promised(seconds: u32) -> (Arc<ManualClock>, Promise) {
        let clock = Arc::new(ManualClock::new());
        let promise = Promise::new(clock.clone(), clock.now(), SECOND * seconds);
        (clock, promise)
    }

    #[test]
    fn left_answered_late_counts_from_sending() {
        let clock = Arc::new(ManualClock::new());
        let sent = clock.now();
        clock.pass(SECOND * 3);
        let promise = Promise::new(clock.clone(), sent, SECOND * 10);
        assert_eq!(promise.left(), SECOND * 7);
        clock.pass(SECOND * 7);
        assert!(!promise.is_live());
    }

    #[test]
    fn renew_answered_after_the_end_stays_over() {
        let (clock, promise) = promised(10);
        clock.pass(SECOND * 9);
        let sent = clock.now();
        clock.pass(SECOND * 2);
        // Sent in time, answered too late. Nobody has looked in between.
        assert!(!promise.renew(sent, SECOND * 10));
        assert!(!promise.is_live());
    }

    #[test]
    fn renew_for_less_never_goes_back() {
        let (clock, promise) = promised(10);
        clock.pass(SECOND);
        assert!(promise.renew(clock.now(), Duration::ZERO));
        assert_eq!(promise.left(), SECOND * 9);
    }

    #[test]
    fn is_live_wall_clock_ahead_by_more_than_a_second_is_over() {
        let (clock, promise) = promised(10);
        clock.suspend(SECOND);
        assert!(promise.is_live());
        clock.suspend(Duration::from_millis(1));
        assert!(!promise.is_live());
        clock.set_wall_back(SECOND * 3600);
        assert!(!promise.is_live(), "revived by the wall clock");
    }

    #[test]
    fn is_live_wall_clock_set_back_lengthens_nothing() {
        let (clock, promise) = promised(10);
        clock.set_wall_back(SECOND * 3600);
        assert_eq!(promise.left(), SECOND * 10);
        clock.pass(SECOND * 10);
        assert!(!promise.is_live());
    }

    #[test]
    fn renew_after_a_suspend_that_nobody_saw_is_over() {
        let (clock, promise) = promised(10);
        clock.suspend(SECOND * 60);
        assert!(!promise.renew(clock.now(), SECOND * 10));
    }

    #[test]
    fn renew_measures_the_wall_clock_anew() {
        let (clock, promise) = promised(10);
        for _ in 0..5 {
            // A clock that is slewed drifts by little between two answers, and by much in all.
            clock.pass(SECOND * 3);
            clock.suspend(Duration::from_millis(900));
            assert!(promise.renew(clock.now(), SECOND * 10));
        }
    }
}
