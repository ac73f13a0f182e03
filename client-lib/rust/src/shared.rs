use crate::Error;
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::error::{self, HANDSHAKE_REFUSED};
use crate::keeper::{Keeper, State};
use crate::ledger::Ledger;
use crate::options::{Options, Timing};
use crate::returns::Returns;
use crate::servers::{Server, Servers};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::{Response, Status};

/// What a client, its leases, its watches and its background share.
pub(crate) struct Shared {
    pub options: Options,
    pub timing: Timing,
    pub clock: Arc<dyn Clock>,
    /// By TLS.
    pub secured: bool,
    pub servers: Servers,
    pub keeper: Keeper,
    pub ledger: Ledger,
    pub returns: Returns,
    /// True from close on.
    pub closing: watch::Sender<bool>,
    pub tasks: Mutex<JoinSet<()>>,
}

impl Shared {
    /// Ends when the client is being closed.
    pub async fn closing(&self) {
        let mut closing = self.closing.subscribe();
        // An error means that nobody can close it any more: as good as closed.
        let _ = closing.wait_for(|closing| *closing).await;
    }

    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Runs something in the background; closing waits for its end.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Ends when nothing runs in the background any more.
    pub async fn ended(&self) {
        loop {
            let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap());
            if tasks.is_empty() {
                return;
            }
            while tasks.join_next().await.is_some() {}
        }
    }

    /// The time for a whole call.
    pub async fn within<T>(&self, time: Duration, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        tokio::select! {
            result = tokio::time::timeout(time, call) => result.unwrap_or(Err(Error::TimedOut(None))),
            () = self.closing() => Err(Error::Closed),
        }
    }

    /// Repeats a call until it is answered or refused, and tells what it meets. A call that is only slow is not sent
    /// again: its connection has failed before, by itself or by its keepalive.
    ///
    /// When the client leaves the server, the call goes on at the next one; if it is bound to that server, it ends.
    pub async fn insist<T, F>(
        &self,
        bound: Option<&Arc<Server>>,
        met: impl Fn(&Error),
        call: impl Fn(Arc<Server>) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        let mut pause = self.backoff();
        loop {
            let server = bound.cloned().unwrap_or_else(|| self.servers.now());
            let answered = tokio::select! {
                answered = call(server.clone()) => answered.map(Response::into_inner).map_err(Error::from),
                () = server.left() => {
                    let left = Error::from(Status::unavailable("the client goes on at another server"));
                    met(&left);
                    Err(left)
                }
            };
            match answered {
                Err(error) if server.is_left() => {
                    if bound.is_some() {
                        return Err(error);
                    }
                }
                Err(error) if self.is_passing(&error) => {
                    met(&error);
                    if error.is_gone() {
                        self.keeper.unreachable(self, &server);
                    }
                    tokio::select! {
                        () = self.pause(pause.next(error.retry_after())) => {}
                        () = server.left() => {}
                    }
                }
                answered => return answered,
            }
        }
    }

    /// Whether the same call may be answered better a little later, by whichever server.
    fn is_passing(&self, error: &Error) -> bool {
        self.keeper.passes(error) || (self.servers.are_several() && error.is_gone() && !self.servers.is_final(error))
    }

    /// Waits, but not for longer than until the server is found again.
    pub async fn pause(&self, wait: Duration) {
        let mut regained = self.keeper.regained.subscribe();
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            Ok(()) = regained.changed() => {}
        }
    }

    /// One attempt of what keeps the session: an answer that does not come in time is given up for lost.
    pub async fn attempt<T>(
        &self,
        patience: Duration,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, Error> {
        match tokio::time::timeout(patience, call).await {
            Ok(result) => result.map(Response::into_inner).map_err(Error::from),
            Err(_) => Err(Error::TimedOut(None)),
        }
    }

    /// A connection by TLS that is closed before the first answer: see [`HANDSHAKE_REFUSED`].
    pub fn handshake_refused(&self, error: Error) -> Error {
        match error {
            Error::Transport(status) if self.secured && error::is_closed(&status) => {
                Error::Transport(Box::new(Status::unavailable(HANDSHAKE_REFUSED)))
            }
            other => other,
        }
    }

    /// A third of the ttl, so that a session is not lost with one answer.
    pub fn attempt_timeout(&self) -> Duration {
        (self.keeper.ttl() / 3).max(self.timing.shortest_attempt)
    }

    /// The same for an OpenSession. A session that goes on at another server has a third of its term left then: two servers
    /// can be asked in it.
    pub fn open_timeout(&self, state: State) -> Duration {
        match state {
            State::Forgotten if self.servers.are_several() => (self.keeper.ttl() / 6).max(self.timing.shortest_attempt),
            _ => self.attempt_timeout(),
        }
    }

    pub fn backoff(&self) -> Backoff {
        Backoff::new(self.timing.first_pause, self.timing.longest_pause)
    }
}
