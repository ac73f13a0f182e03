use crate::keeper::View;
use crate::lease::{Cause, Grant, Held};
use crate::shared::Shared;
use crate::v1::{self, LookupRequest};
use crate::{Error, Reason};
use std::sync::Arc;
use tokio::task::JoinSet;

/// How many leases are asked to be continued at a time.
const AT_A_TIME: usize = 32;

/// Asks a restarted server to take the leases up that it does not count yet.
pub(crate) async fn continue_leases(shared: &Arc<Shared>, view: &View) -> Result<(), Error> {
    let mut asked = JoinSet::new();
    let mut result = Ok(());
    for lease in shared.ledger.of(&view.id) {
        let Some(grant) = lease.must_continue(&view.promise) else {
            continue;
        };
        if asked.len() >= AT_A_TIME {
            result = worse(result, asked.join_next().await);
        }
        asked.spawn(continue_lease(shared.clone(), view.clone(), lease, grant));
    }
    while !asked.is_empty() {
        result = worse(result, asked.join_next().await);
    }
    result
}

fn worse(
    before: Result<(), Error>,
    one: Option<Result<Result<(), Error>, tokio::task::JoinError>>,
) -> Result<(), Error> {
    before.and(one.and_then(Result::ok).unwrap_or(Ok(())))
}

async fn continue_lease(shared: Arc<Shared>, view: View, lease: Arc<Held>, grant: Grant) -> Result<(), Error> {
    let request = LookupRequest {
        datastore: lease.datastore.clone(),
        operation: v1::Operation::from(lease.operation).into(),
        session_id: view.given.clone(),
        lease_id: lease.id.clone(),
        held_fencing_token: grant.token,
        continuation: grant.continuation,
        held_for: shared.clock.now().monotonic.saturating_sub(grant.since).try_into().ok(),
        purpose: lease.purpose.clone(),
        ..Default::default()
    };
    let mut datastores = view.server.continuing.clone();
    match shared
        .attempt(shared.attempt_timeout(), datastores.lookup(request))
        .await
    {
        Ok(response) => {
            lease.continued(&view.promise, response.lease.unwrap_or_default());
            Ok(())
        }
        Err(error) if error.is(Reason::SESSION_NOT_FOUND) => {
            shared.keeper.suspect(&shared, &view, &error);
            Err(error)
        }
        Err(error) if error.reason().is_some() && !shared.keeper.passes(&error) => {
            lease.lose(Cause::NotContinued);
            Ok(())
        }
        Err(error) => Err(error),
    }
}
