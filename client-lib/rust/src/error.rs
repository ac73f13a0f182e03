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
        NOT_READY,
        PERMISSION_DENIED,
        UNAUTHENTICATED,
        OUTCOME_UNKNOWN
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
    /// The transport failed in a way that does not pass by itself: unknown host, a certificate that is not trusted, a
    /// refused identity, another kind of server. Returned at once. As the cause of [`Error::TimedOut`] it may pass, such
    /// as a refused connection.
    Transport(Box<Status>),
    /// The target is no address.
    Target(String),
    /// The library's own thread could not be started.
    Thread(String),
    /// The client is closed.
    Closed,
}

impl Error {
    pub(crate) fn thread(error: std::io::Error) -> Self {
        Error::Thread(error.to_string())
    }

    pub(crate) fn reason(&self) -> Option<&Reason> {
        match self {
            Error::Refused { reason, .. } => Some(reason),
            _ => None,
        }
    }

    pub(crate) fn is(&self, reason: Reason) -> bool {
        self.reason() == Some(&reason)
    }

    /// Whether the server does not accept the credentials of this client.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        match self {
            Error::Refused { code, .. } => *code == Code::Unauthenticated,
            Error::Transport(status) => status.code() == Code::Unauthenticated,
            _ => false,
        }
    }

    /// Whether the server was not reached, has ended the connection, or has not answered in time.
    pub(crate) fn is_gone(&self) -> bool {
        match self {
            Error::TimedOut(_) => true,
            // What a server tells has no source.
            Error::Transport(status) => {
                status.code() == Code::Unavailable || std::error::Error::source(&**status).is_some()
            }
            _ => false,
        }
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
            Error::Transport(status) if lasts(&chain(status)) => false,
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
            Error::Target(_) | Error::Thread(_) | Error::Closed => false,
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
                let code = status.code();
                match chain(status) {
                    why if why.is_empty() => write!(f, "{code}"),
                    why => write!(f, "{code}: {why}"),
                }
            }
            Error::Target(why) => write!(f, "not an address of a server: {why}"),
            Error::Thread(why) => write!(f, "the library's own thread could not be started: {why}"),
            Error::Closed => f.write_str("the client is closed"),
        }
    }
}

impl std::error::Error for Error {}

/// What a failure of the transport says, and each of its causes that says something more.
fn chain(status: &Status) -> String {
    let mut told = status.message().to_owned();
    let mut cause = std::error::Error::source(status);
    while let Some(one) = cause {
        let text = one.to_string();
        if !told.contains(&text) {
            if !told.is_empty() {
                told.push_str(": ");
            }
            told.push_str(&text);
        }
        cause = one.source();
    }
    told
}

/// Whether it stays as it is until somebody changes a certificate, a name or the configuration. rustls and the system's
/// resolver tell it to tonic, and tonic as text only.
fn lasts(text: &str) -> bool {
    let alert =
        text.contains("received fatal alert") && !text.contains("InternalError") && !text.contains("UserCanceled");
    let faults = [
        "invalid peer certificate",
        "received corrupt message of type InvalidContentType", // the server does not speak TLS
        "Name or service not known",
        "nodename nor servname provided",
        HANDSHAKE_REFUSED,
    ];
    alert || faults.iter().any(|fault| text.contains(fault))
}

/// Whether the connection was closed, or broke, before there was an answer.
pub(crate) fn is_closed(status: &Status) -> bool {
    let text = chain(status);
    text.contains("connection closed") || text.contains("operation was canceled") || text.contains("broken pipe")
}

/// In TLS 1.3 the server's word on the client's certificate comes after the handshake, and hyper tells only that the
/// connection was closed.
pub(crate) const HANDSHAKE_REFUSED: &str = "the server has closed the connection after the handshake, as for a client certificate that is missing or not trusted";
