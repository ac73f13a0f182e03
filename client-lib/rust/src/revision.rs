use crate::v1;
use std::fmt;

/// A revision is one point in one history of a server. Revisions of different incarnations cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Revision {
    /// Identifies the history.
    pub incarnation: String,
    /// Position in the history, from 1.
    pub generation: i64,
}

impl From<v1::Revision> for Revision {
    fn from(told: v1::Revision) -> Self {
        Self {
            incarnation: told.incarnation,
            generation: told.generation,
        }
    }
}

impl From<Revision> for v1::Revision {
    fn from(revision: Revision) -> Self {
        Self {
            incarnation: revision.incarnation,
            generation: revision.generation,
        }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.incarnation, self.generation)
    }
}
