use crate::Error;
use crate::credentials::{CallCredentials, Line};
use crate::v1::datastore_service_client::DatastoreServiceClient;
use crate::v1::session_service_client::SessionServiceClient;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tonic::transport::Endpoint;

/// A server is one of those that share a history, with the connections to it.
pub(crate) struct Server {
    pub datastores: DatastoreServiceClient<Line>,
    /// These two have a connection of their own, for what keeps the session and its leases: thousands of calls in flight
    /// do not stand before a KeepAlive.
    pub sessions: SessionServiceClient<Line>,
    pub continuing: DatastoreServiceClient<Line>,
    left: watch::Sender<bool>,
}

impl Server {
    /// Ends when the client has gone on to another server.
    pub async fn left(&self) {
        // The sender is in here.
        let _ = self.left.subscribe().wait_for(|left| *left).await;
    }

    pub fn is_left(&self) -> bool {
        *self.left.borrow()
    }
}

/// Connectors are what makes connections: each is opened by its first call.
pub(crate) struct Connectors {
    pub endpoints: Vec<Endpoint>,
    pub credentials: CallCredentials,
    /// Of the program: it carries what is asked and watched.
    pub runtime: Handle,
}

impl Connectors {
    /// To be called in the runtime of the keeper, which carries what keeps the session.
    fn connect(&self, at: usize) -> Arc<Server> {
        let endpoint = &self.endpoints[at];
        let control = self.credentials.on(endpoint.connect_lazy());
        let data = {
            let _entered = self.runtime.enter();
            self.credentials.on(endpoint.connect_lazy())
        };
        Arc::new(Server {
            datastores: DatastoreServiceClient::new(data),
            sessions: SessionServiceClient::new(control.clone()),
            continuing: DatastoreServiceClient::new(control),
            left: watch::Sender::new(false),
        })
    }
}

/// Servers are the targets of a client: the servers that share one history. One of them is the present one; each client has
/// them in its own order, so that those of a server that stops spread over the others.
pub(crate) struct Servers {
    connectors: Connectors,
    place: Mutex<Place>,
}

struct Place {
    at: usize,
    present: Arc<Server>,
    /// How many were left, one after the other, since one has answered.
    passed: usize,
    /// How many of the last ones because no further attempt can help there.
    hopeless: usize,
}

impl Servers {
    /// To be called in the runtime of the keeper.
    pub fn new(mut connectors: Connectors) -> Self {
        fastrand::shuffle(&mut connectors.endpoints);
        let present = connectors.connect(0);
        Self {
            connectors,
            place: Mutex::new(Place {
                at: 0,
                present,
                passed: 0,
                hopeless: 0,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap()
    }

    pub fn are_several(&self) -> bool {
        self.connectors.endpoints.len() > 1
    }

    pub fn now(&self) -> Arc<Server> {
        self.lock().present.clone()
    }

    /// Makes the next one the present one, and leaves the one before it. True when all were left since one has answered: it
    /// is time for a pause. To be called in the runtime of the keeper.
    pub fn next(&self, no_help: bool) -> bool {
        let mut place = self.lock();
        place.hopeless = if no_help { place.hopeless + 1 } else { 0 };
        place.passed += 1;
        place.at = (place.at + 1) % self.connectors.endpoints.len();
        let next = self.connectors.connect(place.at);
        let before = std::mem::replace(&mut place.present, next);
        before.left.send_replace(true);
        place.passed.is_multiple_of(self.connectors.endpoints.len())
    }

    /// The present one has answered.
    pub fn reached(&self) {
        let mut place = self.lock();
        place.passed = 0;
        place.hopeless = 0;
    }

    /// Whether no further attempt can help, at no server.
    pub fn is_final(&self, error: &Error) -> bool {
        error.reason().is_some() || self.lock().hopeless + 1 >= self.connectors.endpoints.len()
    }
}
