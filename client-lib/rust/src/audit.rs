use crate::keeper::View;
use crate::lease::Held;
use crate::shared::Shared;
use crate::v1::ListLeasesRequest;
use crate::{Error, Operation};
use std::sync::Arc;

/// Bounds of how many leases the server can rightly count.
pub(crate) struct Bounds {
    pub most: usize,
    pub least: usize,
}

/// An audit compares what the server counts with the ledger. Confined to the keeper's task.
///
/// A difference that is told once may be a call on its way; twice in a row it is not.
#[derive(Default)]
pub(crate) struct Audit {
    more: u32,
    fewer: u32,
}

impl Audit {
    pub fn compare(&mut self, shared: &Arc<Shared>, view: &View, told: i64, bounds: Bounds) {
        let told = usize::try_from(told).unwrap_or_default();
        self.more = if told > bounds.most { self.more + 1 } else { 0 };
        self.fewer = if told < bounds.least { self.fewer + 1 } else { 0 };
        if self.more >= 2 {
            self.more = 0;
            shared.spawn(release_unknown(shared.clone(), view.clone()));
        }
        if self.fewer >= 2 {
            self.fewer = 0;
            for lease in shared.ledger.of(&view.id) {
                lease.doubt();
            }
        }
    }
}

/// Gives back what the server counts and nobody knows: a Lookup that was delayed until after its Release.
async fn release_unknown(shared: Arc<Shared>, session: View) {
    tokio::select! {
        // Failed: the count will be wrong the next two times too.
        _ = release_pages(&shared, &session) => {}
        () = shared.closing() => {}
    }
}

async fn release_pages(shared: &Shared, session: &View) -> Result<(), Error> {
    let mut page_token = String::new();
    loop {
        let request = ListLeasesRequest {
            session_id: session.given.clone(),
            page_token,
            ..Default::default()
        };
        let mut sessions = session.server.sessions.clone();
        let page = shared
            .attempt(shared.attempt_timeout(), sessions.list_leases(request))
            .await?;
        for id in page
            .leases
            .into_iter()
            .filter_map(|held| held.lease)
            .map(|lease| lease.lease_id)
        {
            if shared.ledger.find(&id).is_none() {
                let nobodys = Held::new(id, session.id.clone(), String::new(), Operation::Read, String::new());
                let _answered = shared.returns.give_back(Arc::new(nobodys));
            }
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(());
        }
    }
}
