use crate::Revision;
use crate::v1::LookupRequest;
use std::time::Duration;

/// An ask is a question about one datastore. A name is one by itself: `client.lookup("main")`.
#[derive(Clone, Debug)]
pub struct Ask {
    datastore: String,
    at_least: Option<Revision>,
    purpose: String,
    timeout: Option<Duration>,
}

impl Ask {
    /// A question about a datastore.
    pub fn new(datastore: impl Into<String>) -> Self {
        Self {
            datastore: datastore.into(),
            at_least: None,
            purpose: String::new(),
            timeout: None,
        }
    }

    /// Accepts no answer from a configuration older than this, such as the revision that a change was answered with. The
    /// server waits for it, at most 10 s; one of another incarnation is refused with `WRONG_INCARNATION`.
    pub fn at_least(mut self, revision: Revision) -> Self {
        self.at_least = Some(revision);
        self
    }

    /// What a lease is for: shown to operators who wait for it ("verify vm/100"). At most 64 characters.
    pub fn purpose(mut self, purpose: impl Into<String>) -> Self {
        self.purpose = purpose.into();
        self
    }

    /// How long to wait for an answer. Default: 10 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    pub(crate) fn timeout_or(&self, usual: Duration) -> Duration {
        self.timeout.unwrap_or(usual)
    }

    pub(crate) fn into_request(self) -> LookupRequest {
        LookupRequest {
            datastore: self.datastore,
            at_least: self.at_least.map(Into::into),
            purpose: self.purpose,
            ..Default::default()
        }
    }
}

impl From<&str> for Ask {
    fn from(datastore: &str) -> Self {
        Self::new(datastore)
    }
}

impl From<String> for Ask {
    fn from(datastore: String) -> Self {
        Self::new(datastore)
    }
}
