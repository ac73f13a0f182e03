use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::keeper::Keeper;
use crate::ledger::Ledger;
use crate::options::{Options, Timing};
use crate::returns::Returns;
use crate::v1::datastore_service_client::DatastoreServiceClient;
use crate::v1::session_service_client::SessionServiceClient;
use crate::{Error, Revision};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::transport::Channel;
use tonic::{Response, Status};

/// What a client, its leases, its watches and its background share.
pub(crate) struct Shared {
    pub options: Options,
    pub timing: Timing,
    pub clock: Arc<dyn Clock>,
    pub datastores: DatastoreServiceClient<Channel>,
    pub sessions: SessionServiceClient<Channel>,
    pub keeper: Keeper,
    pub ledger: Ledger,
    pub returns: Returns,
    /// True from close on.
    pub closing: watch::Sender<bool>,
    /// What each open watch has applied, by its number.
    pub applied: Mutex<HashMap<u64, Option<Revision>>>,
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

    /// The time for a whole call.
    pub async fn within<T>(&self, time: Duration, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        tokio::select! {
            result = tokio::time::timeout(time, call) => result.unwrap_or(Err(Error::TimedOut(None))),
            () = self.closing() => Err(Error::Closed),
        }
    }

    /// One attempt of a call: an answer that does not come in time is given up for lost.
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

    /// A third of the ttl, so that a session is not lost with one answer.
    pub fn attempt_timeout(&self) -> Duration {
        (self.keeper.ttl() / 3).max(self.timing.shortest_attempt)
    }

    pub fn backoff(&self) -> Backoff {
        Backoff::new(self.timing.first_pause, self.timing.longest_pause)
    }

    /// What all watches have applied: the least of them. Nothing for a client that does not cache.
    pub fn applied(&self) -> Option<Revision> {
        if !self.options.caches {
            return None;
        }
        let applied = self.applied.lock().unwrap();
        let mut least: Option<&Revision> = None;
        for one in applied.values() {
            let one = one.as_ref()?;
            match least {
                // One of them is about to start anew.
                Some(other) if other.incarnation != one.incarnation => return None,
                Some(other) if other.generation <= one.generation => {}
                _ => least = Some(one),
            }
        }
        least.cloned()
    }
}
