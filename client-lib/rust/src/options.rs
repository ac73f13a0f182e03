use crate::v1::Holder;
use std::time::Duration;

/// Options are what a client is built with; see [`crate::ClientBuilder`].
#[derive(Clone)]
pub(crate) struct Options {
    pub name: String,
    pub version: String,
    pub ttl: Duration,
    /// For the first session.
    pub timeout: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        let program = std::env::current_exe().ok();
        let name = program.as_deref().and_then(|path| path.file_name());
        Self {
            name: name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            version: String::new(),
            ttl: Duration::from_secs(10),
            timeout: None,
        }
    }
}

impl Options {
    pub fn holder(&self) -> Holder {
        Holder {
            client: self.name.clone(),
            host: host(),
            pid: std::process::id().into(),
            version: self.version.clone(),
            ..Default::default()
        }
    }
}

/// The standard library does not tell it; where the kernel does not either, the server still sees the address.
fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map(|name| name.trim().to_owned())
        .or_else(|_| std::env::var("HOSTNAME"))
        .unwrap_or_default()
}

/// Timing is every time that something waits for, beyond the ttl.
#[derive(Clone)]
pub(crate) struct Timing {
    /// Between attempts; doubling, with jitter.
    pub first_pause: Duration,
    pub longest_pause: Duration,
    /// A stream that lived this long was a good one: the next trouble is a new one.
    pub good_stream: Duration,
    /// Between two KeepAlives, however short the ttl is.
    pub shortest_interval: Duration,
    /// For the answer to what keeps the session, however short the ttl is.
    pub shortest_attempt: Duration,
    /// For the answer to one Release: longer than the keepalive needs to find a connection dead.
    pub release_timeout: Duration,
    /// For a call that names no other time.
    pub call_timeout: Duration,
    /// For the server to answer when the client closes.
    pub close_timeout: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(5),
            good_stream: Duration::from_secs(10),
            shortest_interval: Duration::from_millis(100),
            shortest_attempt: Duration::from_millis(250),
            release_timeout: Duration::from_secs(30),
            call_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
        }
    }
}
