use crate::frame::{Frame, FrameKind, SnapshotReason};
use crate::{Datastore, v1};
use std::time::Duration;
use v1::watch_generation_response::Frame as Told;

/// The stream makes no sense to this version: watch again without a known revision.
#[derive(Debug, PartialEq)]
pub(crate) struct UnknownFrame;

/// An assembly keeps the parts of a frame until it is whole. Confined to the task of its stream.
#[derive(Default)]
pub(crate) struct Assembly {
    parts: Option<FrameKind>,
}

impl Assembly {
    /// Takes a message of the stream. The frame is whole with the message that has a revision.
    pub fn add(&mut self, message: v1::WatchGenerationResponse) -> Result<Option<Frame>, UnknownFrame> {
        let part = kind_of(message.frame.ok_or(UnknownFrame)?);
        let kind = match self.parts.take() {
            None => part,
            Some(kind) => joined(kind, part)?,
        };
        match message.revision {
            None => {
                self.parts = Some(kind);
                Ok(None)
            }
            Some(revision) => Ok(Some(Frame {
                revision: revision.into(),
                kind,
            })),
        }
    }
}

fn datastores(told: Vec<v1::Datastore>) -> Vec<Datastore> {
    told.into_iter().map(Datastore::from).collect()
}

fn kind_of(told: Told) -> FrameKind {
    match told {
        Told::Snapshot(snapshot) => FrameKind::Snapshot {
            reason: SnapshotReason::of(snapshot.reason),
            datastores: datastores(snapshot.datastores),
        },
        Told::Change(change) => FrameKind::Change {
            changed: datastores(change.changed),
            removed: change.removed,
            generations: change.generations,
        },
        Told::Bookmark(bookmark) => FrameKind::Bookmark {
            removable: datastores(bookmark.removable),
            interval: bookmark.interval.and_then(|told| Duration::try_from(told).ok()),
        },
    }
}

/// Each part has its own share of the lists; the number is in one of them.
fn joined(mut kind: FrameKind, part: FrameKind) -> Result<FrameKind, UnknownFrame> {
    match (&mut kind, part) {
        (FrameKind::Snapshot { datastores, .. }, FrameKind::Snapshot { datastores: more, .. }) => {
            datastores.extend(more);
        }
        (
            FrameKind::Change {
                changed,
                removed,
                generations,
            },
            FrameKind::Change {
                changed: more,
                removed: more_removed,
                generations: more_generations,
            },
        ) => {
            changed.extend(more);
            removed.extend(more_removed);
            *generations += more_generations;
        }
        (
            FrameKind::Bookmark { removable, interval },
            FrameKind::Bookmark {
                removable: more,
                interval: told,
            },
        ) => {
            removable.extend(more);
            *interval = interval.or(told);
        }
        _ => return Err(UnknownFrame),
    }
    Ok(kind)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn snapshot(reason: v1::SnapshotReason, names: &[&str]) -> v1::WatchGenerationResponse {
        message(Told::Snapshot(v1::WatchSnapshot {
            reason: reason.into(),
            datastores: named(names),
        }))
    }

    pub fn change(generations: i64, changed: &[&str], removed: &[&str]) -> v1::WatchGenerationResponse {
        message(Told::Change(v1::WatchChange {
            changed: named(changed),
            removed: removed.iter().map(|name| (*name).to_owned()).collect(),
            generations,
        }))
    }

    pub fn bookmark(interval: Option<Duration>) -> v1::WatchGenerationResponse {
        message(Told::Bookmark(v1::WatchBookmark {
            interval: interval.map(|one| one.try_into().unwrap()),
            ..Default::default()
        }))
    }

    pub fn at(mut message: v1::WatchGenerationResponse, generation: i64) -> v1::WatchGenerationResponse {
        message.revision = Some(v1::Revision {
            incarnation: "0123456789abcdef".to_owned(),
            generation,
        });
        message
    }

    fn message(frame: Told) -> v1::WatchGenerationResponse {
        v1::WatchGenerationResponse {
            frame: Some(frame),
            ..Default::default()
        }
    }

    fn named(names: &[&str]) -> Vec<v1::Datastore> {
        let one = |name: &&str| v1::Datastore {
            name: (*name).to_owned(),
            ..Default::default()
        };
        names.iter().map(one).collect()
    }

    #[test]
    fn add_parts_are_one_frame_with_the_revision() {
        let mut assembly = Assembly::default();
        assert_eq!(assembly.add(change(0, &["a", "b"], &[])), Ok(None));
        assert_eq!(assembly.add(change(0, &[], &["x"])), Ok(None));
        let frame = assembly.add(at(change(4, &["c"], &["y"]), 7)).unwrap().unwrap();
        assert_eq!(frame.revision.generation, 7);
        let FrameKind::Change {
            changed,
            removed,
            generations,
        } = frame.kind
        else {
            panic!("not a change");
        };
        let names: Vec<_> = changed.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(removed, ["x", "y"]);
        assert_eq!(generations, 4);
        let next = assembly.add(at(change(1, &["d"], &[]), 8)).unwrap().unwrap();
        assert!(matches!(next.kind, FrameKind::Change { changed, .. } if changed.len() == 1));
    }

    #[test]
    fn add_unknown_kind_is_told_so() {
        let unknown = at(v1::WatchGenerationResponse::default(), 1);
        assert_eq!(Assembly::default().add(unknown), Err(UnknownFrame));
    }

    #[test]
    fn add_parts_of_two_kinds_are_told_so() {
        let mut assembly = Assembly::default();
        assembly.add(snapshot(v1::SnapshotReason::Requested, &["a"])).unwrap();
        assert_eq!(assembly.add(at(change(1, &["b"], &[]), 2)), Err(UnknownFrame));
    }
}
