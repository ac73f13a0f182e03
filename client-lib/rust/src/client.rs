use crate::clock::{Clock, SystemClock};
use crate::keeper::Keeper;
use crate::lease::Cause;
use crate::ledger::Ledger;
use crate::options::{Options, Timing};
use crate::returns::Returns;
use crate::shared::Shared;
use crate::v1::datastore_service_client::DatastoreServiceClient;
use crate::v1::session_service_client::SessionServiceClient;
use crate::{Answer, Ask, Error, Lease, Operation, Selection, Watch, lookup};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tonic::transport::{Channel, Endpoint};

/// A client is one session with a server, kept alive in the background. Cheap to clone; closed by [`Client::close`], or
/// in the background when the last clone is dropped.
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

struct Handle {
    shared: Arc<Shared>,
    target: String,
    closed: watch::Receiver<Option<Result<(), Error>>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.closing.send_replace(true);
    }
}

/// A client builder says how to connect.
#[derive(Clone, Default)]
pub struct ClientBuilder {
    options: Options,
    timing: Timing,
    #[cfg(feature = "tls")]
    tls: Option<tonic::transport::ClientTlsConfig>,
}

impl ClientBuilder {
    /// The program's name as operators see it. Default: that of its file.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = name.into();
        self
    }

    /// The program's version as operators see it.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.options.version = version.into();
        self
    }

    /// For how long the server shall keep the session without a sign of life. Shorter: a drain waits less for a program
    /// that died. Longer: leases outlive longer failures of the server or the network. The server brings it into its
    /// bounds, 1 s to 60 s. Default: 10 s.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.options.ttl = ttl;
        self
    }

    /// Says that the program answers questions from what its watches told: drains then wait until it has applied the
    /// mode, which it says by asking each watch for the next frame. Such a program must not stop doing so.
    pub fn caching(mut self) -> Self {
        self.options.caches = true;
        self
    }

    /// Encrypts, and shows the client's certificate if the configuration has one. Default: no TLS, which the server
    /// accepts on its own host only.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, config: tonic::transport::ClientTlsConfig) -> Self {
        self.tls = Some(config);
        self
    }

    #[cfg(test)]
    pub(crate) fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// Connects to a server (`127.0.0.1:7400`, `unix:/path`) and opens a session, within 10 seconds. To be called in a
    /// tokio runtime, which the background lives in.
    pub async fn connect(self, target: impl AsRef<str>) -> Result<Client, Error> {
        self.connect_by(Arc::new(SystemClock::new()), target.as_ref()).await
    }

    pub(crate) async fn connect_by(self, clock: Arc<dyn Clock>, target: &str) -> Result<Client, Error> {
        let channel = self.endpoint(target)?.connect_lazy();
        let client = self.start(clock, channel, target);
        let shared = &client.handle.shared;
        let first = async {
            tokio::select! {
                _ = shared.keeper.usable() => Ok(()),
                error = shared.keeper.refused() => Err(error),
            }
        };
        match shared.within(shared.timing.call_timeout, first).await {
            Ok(()) => Ok(client),
            Err(Error::TimedOut(_)) => Err(Error::TimedOut(shared.keeper.last_refusal().map(Box::new))),
            Err(error) => Err(error),
        }
    }

    fn endpoint(&self, target: &str) -> Result<Endpoint, Error> {
        #[cfg(feature = "tls")]
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        let uri = match target.starts_with("unix:") || target.contains("://") {
            true => target.to_owned(),
            false => format!("{scheme}://{target}"),
        };
        let refused = |why: tonic::transport::Error| Error::Target(format!("{target}: {why}"));
        let endpoint = Endpoint::from_shared(uri)
            .map_err(refused)?
            .connect_timeout(Duration::from_secs(5))
            // A peer that vanished says nothing. Not more often than the server permits, 10 s.
            .http2_keep_alive_interval(Duration::from_secs(15))
            .keep_alive_timeout(Duration::from_secs(5))
            .keep_alive_while_idle(true);
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            return endpoint.tls_config(tls.clone()).map_err(refused);
        }
        Ok(endpoint)
    }

    /// Puts everything together, and starts what runs in the background.
    fn start(self, clock: Arc<dyn Clock>, channel: Channel, target: &str) -> Client {
        let (returns, returns_task) = Returns::new();
        let keeper = Keeper::new(self.options.ttl);
        let shared = Arc::new(Shared {
            options: self.options,
            timing: self.timing,
            clock,
            datastores: DatastoreServiceClient::new(channel.clone()),
            sessions: SessionServiceClient::new(channel),
            keeper,
            ledger: Ledger::default(),
            returns,
            closing: watch::Sender::new(false),
            applied: Default::default(),
            tasks: Default::default(),
        });
        shared.spawn(Keeper::run(shared.clone()));
        shared.spawn(returns_task.run(shared.clone()));
        let (closed, is_closed) = watch::channel(None);
        tokio::spawn(end(shared.clone(), closed));
        Client {
            handle: Arc::new(Handle {
                shared,
                target: target.to_owned(),
                closed: is_closed,
            }),
        }
    }
}

/// Waits until the client is being closed, and closes it: when this is told, nothing is left in the background.
async fn end(shared: Arc<Shared>, closed: watch::Sender<Option<Result<(), Error>>>) {
    shared.closing().await;
    loop {
        let mut tasks = std::mem::take(&mut *shared.tasks.lock().unwrap());
        if tasks.is_empty() {
            break;
        }
        while tasks.join_next().await.is_some() {}
    }
    // The holders are told before the server: the other way round somebody could be let in beside one that goes on.
    for lease in shared.ledger.all() {
        lease.lose(Cause::Closed);
    }
    let result = Keeper::close(&shared).await;
    closed.send_replace(Some(result));
}

impl Client {
    /// Connects to a server (`127.0.0.1:7400`, `unix:/path`) and opens a session, within 10 seconds; see
    /// [`Client::builder`].
    pub async fn connect(target: impl AsRef<str>) -> Result<Client, Error> {
        Self::builder().connect(target).await
    }

    #[cfg(test)]
    pub(crate) fn shared(&self) -> &Shared {
        &self.handle.shared
    }

    /// Says how to connect.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Asks for a datastore's settings and mode. Nothing is counted.
    pub async fn lookup(&self, ask: impl Into<Ask>) -> Result<Answer, Error> {
        let shared = &self.handle.shared;
        let ask = ask.into();
        let timeout = ask.timeout_or(shared.timing.call_timeout);
        lookup::lookup(shared, ask.into_request(), timeout).await
    }

    /// Asks to read or write a datastore and keeps the lease until it is released, dropped or lost.
    ///
    /// The same ask is repeated with the same lease id while no answer comes, so it is counted once. If the time is over
    /// first, or the future is dropped, it is given back.
    pub async fn hold(&self, ask: impl Into<Ask>, operation: Operation) -> Result<Lease, Error> {
        let shared = &self.handle.shared;
        let ask = ask.into();
        let timeout = ask.timeout_or(shared.timing.call_timeout);
        lookup::hold(shared, ask.into_request(), operation, timeout).await
    }

    /// Begins to follow datastores. Never waits for the server.
    pub fn watch(&self, selection: Selection) -> Watch {
        Watch::begin(&self.handle.shared, selection)
    }

    /// The id of the present session. It changes when a session is lost.
    pub fn session_id(&self) -> String {
        self.handle.shared.keeper.id()
    }

    /// For how long the server keeps the session without a sign of life, as granted.
    pub fn ttl(&self) -> Duration {
        self.handle.shared.keeper.ttl()
    }

    /// Ends all watches, closes the session at the server and with it all leases, and returns when nothing is left in the
    /// background. Their holders are told.
    ///
    /// It waits for the server for 5 seconds at most. An error says that the server did not answer: then the session ends
    /// by itself after its ttl.
    pub async fn close(&self) -> Result<(), Error> {
        self.handle.shared.closing.send_replace(true);
        let mut closed = self.handle.closed.clone();
        match closed.wait_for(Option::is_some).await {
            Ok(result) => result.clone().expect("waited for"),
            Err(_) => Err(Error::Closed), // The runtime is shutting down.
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leases = self.handle.shared.ledger.all().len();
        write!(
            f,
            "datastored client of {}, session {}, leases: {leases}",
            self.handle.target,
            self.session_id()
        )
    }
}
