use crate::lease::Held;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A ledger is every lease that the server may count for this client: asked for, held, lost but not given back, and being
/// given back.
///
/// A lease is in it before its Lookup is sent and until its Release is answered. So what the server lists and the ledger
/// does not know is nobody's.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<HashMap<String, Arc<Held>>>);

impl Ledger {
    pub fn add(&self, lease: &Arc<Held>) {
        self.0.lock().unwrap().insert(lease.id.clone(), lease.clone());
    }

    pub fn remove(&self, id: &str) {
        self.0.lock().unwrap().remove(id);
    }

    pub fn find(&self, id: &str) -> Option<Arc<Held>> {
        self.0.lock().unwrap().get(id).cloned()
    }

    pub fn size(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// A copy of all leases of a session.
    pub fn of(&self, session: &str) -> Vec<Arc<Held>> {
        let leases = self.0.lock().unwrap();
        leases
            .values()
            .filter(|lease| lease.session == session)
            .cloned()
            .collect()
    }

    pub fn all(&self) -> Vec<Arc<Held>> {
        self.0.lock().unwrap().values().cloned().collect()
    }
}
