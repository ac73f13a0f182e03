use crate::assembly::{Assembly, UnknownFrame};
use crate::frame::{Frame, FrameKind};
use crate::keeper::View;
use crate::position::Position;
use crate::shared::Shared;
use crate::v1::{DatastoreView, WatchGenerationRequest};
use crate::{Error, Reason, Revision};
use futures_core::Stream;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tonic::Code;

/// By the contract: who hears nothing for three bookmark intervals considers the stream dead.
const SILENT_INTERVALS: u32 = 3;

/// The server's own interval, until a bookmark tells another one.
const USUAL_BOOKMARK_INTERVAL: Duration = Duration::from_secs(10);

/// A selection is what a watch tells: all datastores with their settings, unless it says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    datastores: Vec<String>,
    without_settings: bool,
    bookmark_interval: Option<Duration>,
}

impl Selection {
    /// All datastores, settings included.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only these datastores: names, or prefixes that end in `*`.
    pub fn of<T: Into<String>>(datastores: impl IntoIterator<Item = T>) -> Self {
        Self {
            datastores: datastores.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Leaves the settings out: names, modes and mount states only.
    pub fn without_settings(mut self) -> Self {
        self.without_settings = true;
        self
    }

    /// Wishes for a sign of life on a quiet stream. The server brings it into its bounds, 1 s to 60 s.
    pub fn bookmark_every(mut self, interval: Duration) -> Self {
        self.bookmark_interval = Some(interval);
        self
    }

    fn request(&self, known: Option<Revision>, session_id: &str) -> WatchGenerationRequest {
        let view = match self.without_settings {
            true => DatastoreView::Basic,
            false => DatastoreView::Full,
        };
        WatchGenerationRequest {
            known: known.map(Into::into),
            datastores: self.datastores.clone(),
            session_id: session_id.to_owned(),
            view: view.into(),
            bookmark_interval: self.bookmark_interval.and_then(|interval| interval.try_into().ok()),
        }
    }
}

/// A watch follows the changes of a server over broken connections and restarts, each time from the last whole frame on.
/// Dropping it ends it. It is a `Stream` too.
///
/// It never holds more than two frames: one that does not take them is sent the newest state later, merged.
pub struct Watch {
    frames: mpsc::Receiver<Result<Frame, Error>>,
    _end: watch::Sender<()>,
}

impl Watch {
    pub(crate) fn begin(shared: &Arc<Shared>, selection: Selection) -> Self {
        let (sender, frames) = mpsc::channel(1);
        let (end, ended) = watch::channel(());
        if !shared.is_closing() {
            let follower = Follower {
                shared: shared.clone(),
                selection,
                position: Position::default(),
                frames: sender,
            };
            shared.spawn(follower.run(ended));
        }
        Self { frames, _end: end }
    }

    /// Waits for the next whole frame, bookmarks included.
    ///
    /// None: the client is closed. An error is the last element: the server does not want this watch at all. Broken
    /// streams are none. May be cancelled: nothing is lost.
    pub async fn next(&mut self) -> Option<Result<Frame, Error>> {
        self.frames.recv().await
    }
}

impl Stream for Watch {
    type Item = Result<Frame, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.frames.poll_recv(context)
    }
}

/// Why a stream is over.
enum End {
    Failed(Error),
    Silent,
    /// The client goes on at another server.
    Left,
    Unknown,
    /// Nobody takes frames any more.
    Unwanted,
}

impl From<UnknownFrame> for End {
    fn from(_: UnknownFrame) -> Self {
        End::Unknown
    }
}

/// A follower is the task that reads the streams of one watch.
struct Follower {
    shared: Arc<Shared>,
    selection: Selection,
    position: Position,
    frames: mpsc::Sender<Result<Frame, Error>>,
}

impl Follower {
    async fn run(mut self, mut ended: watch::Receiver<()>) {
        let shared = self.shared.clone();
        tokio::select! {
            () = self.follow() => {}
            // An error: its sender was dropped, with the watch.
            _ = ended.changed() => {}
            () = shared.closing() => {}
        }
    }

    async fn follow(&mut self) {
        let mut pause = self.shared.backoff();
        loop {
            let begin = Instant::now();
            let mut asked_for = None;
            match self.stream().await {
                End::Unwanted => return,
                End::Silent | End::Left => {}
                End::Unknown => self.position.forget(),
                End::Failed(error) if may_go_on(&self.shared, &error) => asked_for = error.retry_after(),
                End::Failed(error) => {
                    let _ = self.frames.send(Err(error)).await;
                    return;
                }
            }
            // Only a stream that lived is a reason to be quick again: one that opens and fails at once is not.
            if begin.elapsed() >= self.shared.timing.good_stream {
                pause.reset();
            }
            // After a restart the session is opened again first: then the watch follows at once.
            self.shared.pause(pause.next(asked_for)).await;
        }
    }

    /// Reads one stream to its end.
    async fn stream(&mut self) -> End {
        match self.read().await {
            Err(end) => end,
            Ok(never) => match never {},
        }
    }

    async fn read(&mut self) -> Result<std::convert::Infallible, End> {
        let shared = self.shared.clone();
        let session = shared.keeper.usable_at_last(&shared).await;
        let known = self.position.known();
        if known.is_none() {
            self.position.forget();
        }
        let request = self.selection.request(known, &session.given);
        let first = self
            .selection
            .bookmark_interval
            .map(|interval| interval.max(Duration::from_secs(1)));
        let mut silence = first.unwrap_or(USUAL_BOOKMARK_INTERVAL) * SILENT_INTERVALS;
        let mut datastores = session.server.datastores.clone();
        let opened = tokio::select! {
            opened = tokio::time::timeout(silence, datastores.watch_generation(request)) => opened,
            () = session.server.left() => return Err(End::Left),
        };
        let mut stream = match opened {
            Err(_) => return Err(End::Silent),
            Ok(Err(status)) => return Err(self.end(&session, status)),
            Ok(Ok(response)) => response.into_inner(),
        };
        let mut parts = Assembly::default();
        let mut heard = false;
        loop {
            // Not while it waits to be taken: that is not the server's silence.
            let received = tokio::select! {
                received = tokio::time::timeout(silence, stream.message()) => received,
                () = session.server.left() => return Err(End::Left),
            };
            let message = match received {
                Err(_) => return Err(End::Silent),
                Ok(Err(status)) => {
                    let end = self.end(&session, status);
                    // A server that stops says so to its watchers first: the session goes on at another one before it has
                    // stopped.
                    if heard && matches!(&end, End::Failed(error) if shared.keeper.passes(error)) {
                        shared.keeper.unreachable(&shared, &session.server);
                    }
                    return Err(end);
                }
                Ok(Ok(None)) => return Err(End::Failed(tonic::Status::unavailable("the stream has ended").into())),
                Ok(Ok(Some(message))) => message,
            };
            heard = true;
            let Some(frame) = parts.add(message)? else {
                continue;
            };
            if let FrameKind::Bookmark {
                interval: Some(told), ..
            } = frame.kind
            {
                silence = told * SILENT_INTERVALS;
            }
            if self.position.accept(&frame)? && self.frames.send(Ok(frame)).await.is_err() {
                return Err(End::Unwanted);
            }
        }
    }

    fn end(&self, session: &View, status: tonic::Status) -> End {
        let error = Error::from(status);
        if error.is(Reason::SESSION_NOT_FOUND) {
            self.shared.keeper.suspect(&self.shared, session, &error);
        }
        End::Failed(error)
    }
}

/// False for a watch that the server will never want.
fn may_go_on(shared: &Shared, error: &Error) -> bool {
    shared.keeper.passes(error)
        || matches!(error, Error::Transport(status) if status.code() != Code::PermissionDenied)
        || error.is(Reason::QUOTA_EXCEEDED)
        || error.is(Reason::SESSION_NOT_FOUND)
}
