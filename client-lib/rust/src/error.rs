use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::StatusExt;

const DOMAIN: &str = "datastored";

/// A reason says why a call was refused: the name of an `ErrorReason` of the contract without its prefix. Reasons of
/// later versions come as they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reason(Cow<'static, str>);

macro_rules! reasons {
    ($($name:ident),*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`, see error_reason.proto.")]
            pub const $name: Reason = Reason(Cow::Borrowed(stringify!($name)));
        )*
    };
}

#[allow(clippy::declare_interior_mutable_const)]
impl Reason {
    reasons!(
        INVALID_REQUEST,
        DATASTORE_NOT_FOUND,
        UNDER_MAINTENANCE,
        NOT_MOUNTED,
        CONFIG_INVALID,
        SESSION_NOT_FOUND,
        LEASE_ENDED,
        WRONG_INCARNATION,
        QUOTA_EXCEEDED,
        NOT_READY
    );

    /// The word of the contract.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An error is why a call has no answer that its caller can use.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// The server's answer that it does not do what was asked.
    Refused {
        /// Why, for programs.
        reason: Reason,
        /// The gRPC status code.
        code: Code,
        /// The facts that the contract names for the reason, and `generation`.
        metadata: Box<HashMap<String, String>>,
        /// When it is worth asking again; none when the server did not say.
        retry_after: Option<Duration>,
        /// One sentence, for people.
        message: String,
    },
    /// No answer in time; and what the last attempt met.
    TimedOut(Option<Box<Error>>),
    /// The transport failed in a way that does not pass.
    Transport(Box<Status>),
    /// The target is no address.
    Target(String),
    /// The client is closed.
    Closed,
}

impl Error {
    pub(crate) fn reason(&self) -> Option<&Reason> {
        match self {
            Error::Refused { reason, .. } => Some(reason),
            _ => None,
        }
    }

    pub(crate) fn is(&self, reason: Reason) -> bool {
        self.reason() == Some(&reason)
    }

    /// Whether a session that the server does not know may be opened again under its id.
    pub(crate) fn is_recovering(&self) -> bool {
        matches!(self, Error::Refused { metadata, .. }
            if metadata.get("recovering").is_some_and(|word| word == "true"))
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the same call may be answered better a little later.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Error::Refused { code, .. } => *code == Code::Unavailable,
            Error::TimedOut(_) => true,
            // Not from the server's table of refusals, so of the transport: the answer may be lost.
            Error::Transport(status) => matches!(
                status.code(),
                Code::Unavailable
                    | Code::DeadlineExceeded
                    | Code::Cancelled
                    | Code::Unknown
                    | Code::Internal
                    | Code::Aborted
            ),
            Error::Target(_) | Error::Closed => false,
        }
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        match status.get_details_error_info() {
            Some(info) if info.domain == DOMAIN => Error::Refused {
                reason: Reason(Cow::Owned(info.reason)),
                code: status.code(),
                metadata: Box::new(info.metadata),
                retry_after: status.get_details_retry_info().and_then(|info| info.retry_delay),
                message: status.message().to_owned(),
            },
            _ => Error::Transport(Box::new(status)),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused { reason, message, .. } => write!(f, "{message} ({reason})"),
            Error::TimedOut(None) => f.write_str("no answer in time"),
            Error::TimedOut(Some(last)) => write!(f, "no answer in time, and before: {last}"),
            Error::Transport(status) => {
                write!(f, "{}: {}", status.code(), status.message())?;
                let mut cause = std::error::Error::source(status.as_ref());
                while let Some(one) = cause {
                    write!(f, ": {one}")?;
                    cause = one.source();
                }
                Ok(())
            }
            Error::Target(why) => write!(f, "not an address of a server: {why}"),
            Error::Closed => f.write_str("the client is closed"),
        }
    }
}

impl std::error::Error for Error {}
