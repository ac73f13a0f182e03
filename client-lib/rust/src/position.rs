use crate::Revision;
use crate::assembly::UnknownFrame;
use crate::frame::{Frame, FrameKind, SnapshotReason};

/// A position is the revision up to which a watch has told everything. Confined to the task of its watch.
///
/// It only rises within one incarnation, over streams that break and answers that come twice.
#[derive(Default)]
pub(crate) struct Position {
    at: Option<Revision>,
    /// The next snapshot was asked for without saying what is known: it replaces everything, wherever it stands.
    fresh: bool,
}

impl Position {
    /// Makes the next stream start anew.
    pub fn forget(&mut self) {
        self.fresh = true;
    }

    /// Where to resume from; nothing asks for a snapshot.
    pub fn known(&self) -> Option<Revision> {
        if self.fresh { None } else { self.at.clone() }
    }

    /// Takes a whole frame: false for one that must not be told, an error when the stream does not fit what was told
    /// before it.
    pub fn accept(&mut self, frame: &Frame) -> Result<bool, UnknownFrame> {
        let told = frame.revision.generation;
        let known = self.known();
        let known = known.as_ref().filter(|at| at.incarnation == frame.revision.incarnation);
        match (&frame.kind, known) {
            (FrameKind::Snapshot { reason, .. }, Some(at)) => {
                let old = told < at.generation || told == at.generation && *reason != SnapshotReason::RightsChanged;
                if old && *reason != SnapshotReason::Ahead {
                    return Ok(false);
                }
            }
            (FrameKind::Snapshot { .. }, None) => {}
            // What it would be added to is not there.
            (_, None) => return Err(UnknownFrame),
            // Applying it would set single datastores back.
            (FrameKind::Change { .. }, Some(at)) if told < at.generation => return Ok(false),
            // A repetition. Without generations only the rights changed, which changes no revision.
            (FrameKind::Change { generations: 1.., .. }, Some(at)) if told == at.generation => return Ok(false),
            (FrameKind::Bookmark { .. }, Some(at)) if told < at.generation => return Ok(false),
            (FrameKind::Change { .. } | FrameKind::Bookmark { .. }, Some(_)) => {}
        }
        self.at = Some(frame.revision.clone());
        self.fresh = false;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assembly::Assembly;
    use crate::assembly::tests::{at, bookmark, change, snapshot};
    use crate::v1;
    use v1::SnapshotReason::{Ahead, Requested, RightsChanged, WrongIncarnation};

    fn whole(message: v1::WatchGenerationResponse) -> Frame {
        Assembly::default().add(message).unwrap().unwrap()
    }

    fn begun(generation: i64) -> Position {
        let mut position = Position::default();
        position
            .accept(&whole(at(snapshot(Requested, &["a"]), generation)))
            .unwrap();
        position
    }

    #[test]
    fn accept_rises_only() {
        let mut position = begun(5);
        for (message, told, generation) in [
            (at(snapshot(Requested, &["a"]), 5), false, 5),
            (at(bookmark(None), 5), true, 5),
            (at(change(1, &["a"], &[]), 5), false, 5),
            (at(change(0, &["b"], &["a"]), 5), true, 5),
            (at(change(0, &["b"], &[]), 4), false, 5),
            (at(snapshot(RightsChanged, &["a"]), 5), true, 5),
            (at(snapshot(RightsChanged, &["a"]), 4), false, 5),
            (at(change(2, &["a"], &[]), 7), true, 7),
            (at(change(1, &["a"], &[]), 6), false, 7),
            (at(bookmark(None), 6), false, 7),
            (at(snapshot(Requested, &["a"]), 6), false, 7),
            (at(bookmark(None), 9), true, 9),
            (at(snapshot(Ahead, &["a"]), 4), true, 4),
            (at(change(1, &["a"], &[]), 5), true, 5),
        ] {
            let shown = format!("{message:?}");
            assert_eq!(position.accept(&whole(message)), Ok(told), "{shown}");
            assert_eq!(position.known().unwrap().generation, generation, "{shown}");
        }
    }

    #[test]
    fn accept_another_history_takes_a_snapshot_only() {
        let mut position = begun(5);
        let mut frame = whole(at(change(1, &["a"], &[]), 6));
        frame.revision.incarnation = "another".to_owned();
        assert_eq!(position.accept(&frame), Err(UnknownFrame));
        let mut frame = whole(at(snapshot(WrongIncarnation, &["a"]), 1));
        frame.revision.incarnation = "another".to_owned();
        assert_eq!(position.accept(&frame), Ok(true));
        assert_eq!(position.known(), Some(frame.revision));
    }

    #[test]
    fn forget_asks_for_a_snapshot_and_takes_it() {
        let mut position = begun(5);
        position.forget();
        assert_eq!(position.known(), None);
        assert_eq!(
            position.accept(&whole(at(change(1, &["a"], &[]), 6))),
            Err(UnknownFrame)
        );
        assert_eq!(position.accept(&whole(at(snapshot(Requested, &["a"]), 5))), Ok(true));
    }
}
