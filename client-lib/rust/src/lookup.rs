use crate::datastore::{Answer, Operation};
use crate::keeper::new_id;
use crate::lease::{Held, Lease};
use crate::shared::Shared;
use crate::v1::{self, LookupRequest, LookupResponse};
use crate::{Error, Reason};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The server waits for `at_least` for 10 s.
const LONGEST_WAIT: Duration = Duration::from_secs(12);

/// What a call met last, for the one who runs out of time.
type Last = Mutex<Option<Error>>;

/// Asks for settings and mode; nothing is counted.
pub(crate) async fn lookup(shared: &Shared, mut request: LookupRequest, timeout: Duration) -> Result<Answer, Error> {
    request.set_operation(v1::Operation::Lookup);
    let last = Last::default();
    let asked = shared.within(timeout, repeated(shared, &request, &last)).await;
    with_last(asked, &last).map(Answer::from)
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
    with_last(held, &last)
}

fn with_last<T>(result: Result<T, Error>, last: &Last) -> Result<T, Error> {
    match result {
        Err(Error::TimedOut(None)) => Err(Error::TimedOut(last.lock().unwrap().take().map(Box::new))),
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
    loop {
        let session = shared.keeper.usable().await;
        let held = Arc::new(Held::new(
            new_id(),
            session.id.clone(),
            request.datastore.clone(),
            operation,
        ));
        let asked = Asked::new(shared, &held);
        request.session_id = session.id.clone();
        request.lease_id = held.id.clone();
        // Until it is answered under this session: a lost answer is asked for again with the same id.
        match repeated(shared, &request, last).await {
            Ok(response) => {
                let token = response
                    .lease
                    .as_ref()
                    .map(|lease| lease.fencing_token)
                    .unwrap_or_default();
                if held.granted(token, &session.promise) {
                    asked.granted();
                    shared.keeper.granted(&session);
                    return Ok(Lease {
                        held,
                        shared: shared.clone(),
                        answer: response.into(),
                        token,
                    });
                }
                // Its time was over before the answer came: once more, under the next session.
            }
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

/// Repeats a Lookup until it is answered.
async fn repeated(shared: &Shared, request: &LookupRequest, last: &Last) -> Result<LookupResponse, Error> {
    let mut pause = shared.backoff();
    let mut patience = shared.attempt_timeout();
    if request.at_least.is_some() {
        patience = patience.max(LONGEST_WAIT);
    }
    loop {
        let mut datastores = shared.datastores.clone();
        match shared.attempt(patience, datastores.lookup(request.clone())).await {
            Ok(response) => return Ok(response),
            Err(error) if error.passes() => {
                let wait = pause.next(error.retry_after());
                *last.lock().unwrap() = Some(error);
                tokio::time::sleep(wait).await;
            }
            Err(error) => return Err(error),
        }
        // Longer each time: a server that is only slow gets its chance.
        patience *= 2;
    }
}
