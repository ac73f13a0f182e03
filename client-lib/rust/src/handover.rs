use crate::keeper::{Keeper, Session, State, new_id};
use crate::promise::Promise;
use crate::servers::Server;
use crate::shared::Shared;
use crate::v1::CloseSessionRequest;
use std::sync::Arc;

/// A left session is one at a server that the client has left. It may still count what the client has.
pub(crate) struct Left {
    server: Arc<Server>,
    given: String,
    promise: Arc<Promise>,
}

impl Keeper {
    /// Is told by whoever finds that a server has no connection any more, or says that it stops.
    pub fn unreachable(&self, shared: &Shared, server: &Arc<Server>) {
        if shared.servers.are_several() && Arc::ptr_eq(server, &shared.servers.now()) {
            self.lock().unfit = Some(server.clone());
            self.wake.notify_one();
        }
    }

    /// Goes on at the next server. True when all were tried and it is time for a pause.
    ///
    /// From here on no answer of the server that is left extends anything, and nothing is granted before the next one has
    /// opened the session. What was promised before stays, by the clock.
    pub(crate) fn move_on(&self, shared: &Shared, no_help: bool) -> bool {
        let mut session = self.lock();
        let server = shared.servers.now();
        let round = shared.servers.next(no_help);
        if let (true, Some(promise)) = (session.opened, &session.promise) {
            let left = Left {
                server,
                given: session.given.clone(),
                promise: promise.clone(),
            };
            session.left.push(left);
        }
        session.opened = false;
        session.due = Default::default();
        if session.state == State::Open {
            self.become_state(&mut session, State::Forgotten);
        }
        round
    }

    /// Leaves the servers before the present one for good when nothing depends on them any more: make before break. Each
    /// other order is wrong.
    ///
    /// 1. The session is open at the present server.
    /// 2. Each lease is confirmed there. If the session were closed before: closed at server A | a drain finds the lease
    ///    counted neither at A nor at B | DRAINED | its holder still works, until its term of A is over by its own clock.
    /// 3. What A has promised ends here, and then the session is closed there. If a lease that A has granted were taken
    ///    over by its asker after that, it would be held and counted nowhere: so both are done under the lock.
    pub(crate) fn settle(&self, shared: &Arc<Shared>) {
        let mut session = self.lock();
        let Some(promise) = session.promise.clone() else { return };
        if session.left.is_empty() || session.state != State::Open {
            return;
        }
        let leases = shared.ledger.of(&session.id);
        if leases.iter().any(|lease| lease.must_continue(&promise).is_some()) {
            return;
        }
        for left in std::mem::take(&mut session.left) {
            left.promise.end();
            // A client that has come back to a server, or has found it at two addresses, has the same session there again.
            if left.given != session.given {
                // Never asked for again: a close that comes late would end the session of a client that has come back.
                session.asked = new_id();
                let shared = shared.clone();
                shared.clone().spawn(async move { left.close(&shared).await });
            }
        }
    }
}

impl Session {
    /// Gives up what was left: the session is over, and its holders are told.
    pub(crate) fn forget_left(&mut self) {
        for left in std::mem::take(&mut self.left) {
            left.promise.end();
        }
        self.opened = false;
    }
}

impl Left {
    /// Closes the session there. Sent once: if it does not arrive, it ends with its ttl.
    pub async fn close(self, shared: &Shared) {
        let request = CloseSessionRequest { session_id: self.given };
        let mut sessions = self.server.sessions.clone();
        let _ = shared
            .attempt(shared.timing.close_timeout, sessions.close_session(request))
            .await;
    }
}
