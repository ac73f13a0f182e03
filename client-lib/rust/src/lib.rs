//! The client library of a datastored server: may I read or write this datastore now, and with which configuration?
//!
//! A [`Client`] is one session with a server. It keeps the session alive in the background, and everything else lives
//! with it:
//!
//! - [`Client::lookup`] asks for a datastore's settings and its maintenance mode. Nothing is counted.
//! - [`Client::hold`] asks to read or write and answers a [`Lease`]. While it is held, a drain of the datastore waits.
//! - [`Client::watch`] follows all changes, over broken connections and restarts of the server.
//!
//! The rule that keeps it correct: a lease is good only as long as the library vouches for it by its own clock, counted
//! from the sending of the last request that the server has answered. So a holder always stops before the server gives
//! its rights away. Stop when [`Lease::lost`] ends, and ask [`Lease::alive`] before each step that cannot be undone.
//!
//! What the server refuses is an [`Error::Refused`] with a reason; nobody has to parse a text.

mod ask;
mod assembly;
mod audit;
mod backoff;
mod client;
mod clock;
mod continuation;
mod credentials;
mod datastore;
mod error;
mod frame;
mod handover;
mod keeper;
mod lease;
mod ledger;
mod lookup;
mod options;
mod position;
mod promise;
mod returns;
mod revision;
mod servers;
mod shared;
mod watch;

#[cfg(test)]
mod cause_tests;
#[cfg(all(test, feature = "tls"))]
mod credentials_tests;
#[cfg(test)]
mod fake_server;
#[cfg(test)]
mod load_tests;
#[cfg(test)]
mod servers_tests;
#[cfg(test)]
mod tests;

pub use ask::Ask;
pub use client::{Client, ClientBuilder};
pub use datastore::{Answer, Datastore, Mode, Operation};
pub use error::{Error, Reason};
pub use frame::{Frame, FrameKind, SnapshotReason};
pub use lease::{Cause, Lease};
pub use revision::Revision;
pub use tonic::Code;
#[cfg(feature = "tls")]
pub use tonic::transport::{Certificate, ClientTlsConfig, Identity};
pub use watch::{Selection, Watch};

/// The generated stubs, for all else that the server does.
#[allow(missing_docs, clippy::all, rustdoc::all)]
#[rustfmt::skip]
pub mod v1 {
    include!("generated/datastored.v1.rs");
}
