use crate::datastore::{Answer, Operation};
use crate::keeper::new_id;
use crate::lease::{Grant, Held, Lease};
use crate::servers::Server;
use crate::shared::Shared;
use crate::v1::{self, LookupRequest, LookupResponse};
use crate::{Error, Reason};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a call met last, for the one who runs out of time.
type Last = Mutex<Option<Error>>;

/// Asks for settings and mode; nothing is counted.
pub(crate) async fn lookup(shared: &Shared, mut request: LookupRequest, timeout: Duration) -> Result<Answer, Error> {
    request.set_operation(v1::Operation::Lookup);
    let last = Last::default();
    let asked = shared.within(timeout, repeated(shared, None, &request, &last)).await;
    with_last(shared, asked, &last).map(Answer::from)
}

/// Asks for a lease and keeps it.
pub(crate) async fn hold(
    shared: &Arc<Shared>,
    mut request: LookupRequest,
    operation: Operation,
    timeout: Duration,
) -> Result<Lease, Error> {
    request.set_operation(operation.into());
    let last = Last::default();
    let held = shared.within(timeout, granted(shared, request, operation, &last)).await;
    with_last(shared, held, &last)
}

/// The end of a call's time, with what stood in the way before: of the call, or of the session that it waited for.
fn with_last<T>(shared: &Shared, result: Result<T, Error>, last: &Last) -> Result<T, Error> {
    match result {
        Err(Error::TimedOut(None)) => {
            let cause = last.lock().unwrap().take().or_else(|| shared.keeper.failure());
            Err(Error::TimedOut(cause.map(Box::new)))
        }
        other => other,
    }
}

/// An asked lease is one whose Lookup is on its way. Dropped in that state, whatever the reason, it is given back: the
/// server may count it.
struct Asked<'a> {
    shared: &'a Shared,
    held: Option<Arc<Held>>,
}

impl Asked<'_> {
    fn new<'a>(shared: &'a Shared, held: &Arc<Held>) -> Asked<'a> {
        // Known before it is asked for: see Ledger.
        shared.ledger.add(held);
        Asked {
            shared,
            held: Some(held.clone()),
        }
    }

    /// It is a lease now.
    fn granted(mut self) {
        self.held = None;
    }

    /// It was never granted.
    fn refused(mut self) {
        if let Some(held) = self.held.take() {
            self.shared.ledger.remove(&held.id);
        }
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            let _answered = self.shared.returns.give_back(held);
        }
    }
}

async fn granted(
    shared: &Arc<Shared>,
    mut request: LookupRequest,
    operation: Operation,
    last: &Last,
) -> Result<Lease, Error> {
    let mut pause = shared.backoff();
    // Of the ask at a server that was left meanwhile.
    let mut before: Option<(Arc<Held>, Asked<'_>)> = None;
    loop {
        let session = shared.keeper.usable(shared).await?;
        // Of a session that was lost meanwhile nothing can be had any more.
        let (held, asked) = before
            .take_if(|(held, _)| held.session == session.id)
            .unwrap_or_else(|| {
                let held = Arc::new(Held::new(
                    new_id(),
                    session.id.clone(),
                    request.datastore.clone(),
                    operation,
                    request.purpose.clone(),
                ));
                let asked = Asked::new(shared, &held);
                (held, asked)
            });
        before = None;
        request.session_id = session.given.clone();
        request.lease_id = held.id.clone();
        // Until it is answered under this session: a lost answer is asked for again with the same id.
        // A lease is granted under the session of the server that is asked.
        match repeated(shared, Some(&session.server), &request, last).await {
            Ok(response) => {
                let told = response.lease.clone().unwrap_or_default();
                let token = told.fencing_token;
                let grant = Grant {
                    token,
                    continuation: told.continuation,
                    since: shared.clock.now().monotonic,
                };
                if shared.keeper.granted(&session, &held, grant) {
                    asked.granted();
                    return Ok(Lease {
                        held,
                        shared: shared.clone(),
                        answer: response.into(),
                        token,
                    });
                }
                // Its time was over before the answer came: once more, under the next session.
            }
            // The same ask at the next server, with the same lease id.
            Err(_) if session.server.is_left() => before = Some((held, asked)),
            Err(error) if error.is(Reason::SESSION_NOT_FOUND) => {
                shared.keeper.suspect(shared, &session, &error);
                *last.lock().unwrap() = Some(error);
                tokio::time::sleep(pause.next(None)).await;
            }
            Err(error) => {
                // After an answer that was lost, or of a lease that the server has ended, it must be given back.
                let uncertain = last.lock().unwrap().is_some() || error.is(Reason::LEASE_ENDED);
                if error.reason().is_some() && !uncertain {
                    asked.refused();
                }
                return Err(error);
            }
        }
    }
}

/// Repeats a Lookup until it is answered. One that is only slow is not sent again: its answer is late, not lost.
async fn repeated(
    shared: &Shared,
    bound: Option<&Arc<Server>>,
    request: &LookupRequest,
    last: &Last,
) -> Result<LookupResponse, Error> {
    let met = |error: &Error| *last.lock().unwrap() = Some(error.clone());
    shared
        .insist(bound, met, |server| {
            let mut datastores = server.datastores.clone();
            let request = request.clone();
            async move { datastores.lookup(request).await }
        })
        .await
}
