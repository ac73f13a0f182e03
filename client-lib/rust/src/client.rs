use crate::clock::{Clock, SystemClock};
use crate::credentials::CallCredentials;
use crate::keeper::Keeper;
use crate::lease::Cause;
use crate::ledger::Ledger;
use crate::options::{Options, Timing};
use crate::returns::Returns;
use crate::servers::{Connectors, Servers};
use crate::shared::Shared;
use crate::{Answer, Ask, Error, Lease, Operation, Selection, Watch, lookup};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tonic::Status;
use tonic::metadata::MetadataMap;
use tonic::transport::Endpoint;

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
    credentials: CallCredentials,
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

    /// How long to wait for the session when connecting. Default: 10 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Encrypts, and shows the client's certificate if the configuration has one. Default: no TLS, which the server
    /// accepts on its own host only.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, config: tonic::transport::ClientTlsConfig) -> Self {
        self.tls = Some(config);
        self
    }

    /// Adds something to every call, such as a token. It is asked for again with each attempt, so one that has run out can
    /// be replaced at any time; it must not block. Needs TLS: in clear text anybody on the way could take it.
    pub fn call_credentials(
        mut self,
        add: impl Fn(&mut MetadataMap) -> Result<(), Status> + Send + Sync + 'static,
    ) -> Self {
        self.credentials = CallCredentials::new(add);
        self
    }

    fn is_secured(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.is_some();
        #[cfg(not(feature = "tls"))]
        false
    }

    #[cfg(test)]
    pub(crate) fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// Connects to a server (`127.0.0.1:7400`, `unix:/path`) and opens a session. To be called in a
    /// tokio runtime, which the background lives in.
    ///
    /// Where several servers share one history, target names them all (`10.0.0.1:7400,10.0.0.2:7400,10.0.0.3:7400`), in any
    /// order: one of them is used at a time, and the session, its leases and the watches go on at another one when it
    /// stops, cannot be reached, or can promise nothing.
    pub async fn connect(self, target: impl AsRef<str>) -> Result<Client, Error> {
        self.connect_by(Arc::new(SystemClock::new()), target.as_ref()).await
    }

    pub(crate) async fn connect_by(self, clock: Arc<dyn Clock>, target: &str) -> Result<Client, Error> {
        // Each is looked at now: a mistake in one is not to be found years later, when the others are down.
        let endpoints: Result<Vec<Endpoint>, Error> = target.split(',').map(|one| self.endpoint(one.trim())).collect();
        let client = self.start(clock, endpoints?, target)?;
        let shared = &client.handle.shared;
        let patience = shared.options.timeout.unwrap_or(shared.timing.call_timeout);
        match shared.within(patience, shared.keeper.usable(shared)).await {
            Ok(_) => Ok(client),
            Err(Error::TimedOut(_)) => Err(Error::TimedOut(shared.keeper.failure().map(Box::new))),
            Err(error) => Err(error),
        }
    }

    fn endpoint(&self, target: &str) -> Result<Endpoint, Error> {
        if !is_target(target) {
            return Err(Error::Target(format!("{target:?} (expected HOST:PORT or unix:/PATH)")));
        }
        if self.credentials.are_there() && !self.is_secured() {
            return Err(Error::Transport(Box::new(Status::failed_precondition(
                "call credentials need TLS: in clear text anybody on the way could take them",
            ))));
        }
        let scheme = if self.is_secured() { "https" } else { "http" };
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
    fn start(self, clock: Arc<dyn Clock>, endpoints: Vec<Endpoint>, target: &str) -> Result<Client, Error> {
        let secured = self.is_secured();
        let connectors = Connectors {
            endpoints,
            credentials: self.credentials,
            runtime: tokio::runtime::Handle::current(),
        };
        let (control_thread, servers) = ControlThread::new(connectors)?;
        let (returns, returns_task) = Returns::new();
        let keeper = Keeper::new(self.options.ttl);
        let shared = Arc::new(Shared {
            options: self.options,
            timing: self.timing,
            clock,
            secured,
            servers,
            keeper,
            ledger: Ledger::default(),
            returns,
            closing: watch::Sender::new(false),
            tasks: Default::default(),
        });
        shared.spawn(returns_task.run(shared.clone()));
        let (closed, is_closed) = watch::channel(None);
        control_thread.start(keep(shared.clone(), closed))?;
        Ok(Client {
            handle: Arc::new(Handle {
                shared,
                target: target.to_owned(),
                closed: is_closed,
            }),
        })
    }
}

/// A control thread is the one on which a session is kept, with a tokio runtime of its own: a program whose runtime
/// stands still, or has thousands of calls in flight, does not lose its leases by that.
struct ControlThread(tokio::runtime::Runtime);

impl ControlThread {
    /// With connections of its own; they are opened by the first call.
    fn new(connectors: Connectors) -> Result<(Self, Servers), Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::thread)?;
        let servers = {
            let _entered = runtime.enter();
            Servers::new(connectors)
        };
        Ok((Self(runtime), servers))
    }

    fn start(self, task: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
        std::thread::Builder::new()
            .name("datastored-keeper".to_owned())
            .spawn(move || self.0.block_on(task))
            .map(|_| ())
            .map_err(Error::thread)
    }
}

/// Keeps the session until the client is being closed, and closes it: when this is told, nothing is left in the
/// background.
async fn keep(shared: Arc<Shared>, closed: watch::Sender<Option<Result<(), Error>>>) {
    Keeper::run(shared.clone()).await;
    // The holders are told before the server: the other way round somebody could be let in beside one that goes on.
    for lease in shared.ledger.all() {
        lease.lose(Cause::Closed);
    }
    let result = Keeper::close(&shared).await;
    // A program's runtime that stands still ends them when it goes on.
    let _ = tokio::time::timeout(shared.timing.close_timeout, shared.ended()).await;
    closed.send_replace(Some(result));
}

/// Whether it may be the address of a server.
fn is_target(target: &str) -> bool {
    if let Some(path) = target.strip_prefix("unix:") {
        return !path.trim_matches('/').is_empty();
    }
    let target = target.rsplit_once("://").map_or(target, |(_, rest)| rest);
    let Some((host, port)) = target.rsplit_once(':') else {
        return false;
    };
    let bracketed = host.starts_with('[') && host.ends_with(']');
    let named = !host.is_empty() && !host.contains(|one: char| one.is_whitespace() || one == '/' || one == ':');
    (bracketed || named) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

impl Client {
    /// Connects to a server (`127.0.0.1:7400`, `unix:/path`) and opens a session, within 10 seconds; see
    /// [`Client::builder`].
    pub async fn connect(target: impl AsRef<str>) -> Result<Client, Error> {
        Self::builder().connect(target).await
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

#[cfg(test)]
impl Client {
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.handle.shared
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leases = self.handle.shared.ledger.size();
        write!(
            f,
            "datastored client of {}, session {}, leases: {leases}",
            self.handle.target,
            self.session_id()
        )
    }
}
