//! A server that answers as a test tells it to.

use crate::clock::{Clock, SystemClock};
use crate::options::Timing;
use crate::v1::datastore_service_server::{DatastoreService, DatastoreServiceServer};
use crate::v1::session_service_server::{SessionService, SessionServiceServer};
use crate::v1::*;
use crate::{Client, ClientBuilder};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// What the fake does, to be changed by tests.
#[derive(Default)]
pub(crate) struct Behaviour {
    pub sessions: Vec<String>,
    /// By id: its token.
    pub leases: HashMap<String, i64>,
    /// What every Lookup of a lease is answered with; empty: as from a server too old to make one.
    pub continuation: &'static str,
    /// Of which answers are never sent: "Lookup", "continue" or "Release".
    pub silent: Vec<&'static str>,
    pub calls: Vec<String>,
    /// Of a session, in seconds; 0: one.
    pub ttl: i64,
    /// The last continuing Lookup.
    pub continued: Option<LookupRequest>,
    /// By method: where the last call came from.
    pub peers: HashMap<&'static str, Option<std::net::SocketAddr>>,
    /// Refuses a call by its metadata.
    pub check: Option<Check>,
    /// How often that has happened.
    pub refused: usize,
    /// What it puts behind the id of each session.
    pub life: String,
    /// Answers OpenSession when set.
    pub open_refusal: Option<Status>,
    /// Answers KeepAlive when set.
    pub renew_refusal: Option<Status>,
    /// Whether it takes up the leases of others, as servers of one history do.
    pub adopts: bool,
    /// What ends the watches that are open, as of a server that stops.
    pub stops: Option<Status>,
    /// How long a continuing Lookup or a Release takes, how many are in hand, and how many were at once.
    pub slow: Duration,
    pub in_hand: usize,
    /// Connections that are open already are not served either.
    pub is_away: bool,
    pub is_dead: bool,
    pub at_once: usize,
    /// What each watch sends, then it stays open or ends as told.
    pub watch: Vec<WatchGenerationResponse>,
    pub watch_end: Option<Status>,
}

type Check = Box<dyn Fn(&tonic::metadata::MetadataMap) -> Result<(), Status> + Send>;

#[derive(Clone)]
pub(crate) struct FakeServer {
    behaviour: Arc<Mutex<Behaviour>>,
    away: Arc<tokio::sync::watch::Sender<bool>>,
    pub target: String,
}

impl FakeServer {
    /// Serves until the test's runtime ends.
    pub async fn start() -> Self {
        Self::serve(Server::builder()).await
    }

    /// By TLS.
    #[cfg(feature = "tls")]
    pub async fn start_by(tls: tonic::transport::ServerTlsConfig) -> Self {
        Self::serve(Server::builder().tls_config(tls).unwrap()).await
    }

    async fn serve(mut server: Server) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self {
            behaviour: Arc::default(),
            away: Arc::new(tokio::sync::watch::Sender::new(false)),
            target: listener.local_addr().unwrap().to_string(),
        };
        let mut away = fake.away.subscribe();
        let serving = server
            .add_service(DatastoreServiceServer::with_interceptor(fake.clone(), fake.checking()))
            .add_service(SessionServiceServer::with_interceptor(fake.clone(), fake.checking()))
            .serve_with_incoming(TcpIncoming::from(listener));
        tokio::spawn(async move {
            tokio::select! {
                _ = serving => {}
                _ = away.changed() => {}
            }
        });
        fake
    }

    fn checking(&self) -> impl FnMut(Request<()>) -> Result<Request<()>, Status> + Clone + use<> {
        let fake = self.clone();
        move |request| {
            fake.with(|it| match &it.check {
                Some(check) => check(request.metadata()).inspect_err(|_| it.refused += 1),
                None => Ok(()),
            })?;
            Ok(request)
        }
    }

    /// From now on nobody is there.
    pub fn away(&self) {
        self.away.send_replace(true);
        self.with(|it| it.is_away = true);
    }

    /// Changes how it behaves from now on, or looks.
    pub fn with<T>(&self, change: impl FnOnce(&mut Behaviour) -> T) -> T {
        change(&mut self.behaviour.lock().unwrap())
    }

    pub fn called(&self, call: &str) -> usize {
        self.with(|it| it.calls.iter().filter(|one| *one == call).count())
    }

    /// Away, and nothing is answered on connections that are open already.
    pub fn die(&self) {
        self.away();
        self.with(|it| it.is_dead = true);
    }

    fn is_there(&self) -> Result<(), Status> {
        self.with(|it| match it.is_dead {
            true => Err(Status::unavailable("dead")),
            false => Ok(()),
        })
    }

    /// A call that is in hand for as long as the test wants.
    async fn takes_time(&self) {
        let slow = self.with(|it| {
            it.in_hand += 1;
            it.at_once = it.at_once.max(it.in_hand);
            it.slow
        });
        tokio::time::sleep(slow).await;
        self.with(|it| it.in_hand -= 1);
    }

    pub async fn dial(&self) -> Client {
        self.dial_by(Client::builder(), Arc::new(SystemClock::new())).await
    }

    pub async fn dial_by(&self, builder: ClientBuilder, clock: Arc<dyn Clock>) -> Client {
        builder
            .timing(short_timing())
            .connect_by(clock, &self.target)
            .await
            .unwrap()
    }

    /// A client of several.
    pub async fn dial_all(targets: &str) -> Client {
        Client::builder()
            .timing(short_timing())
            .ttl(Duration::from_secs(3))
            .connect(targets)
            .await
            .unwrap()
    }
}

/// Makes tests quick; ttls of a second are the shortest.
fn short_timing() -> Timing {
    Timing {
        first_pause: Duration::from_millis(10),
        longest_pause: Duration::from_millis(50),
        good_stream: Duration::from_secs(3600),
        shortest_interval: Duration::from_millis(20),
        shortest_attempt: Duration::from_millis(100),
        release_timeout: Duration::from_millis(300),
        ..Timing::default()
    }
}

/// Waits until a condition holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(Duration::from_secs(20), wait).await.is_err() {
        panic!("waited for 20 s: {what}");
    }
}

pub(crate) fn refusal(code: Code, reason: &str, metadata: &[(&str, &str)]) -> Status {
    let metadata = metadata
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let details = ErrorDetails::with_error_info(reason, "datastored", metadata.collect::<HashMap<_, _>>());
    Status::with_error_details(code, "refused by the fake", details)
}

fn unknown_session() -> Status {
    refusal(Code::NotFound, "SESSION_NOT_FOUND", &[("recovering", "true")])
}

fn ttl(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration {
        seconds: seconds.max(1),
        nanos: 0,
    })
}

/// A stream that ends when its sender is dropped.
pub(crate) struct Sent(mpsc::UnboundedReceiver<Result<WatchGenerationResponse, Status>>);

impl futures_core::Stream for Sent {
    type Item = Result<WatchGenerationResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

#[tonic::async_trait]
impl DatastoreService for FakeServer {
    type WatchGenerationStream = Sent;

    async fn lookup(&self, request: Request<LookupRequest>) -> Result<Response<LookupResponse>, Status> {
        self.is_there()?;
        let from = request.remote_addr();
        let request = request.into_inner();
        let kind = if request.held_fencing_token == 0 {
            "Lookup"
        } else {
            self.takes_time().await;
            "continue"
        };
        let silent = self.with(|it| {
            it.peers.insert(kind, from);
            if kind == "continue" {
                it.continued = Some(request.clone());
            }
            it.calls.push(format!("{kind} {}", request.lease_id));
            it.silent.contains(&kind)
        });
        if silent {
            std::future::pending::<()>().await;
        }
        self.with(|it| {
            let session = &request.session_id;
            if !session.is_empty() && !it.sessions.contains(session) {
                return Err(unknown_session());
            }
            if kind == "continue" && it.adopts {
                it.leases.insert(request.lease_id.clone(), request.held_fencing_token);
            }
            if kind == "continue" && !it.leases.contains_key(&request.lease_id) {
                return Err(refusal(Code::Aborted, "LEASE_ENDED", &[]));
            }
            let next = i64::try_from(it.calls.len()).unwrap();
            if request.operation() == Operation::Lookup {
                return Ok(Response::new(LookupResponse::default()));
            }
            let token = *it.leases.entry(request.lease_id.clone()).or_insert(next);
            Ok(Response::new(LookupResponse {
                datastore: Some(Datastore {
                    name: request.datastore.clone(),
                    ..Default::default()
                }),
                lease: Some(Lease {
                    fencing_token: token,
                    continuation: it.continuation.to_owned(),
                    ..Default::default()
                }),
                ..Default::default()
            }))
        })
    }

    async fn release(&self, request: Request<ReleaseRequest>) -> Result<Response<ReleaseResponse>, Status> {
        let id = request.into_inner().lease_id;
        self.takes_time().await;
        let silent = self.with(|it| {
            it.calls.push(format!("Release {id}"));
            it.silent.contains(&"Release")
        });
        if silent {
            std::future::pending::<()>().await;
        }
        self.with(|it| it.leases.remove(&id));
        Ok(Response::new(Default::default()))
    }

    async fn status(&self, _: Request<StatusRequest>) -> Result<Response<StatusResponse>, Status> {
        Err(Status::unimplemented("not asked by this library"))
    }

    async fn watch_generation(&self, request: Request<WatchGenerationRequest>) -> Result<Response<Sent>, Status> {
        let known = request
            .into_inner()
            .known
            .map(|known| known.generation)
            .unwrap_or_default();
        let (sender, receiver) = mpsc::unbounded_channel();
        self.with(|it| {
            it.calls.push(format!("WatchGeneration {known}"));
            for message in &it.watch {
                sender.send(Ok(message.clone())).unwrap();
            }
            match &it.watch_end {
                Some(end) => sender.send(Err(end.clone())).unwrap(),
                None => {
                    let fake = self.clone();
                    tokio::spawn(async move {
                        while !sender.is_closed() {
                            tokio::time::sleep(Duration::from_millis(5)).await;
                            let end = fake.is_there().err().or_else(|| fake.with(|it| it.stops.clone()));
                            if let Some(end) = end {
                                let _ = sender.send(Err(end));
                                return;
                            }
                        }
                    });
                }
            }
        });
        Ok(Response::new(Sent(receiver)))
    }
}

#[tonic::async_trait]
impl SessionService for FakeServer {
    async fn open_session(
        &self,
        request: Request<OpenSessionRequest>,
    ) -> Result<Response<OpenSessionResponse>, Status> {
        self.is_there()?;
        let asked = request.into_inner().session_id;
        let session_id = self.with(|it| {
            it.calls.push(format!("OpenSession {asked}"));
            if let Some(refusal) = &it.open_refusal {
                it.calls.push("refused OpenSession".to_owned());
                return Err(refusal.clone());
            }
            let given = format!("{asked}{}", it.life);
            it.sessions.push(given.clone());
            Ok(given)
        })?;
        Ok(Response::new(OpenSessionResponse {
            session_id,
            ttl: ttl(self.with(|it| it.ttl)),
            ..Default::default()
        }))
    }

    async fn keep_alive(&self, request: Request<KeepAliveRequest>) -> Result<Response<KeepAliveResponse>, Status> {
        let from = request.remote_addr();
        let id = request.into_inner().session_id;
        if self.with(|it| {
            it.calls.push("KeepAlive".to_owned());
            it.silent.contains(&"KeepAlive")
        }) {
            std::future::pending::<()>().await;
        }
        self.with(|it| {
            if it.is_away {
                return Err(Status::unavailable("away"));
            }
            if let Some(refusal) = &it.renew_refusal {
                return Err(refusal.clone());
            }
            it.peers.insert("KeepAlive", from);
            if !it.sessions.contains(&id) {
                return Err(unknown_session());
            }
            Ok(Response::new(KeepAliveResponse {
                ttl: ttl(it.ttl),
                leases: i64::try_from(it.leases.len()).unwrap(),
                ..Default::default()
            }))
        })
    }

    async fn close_session(
        &self,
        request: Request<CloseSessionRequest>,
    ) -> Result<Response<CloseSessionResponse>, Status> {
        let id = request.into_inner().session_id;
        self.is_there()?;
        self.with(|it| {
            it.calls.push(format!("CloseSession {id}"));
            if it.sessions.contains(&id) {
                it.leases.clear();
            }
            it.sessions.retain(|session| *session != id);
        });
        Ok(Response::new(Default::default()))
    }

    async fn list_sessions(&self, _: Request<ListSessionsRequest>) -> Result<Response<ListSessionsResponse>, Status> {
        Err(Status::unimplemented("not asked by this library"))
    }

    async fn list_leases(&self, _: Request<ListLeasesRequest>) -> Result<Response<ListLeasesResponse>, Status> {
        let held = |id: &String| HeldLease {
            lease: Some(Lease {
                lease_id: id.clone(),
                ..Default::default()
            }),
            ..Default::default()
        };
        Ok(Response::new(ListLeasesResponse {
            leases: self.with(|it| it.leases.keys().map(held).collect()),
            ..Default::default()
        }))
    }
}

/// A way to a server that can stand still, as a server does that is stopped.
pub(crate) struct Still {
    pub target: String,
    stands: tokio::sync::watch::Sender<bool>,
}

impl Still {
    pub async fn start(target: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let way = Self {
            target: listener.local_addr().unwrap().to_string(),
            stands: tokio::sync::watch::Sender::new(false),
        };
        let (target, stands) = (target.to_owned(), way.stands.subscribe());
        tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                let Ok(there) = tokio::net::TcpStream::connect(&target).await else {
                    continue;
                };
                let ((from_here, to_here), (from_there, to_there)) = (here.into_split(), there.into_split());
                tokio::spawn(copy(from_here, to_there, stands.clone()));
                tokio::spawn(copy(from_there, to_here, stands.clone()));
            }
        });
        way
    }

    pub fn stand(&self, still: bool) {
        self.stands.send_replace(still);
    }
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut stands: tokio::sync::watch::Receiver<bool>,
) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut bytes = vec![0; 65536];
    while let Ok(count) = from.read(&mut bytes).await {
        let _ = stands.wait_for(|still| !still).await;
        if count == 0 || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
