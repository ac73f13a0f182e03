use crate::{Datastore, Revision, v1};
use std::time::Duration;

/// A frame is one whole step of a watch: after applying it the follower has the server's state at its revision.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Frame {
    /// True after the whole frame was applied.
    pub revision: Revision,
    /// What it does.
    pub kind: FrameKind,
}

/// A frame kind says what a frame does to what the follower has.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FrameKind {
    /// Replaces everything.
    Snapshot {
        /// Why it was sent.
        reason: SnapshotReason,
        /// Every selected datastore.
        datastores: Vec<Datastore>,
    },
    /// The newest state of what changed since the frame before.
    Change {
        /// Created or changed, and those that this client may see from now on.
        changed: Vec<Datastore>,
        /// Names of removed datastores, and of those that this client may no longer see.
        removed: Vec<String>,
        /// How many generations it stands for; 1 for a follower that keeps up, 0 when only the rights of this client changed.
        generations: i64,
    },
    /// Nothing happened up to the revision.
    Bookmark {
        /// Of the first one of a stream: the removable datastores, for their mount state; without settings.
        removable: Vec<Datastore>,
        /// Until the next one at most, if nothing happens.
        interval: Option<Duration>,
    },
}

/// A snapshot reason says why a snapshot was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SnapshotReason {
    /// It is the beginning.
    Requested,
    /// What was known is older than what the server remembers of removed datastores.
    TooOld,
    /// What was known is of another history.
    WrongIncarnation,
    /// The server was set back: the one case in which a follower goes back.
    Ahead,
    /// What this client may see may have changed since the revision that it knew.
    RightsChanged,
    /// A reason of a later version.
    Other,
}

impl SnapshotReason {
    pub(crate) fn of(told: i32) -> Self {
        match v1::SnapshotReason::try_from(told) {
            Ok(v1::SnapshotReason::Requested) => SnapshotReason::Requested,
            Ok(v1::SnapshotReason::TooOld) => SnapshotReason::TooOld,
            Ok(v1::SnapshotReason::WrongIncarnation) => SnapshotReason::WrongIncarnation,
            Ok(v1::SnapshotReason::Ahead) => SnapshotReason::Ahead,
            Ok(v1::SnapshotReason::RightsChanged) => SnapshotReason::RightsChanged,
            Ok(v1::SnapshotReason::Unspecified) | Err(_) => SnapshotReason::Other,
        }
    }

    /// The word of the contract: REQUESTED, TOO_OLD, …
    pub fn as_str(self) -> &'static str {
        match self {
            SnapshotReason::Requested => "REQUESTED",
            SnapshotReason::TooOld => "TOO_OLD",
            SnapshotReason::WrongIncarnation => "WRONG_INCARNATION",
            SnapshotReason::Ahead => "AHEAD",
            SnapshotReason::RightsChanged => "RIGHTS_CHANGED",
            SnapshotReason::Other => "OTHER",
        }
    }
}
