use crate::Error;
use crate::lease::Held;
use crate::shared::Shared;
use crate::v1::ReleaseRequest;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

type Open = (Arc<Held>, oneshot::Sender<Result<(), Error>>);

/// Returns are the leases whose Release the server has not answered yet.
///
/// A Release that is lost would leave a lease that a drain waits for until the session ends: so each is repeated until it
/// is answered or the client is closed, which ends the session.
pub(crate) struct Returns(mpsc::UnboundedSender<Open>);

/// The other end, for the task that does it.
pub(crate) struct ReturnsTask(mpsc::UnboundedReceiver<Open>);

impl Returns {
    pub fn new() -> (Self, ReturnsTask) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), ReturnsTask(receiver))
    }

    /// Gives a lease back, from now on and whether the future is awaited or not.
    pub fn give_back(&self, lease: Arc<Held>) -> impl Future<Output = Result<(), Error>> + use<> {
        let (answer, answered) = oneshot::channel();
        // After the client is closed there is nobody to hear it, and nothing to give back.
        let _ = self.0.send((lease, answer));
        async { answered.await.unwrap_or(Err(Error::Closed)) }
    }
}

impl ReturnsTask {
    pub async fn run(mut self, shared: Arc<Shared>) {
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                next = self.0.recv() => match next {
                    Some((lease, answer)) => {
                        open.spawn(give_back(shared.clone(), lease, answer));
                    }
                    None => return,
                },
                Some(_) = open.join_next() => {}
                () = shared.closing() => return,
            }
        }
    }
}

/// Any answer is an answer, a refusal that does not pass too.
async fn give_back(shared: Arc<Shared>, lease: Arc<Held>, answer: oneshot::Sender<Result<(), Error>>) {
    let request = ReleaseRequest {
        lease_id: lease.id.clone(),
    };
    let result = loop {
        let told = shared.insist(
            None,
            |_| {},
            |server| {
                let mut datastores = server.datastores.clone();
                let request = request.clone();
                async move { datastores.release(request).await }
            },
        );
        if let Ok(result) = tokio::time::timeout(shared.timing.release_timeout, told).await {
            break result.map(|_| ());
        }
    };
    shared.ledger.remove(&lease.id);
    let _ = answer.send(result);
}
