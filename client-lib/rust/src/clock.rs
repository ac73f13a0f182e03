use std::time::{Duration, Instant, SystemTime};

/// A moment is one reading of both clocks. Immutable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// What counts, since a point of its own. It stands still while the machine is suspended.
    pub monotonic: Duration,
    /// What may only shorten.
    pub wall: SystemTime,
}

/// A clock tells the time.
pub(crate) trait Clock: Send + Sync {
    fn now(&self) -> Moment;
}

/// The system clock is the machine's own.
pub(crate) struct SystemClock {
    start: Instant,
}

impl SystemClock {
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        Moment {
            monotonic: self.start.elapsed(),
            wall: SystemTime::now(),
        }
    }
}

#[cfg(test)]
pub(crate) mod manual {
    use super::*;
    use std::sync::Mutex;

    /// A manual clock goes when it is told to.
    pub struct ManualClock(Mutex<Moment>);

    impl ManualClock {
        pub fn new() -> Self {
            Self(Mutex::new(Moment {
                monotonic: Duration::ZERO,
                wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000),
            }))
        }

        /// Lets time go by on both clocks.
        pub fn pass(&self, time: Duration) {
            let mut now = self.0.lock().unwrap();
            now.monotonic += time;
            now.wall += time;
        }

        /// Lets time go by that the monotonic clock does not see.
        pub fn suspend(&self, time: Duration) {
            self.0.lock().unwrap().wall += time;
        }

        /// As an operator does.
        pub fn set_wall_back(&self, time: Duration) {
            self.0.lock().unwrap().wall -= time;
        }
    }

    impl Clock for ManualClock {
        fn now(&self) -> Moment {
            *self.0.lock().unwrap()
        }
    }
}
