use std::time::Duration;

/// A backoff says how long to wait before the next attempt: longer each time, never the same for two clients, and never
/// shorter than the server asked for. Confined to one task.
pub(crate) struct Backoff {
    random: fn() -> f64,
    first: Duration,
    longest: Duration,
    ceiling: Duration,
}

impl Backoff {
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self {
            random: fastrand::f64,
            first,
            longest,
            ceiling: first,
        }
    }

    /// Half of the ceiling at least, so that a server that fails at once is not asked in a loop.
    pub fn next(&mut self, asked_for: Option<Duration>) -> Duration {
        let half = self.ceiling / 2;
        let wait = half + half.mul_f64((self.random)());
        self.ceiling = (self.ceiling * 2).min(self.longest);
        wait.max(asked_for.unwrap_or_default())
    }

    pub fn reset(&mut self) {
        self.ceiling = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backoff(random: fn() -> f64) -> Backoff {
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(1));
        backoff.random = random;
        backoff
    }

    #[test]
    fn next_doubles_up_to_the_longest() {
        let mut backoff = backoff(|| 1.0);
        for ceiling in [200, 400, 800, 1000, 1000] {
            assert_eq!(backoff.next(None), Duration::from_millis(ceiling));
        }
        backoff.reset();
        assert_eq!(backoff.next(None), Duration::from_millis(200));
    }

    #[test]
    fn next_is_half_of_the_ceiling_at_least() {
        let mut backoff = backoff(|| 0.0);
        for floor in [100, 200, 400, 500] {
            assert_eq!(backoff.next(None), Duration::from_millis(floor));
        }
    }

    #[test]
    fn next_server_asked_for_more_waits_so_long() {
        let mut backoff = backoff(fastrand::f64);
        let asked_for = Duration::from_secs(4);
        assert_eq!(backoff.next(Some(asked_for)), asked_for);
    }
}
