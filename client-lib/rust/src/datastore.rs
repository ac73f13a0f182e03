use crate::{Revision, v1};
use std::ops::Deref;

/// An operation is what a holder wants to do with a datastore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Any input/output that only reads.
    Read,
    /// Any input/output that writes or deletes.
    Write,
}

impl From<Operation> for v1::Operation {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Read => v1::Operation::Read,
            Operation::Write => v1::Operation::Write,
        }
    }
}

/// A mode is a maintenance mode: it says which operations a datastore refuses. One of a later version is told as
/// offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// In service.
    None,
    /// Refuses WRITE.
    ReadOnly,
    /// Refuses READ and WRITE.
    Offline,
    /// Is being removed from the configuration.
    Delete,
    /// The device is being unmounted.
    Unmount,
    /// The local cache of an object store is being rebuilt.
    S3Refresh,
}

impl Mode {
    fn of(told: i32) -> Self {
        match v1::MaintenanceMode::try_from(told) {
            Ok(v1::MaintenanceMode::None) => Mode::None,
            Ok(v1::MaintenanceMode::ReadOnly) => Mode::ReadOnly,
            Ok(v1::MaintenanceMode::Offline) => Mode::Offline,
            Ok(v1::MaintenanceMode::Delete) => Mode::Delete,
            Ok(v1::MaintenanceMode::Unmount) => Mode::Unmount,
            Ok(v1::MaintenanceMode::S3Refresh) => Mode::S3Refresh,
            // Of a later version: it surely refuses something, so nothing is begun.
            Ok(v1::MaintenanceMode::Unspecified) | Err(_) => Mode::Offline,
        }
    }

    /// The word of the contract: NONE, READ_ONLY, OFFLINE, …
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::None => "NONE",
            Mode::ReadOnly => "READ_ONLY",
            Mode::Offline => "OFFLINE",
            Mode::Delete => "DELETE",
            Mode::Unmount => "UNMOUNT",
            Mode::S3Refresh => "S3_REFRESH",
        }
    }
}

/// A datastore is a named section of the server's configuration and what the server knows of its availability.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Datastore {
    /// Its name.
    pub name: String,
    /// Changes whenever the settings or the mode change; opaque.
    pub etag: String,
    /// The generation of its last change, or a later one.
    pub generation: i64,
    /// Its maintenance mode.
    pub mode: Mode,
    /// The operator's words about the mode.
    pub message: String,
    /// Base directory, as configured: relative to the device for a removable datastore. Empty without settings.
    pub path: String,
    /// Absolute path of the base directory on the server's host: below the mount point for a removable datastore. Empty
    /// without settings.
    pub base_path: String,
    /// Empty without settings, or when there is none.
    pub comment: String,
    /// All settings, as in the contract. None when they were not asked for.
    pub settings: Option<v1::DatastoreSettings>,
    /// Whether the device that carries it is there.
    pub mount: v1::MountState,
}

impl From<v1::Datastore> for Datastore {
    fn from(told: v1::Datastore) -> Self {
        let mount = told.mount_state();
        let maintenance = told.maintenance.unwrap_or_default();
        Self {
            name: told.name,
            etag: told.etag,
            generation: told.generation,
            mode: Mode::of(maintenance.mode),
            message: maintenance.message,
            base_path: told.base_path,
            path: told.settings.as_ref().map(|s| s.path.clone()).unwrap_or_default(),
            comment: told
                .settings
                .as_ref()
                .and_then(|s| s.comment.clone())
                .unwrap_or_default(),
            settings: told.settings,
            mount,
        }
    }
}

/// An answer is a datastore at one revision.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The datastore.
    pub datastore: Datastore,
    /// The revision that the answer was taken from.
    pub revision: Revision,
}

impl Deref for Answer {
    type Target = Datastore;

    fn deref(&self) -> &Datastore {
        &self.datastore
    }
}

impl From<v1::LookupResponse> for Answer {
    fn from(told: v1::LookupResponse) -> Self {
        Self {
            datastore: told.datastore.unwrap_or_default().into(),
            revision: told.revision.unwrap_or_default().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mode_of_a_later_version_is_offline() {
        assert_eq!(Mode::of(99), Mode::Offline);
        assert_eq!(Mode::of(0), Mode::Offline);
        assert_eq!(Mode::of(1), Mode::None);
    }
}
