use crate::backoff::Backoff;
use crate::handover::Left;
use crate::lease::{Cause, Grant, Held};
use crate::promise::Promise;
use crate::servers::Server;
use crate::shared::Shared;
use crate::v1::{CloseSessionRequest, KeepAliveRequest, OpenSessionRequest};
use crate::{Error, Reason, audit, continuation};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// How often the clocks are looked at while nothing is due. Timers stand still in suspend, like the monotonic clock, so
/// the first look after it must come soon.
const CLOCK_LOOK: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum State {
    /// Nobody has opened it yet, under this id.
    New,
    /// The server keeps it.
    Open,
    /// The server was restarted: it must be opened again under the same id.
    Forgotten,
}

/// A session as a call found it. Immutable.
#[derive(Clone)]
pub(crate) struct View {
    pub id: String,
    /// What the server has made of the id: where several servers share one history, each puts its life behind it. All
    /// calls but OpenSession use it.
    pub given: String,
    pub server: Arc<Server>,
    pub promise: Arc<Promise>,
}

/// A keeper keeps the client's session alive: one task sends what keeps it, everything else only looks or wakes it.
///
/// All that renews goes through that one task, one request after the other. So no KeepAlive is on its way while a session
/// is opened again, and an answer of a server that knows the session but not yet its leases can be told from one that
/// counts them.
pub(crate) struct Keeper {
    session: Mutex<Session>,
    changed: watch::Sender<u64>,
    pub(crate) wake: Notify,
    /// How often the server was found again after there was no answer.
    pub regained: watch::Sender<u64>,
    /// Whether the server has accepted the credentials of this client before.
    accepted: AtomicBool,
}

pub(crate) struct Session {
    pub(crate) state: State,
    pub(crate) id: String,
    /// What the next OpenSession asks for: the same at each server, until one was told to close it.
    pub(crate) asked: String,
    pub(crate) given: String,
    ttl: Duration,
    pub(crate) promise: Option<Arc<Promise>>,
    /// By the monotonic clock.
    pub(crate) due: Duration,
    /// What stands in the way of keeping it.
    failure: Option<Error>,
    /// Whether no further attempt can help, at no server.
    is_final: bool,
    /// Whether the present server has answered an opening of it.
    pub(crate) opened: bool,
    /// At servers that were left.
    pub(crate) left: Vec<Left>,
    /// A server that somebody has found without a connection.
    pub(crate) unfit: Option<Arc<Server>>,
}

/// What was not answered.
#[derive(Clone, Copy, PartialEq)]
enum Late {
    Session,
    Lease,
}

/// What only the keeper's task knows.
struct Task {
    shared: Arc<Shared>,
    pause: Backoff,
    audit: audit::Audit,
}

impl Keeper {
    pub fn new(ttl: Duration) -> Self {
        let id = new_id();
        Self {
            session: Mutex::new(Session {
                state: State::New,
                asked: id.clone(),
                id,
                given: String::new(),
                ttl,
                promise: None,
                due: Duration::ZERO,
                failure: None,
                is_final: false,
                opened: false,
                left: Vec::new(),
                unfit: None,
            }),
            changed: watch::Sender::new(0),
            wake: Notify::new(),
            regained: watch::Sender::new(0),
            accepted: AtomicBool::new(false),
        }
    }

    /// Whether the same call may be answered better a little later. Credentials that the server has accepted before, and
    /// does not accept any more, have run out: there may be fresh ones for the next attempt.
    pub fn passes(&self, error: &Error) -> bool {
        error.passes() || (error.is_unauthenticated() && self.accepted.load(Ordering::Relaxed))
    }

    pub fn id(&self) -> String {
        let session = self.lock();
        if session.given.is_empty() {
            session.id.clone()
        } else {
            session.given.clone()
        }
    }

    pub fn ttl(&self) -> Duration {
        self.lock().ttl
    }

    /// Waits until a session is open, or cannot be opened for a reason that does not pass.
    pub async fn usable(&self, shared: &Shared) -> Result<View, Error> {
        let mut changed = self.changed.subscribe();
        loop {
            changed.borrow_and_update();
            {
                let session = self.lock();
                if let Some(view) = session.view_if_live(shared) {
                    return Ok(view);
                }
                if let Some(failure) = session.failure.as_ref().filter(|_| session.is_final) {
                    return Err(failure.clone());
                }
                if session.state == State::Open {
                    self.wake.notify_one(); // It is over, and the keeper may not have looked yet.
                }
            }
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until a session is open, whatever stands in the way.
    pub async fn usable_at_last(&self, shared: &Shared) -> View {
        let mut changed = self.changed.subscribe();
        loop {
            changed.borrow_and_update();
            if let Ok(view) = self.usable(shared).await {
                return view;
            }
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// What stands in the way of keeping the session.
    pub fn failure(&self) -> Option<Error> {
        self.lock().failure.clone()
    }

    /// Keeps what stands in the way, for those who wait. That an attempt's time is over says less than what was met
    /// before.
    fn note(&self, shared: &Shared, session: &mut Session, result: &Result<(), Error>) {
        match result {
            // That it is gone is an answer too: it is opened next.
            Err(error) if error.is(Reason::SESSION_NOT_FOUND) => {
                session.failure = None;
                session.is_final = false;
            }
            Ok(()) => {
                session.is_final = false;
                if session.failure.take().is_some() {
                    self.regained.send_modify(|count| *count += 1);
                }
            }
            Err(Error::TimedOut(None)) if session.failure.is_some() => {}
            Err(error) => {
                session.failure = Some(error.clone());
                session.is_final = !self.passes(error) && shared.servers.is_final(error);
                self.changed.send_modify(|count| *count += 1);
            }
        }
    }

    /// Is told by a call that found the session unknown to the server.
    pub fn suspect(&self, shared: &Shared, view: &View, refused: &Error) {
        let mut session = self.lock();
        // Of a later start, or another session, that refusal says nothing.
        let same = session
            .promise
            .as_ref()
            .is_some_and(|promise| Arc::ptr_eq(promise, &view.promise));
        if session.state == State::Open && same {
            self.unknown(shared, &mut session, refused);
        }
        self.wake.notify_one();
    }

    /// Takes a lease that was granted under a session into its holder's hands; false when its time is over, or the server
    /// was left for good. If the session was opened again while the answer was on its way, the start or the server that
    /// answers now may not count the lease: it is asked at once.
    pub fn granted(&self, view: &View, held: &Held, grant: Grant) -> bool {
        let mut session = self.lock();
        if !held.granted(grant, &view.promise) {
            return false;
        }
        let same = session
            .promise
            .as_ref()
            .is_some_and(|promise| Arc::ptr_eq(promise, &view.promise));
        if !same {
            session.due = Duration::ZERO;
            self.wake.notify_one();
        }
        true
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap()
    }

    pub(crate) fn become_state(&self, session: &mut Session, state: State) {
        session.state = state;
        session.due = Duration::ZERO;
        self.changed.send_modify(|count| *count += 1);
    }

    /// The server's word that it does not know the session.
    fn unknown(&self, shared: &Shared, session: &mut Session, refused: &Error) {
        // A promise that is over cannot be taken up again: somebody may have been let in.
        if refused.is_recovering() && session.is_promised() {
            self.become_state(session, State::Forgotten);
        } else {
            self.lose(shared, session, Cause::SessionEnded);
        }
    }

    /// Gives the session up: its holders are told, and the next one has an id of its own.
    fn lose(&self, shared: &Shared, session: &mut Session, cause: Cause) {
        if let Some(promise) = &session.promise {
            promise.end();
        }
        for lease in shared.ledger.of(&session.id) {
            lease.lose(cause);
            // Whoever asks how many leases there are means those of the next session.
            shared.ledger.remove(&lease.id);
        }
        session.forget_left();
        session.id = new_id();
        session.asked = session.id.clone();
        session.given = session.id.clone();
        self.become_state(session, State::New);
    }

    /// Tells the holders of what is over by the client's own clock.
    fn expire(&self, shared: &Shared) {
        let mut session = self.lock();
        if session.state != State::New && !session.is_promised() {
            self.lose(shared, &mut session, Cause::Expired);
        }
        for lease in shared.ledger.all() {
            // Looking is enough. One may be over while its session is not: what a restarted server has not taken up yet
            // has only the promise of the start before.
            lease.alive();
        }
    }

    /// Keeps the session until the client is closed, and then closes it.
    pub async fn run(shared: Arc<Shared>) {
        let mut task = Task {
            // A server that is back is found within a second: its leases have the rest of their term only.
            pause: Backoff::new(
                shared.timing.first_pause,
                shared.timing.longest_pause.min(Duration::from_secs(1)),
            ),
            audit: audit::Audit::default(),
            shared: shared.clone(),
        };
        tokio::select! {
            () = task.keep() => {}
            () = shared.closing() => {}
        }
    }

    /// Closes the session at the server.
    pub async fn close(shared: &Arc<Shared>) -> Result<(), Error> {
        let (request, left) = {
            let mut session = shared.keeper.lock();
            if session.promise.is_none() {
                return Ok(());
            }
            let request = CloseSessionRequest {
                session_id: session.given.clone(),
            };
            (request, std::mem::take(&mut session.left))
        };
        let mut closing = JoinSet::new();
        for one in left {
            let shared = shared.clone();
            closing.spawn(async move { one.close(&shared).await });
        }
        let mut pause = shared.backoff();
        let last = Mutex::new(None);
        let attempts = async {
            loop {
                let mut sessions = shared.servers.now().sessions.clone();
                let call = sessions.close_session(request.clone());
                match shared.attempt(shared.attempt_timeout(), call).await {
                    Ok(_) => return Ok(()),
                    Err(error) if shared.keeper.passes(&error) => {
                        let wait = pause.next(error.retry_after());
                        *last.lock().unwrap() = Some(error);
                        tokio::time::sleep(wait).await;
                    }
                    Err(error) => return Err(error),
                }
            }
        };
        let result = tokio::time::timeout(shared.timing.close_timeout, attempts).await;
        closing.join_all().await;
        result.unwrap_or_else(|_| Err(Error::TimedOut(last.lock().unwrap().take().map(Box::new))))
    }
}

impl Session {
    fn is_promised(&self) -> bool {
        self.promise.as_ref().is_some_and(|promise| promise.is_live())
    }

    fn view_if_live(&self, shared: &Shared) -> Option<View> {
        (self.state == State::Open && self.is_promised())
            .then(|| self.view(shared))
            .flatten()
    }

    fn view(&self, shared: &Shared) -> Option<View> {
        Some(View {
            id: self.id.clone(),
            given: self.given.clone(),
            server: shared.servers.now(),
            promise: self.promise.clone()?,
        })
    }
}

impl Task {
    async fn keep(&mut self) {
        loop {
            let wait = self.step().await.min(CLOCK_LOOK);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.shared.keeper.wake.notified() => {}
            }
        }
    }

    fn now(&self) -> Duration {
        self.shared.clock.now().monotonic
    }

    /// Does what is due, and tells when to look again.
    async fn step(&mut self) -> Duration {
        let shared = self.shared.clone();
        let keeper = &shared.keeper;
        keeper.expire(&shared);
        let (state, view, due, unfit) = {
            let mut session = keeper.lock();
            let here = shared.servers.now();
            let unfit = session.unfit.take().is_some_and(|one| Arc::ptr_eq(&one, &here));
            (session.state, session.view(&shared), session.due, unfit)
        };
        if unfit && state == State::Open {
            keeper.move_on(&shared, false);
            return Duration::ZERO;
        }
        let wait = due.saturating_sub(self.now());
        if !wait.is_zero() {
            return wait.min(self.shortest(view.as_ref()));
        }
        let result = match (state, view) {
            (State::Open, Some(view)) => match self.keep_alive(&view).await {
                Ok(()) => continuation::continue_leases(&shared, &view)
                    .await
                    .map_err(|error| (error, Late::Lease)),
                Err(error) => Err((error, Late::Session)),
            },
            _ => self.open(state).await,
        };
        keeper.settle(&shared);
        let (result, late) = match result {
            Ok(()) => (Ok(()), Late::Session),
            Err((error, late)) => (Err(error), late),
        };
        let mut session = keeper.lock();
        keeper.note(&shared, &mut session, &result);
        match result {
            Ok(()) => {
                self.pause.reset();
                session.due.saturating_sub(self.now())
            }
            // Another thing is due now.
            Err(_) if session.due.is_zero() && session.state != state => Duration::ZERO,
            Err(error) => {
                // A session that lives cannot wait for as long as a server may ask for.
                let asked_for = error.retry_after().filter(|_| state != State::Open);
                let mut again = self.pause.next(asked_for);
                if shared.servers.are_several() {
                    let (state, view) = (session.state, session.view(&shared));
                    drop(session);
                    again = self.elsewhere(state, view.as_ref(), &error, late, again);
                    session = keeper.lock();
                }
                session.due = self.now() + again;
                again
            }
        }
    }

    /// Where the next attempt is made after a failure, and how long to wait before. Several servers only.
    fn elsewhere(&self, state: State, view: Option<&View>, error: &Error, late: Late, wait: Duration) -> Duration {
        let shared = &self.shared;
        let keeper = &shared.keeper;
        let passes = keeper.passes(error);
        let answered = error.reason().is_some();
        if let (State::Open, Some(view)) = (state, view) {
            // That a lease was not taken up yet is no reason to leave a server that keeps the session.
            let gone = error.is_gone() && !(late == Late::Lease && matches!(error, Error::TimedOut(_)));
            // It may be well again soon; but a third of the term is for the next one.
            let expiring = self.least_left(view).saturating_sub(wait) <= keeper.ttl() / 3;
            if gone || (passes && expiring) {
                keeper.move_on(shared, false);
                return Duration::ZERO;
            }
        } else if !answered {
            if !keeper.move_on(shared, !passes) {
                return Duration::ZERO;
            }
        } else if passes {
            // It answers, so the others may have the same trouble: no storm of connections.
            keeper.move_on(shared, false);
        }
        wait
    }

    /// When the next promise is over.
    fn shortest(&self, view: Option<&View>) -> Duration {
        let Some(view) = view else { return CLOCK_LOOK };
        self.least_left(view).max(Duration::from_millis(1)).min(CLOCK_LOOK)
    }

    /// What is left of the promise that is over first: of the session, or of a lease that was not taken up yet.
    fn least_left(&self, view: &View) -> Duration {
        let leases = self.shared.ledger.of(&view.id);
        let ends = leases.iter().map(|lease| lease.left()).filter(|left| !left.is_zero());
        ends.fold(view.promise.left(), Duration::min)
    }

    /// Opens the session: a new one, or the one that a restarted server has forgotten.
    async fn open(&mut self, state: State) -> Result<(), (Error, Late)> {
        let shared = self.shared.clone();
        let keeper = &shared.keeper;
        let server = shared.servers.now();
        let request = OpenSessionRequest {
            session_id: keeper.lock().asked.clone(),
            holder: Some(shared.options.holder()),
            ttl: Some(shared.options.ttl.try_into().unwrap_or_default()),
            ..Default::default()
        };
        let mut sessions = server.sessions.clone();
        let sent = shared.clock.now();
        let opened = shared
            .attempt(shared.open_timeout(state), sessions.open_session(request))
            .await
            .map_err(|error| (shared.handshake_refused(error), Late::Session))?;
        shared.servers.reached();
        keeper.accepted.store(true, Ordering::Relaxed);
        let ttl = duration(opened.ttl);
        let promise = Arc::new(Promise::new(shared.clock.clone(), sent, ttl));
        let view = {
            let mut session = keeper.lock();
            if state == State::Forgotten && !session.is_promised() {
                keeper.lose(&shared, &mut session, Cause::Expired);
                return Ok(());
            }
            session.given = opened.session_id;
            session.opened = true;
            session.promise = Some(promise.clone());
            session.ttl = ttl;
            keeper.become_state(&mut session, State::Open);
            keeper.regained.send_modify(|count| *count += 1);
            session.due = sent.monotonic + self.interval(ttl);
            View {
                id: session.id.clone(),
                given: session.given.clone(),
                server,
                promise,
            }
        };
        self.audit = audit::Audit::default();
        // Its leases still have the promise of the start before: each gets the new one when the server has taken it up.
        continuation::continue_leases(&shared, &view)
            .await
            .map_err(|error| (error, Late::Lease))
    }

    /// When to renew after sending.
    fn interval(&self, ttl: Duration) -> Duration {
        (ttl / 3).max(self.shared.timing.shortest_interval)
    }

    async fn keep_alive(&mut self, view: &View) -> Result<(), Error> {
        let shared = self.shared.clone();
        let keeper = &shared.keeper;
        let before = shared.ledger.of(&view.id);
        let held: Vec<Arc<Held>> = before
            .iter()
            .filter(|lease| lease.is_held_under(&view.promise))
            .cloned()
            .collect();
        let request = KeepAliveRequest {
            session_id: view.given.clone(),
            ..Default::default()
        };
        let patience = shared.attempt_timeout().min(view.promise.left());
        let mut sessions = view.server.sessions.clone();
        let sent = shared.clock.now();
        let answer = match shared.attempt(patience, sessions.keep_alive(request)).await {
            Ok(answer) => answer,
            Err(error) => {
                if error.is(Reason::SESSION_NOT_FOUND) {
                    keeper.unknown(&shared, &mut keeper.lock(), &error);
                }
                return Err(error);
            }
        };
        let ttl = duration(answer.ttl);
        {
            let mut session = keeper.lock();
            if !view.promise.renew(sent, ttl) {
                keeper.lose(&shared, &mut session, Cause::Expired);
                return Ok(());
            }
            session.due = sent.monotonic + self.interval(ttl);
        }
        for lease in answer.ended_lease_ids.iter().filter_map(|id| shared.ledger.find(id)) {
            lease.lose(Cause::Forced);
        }
        let bounds = audit::Bounds {
            // What was asked for or given back meanwhile may be counted or not.
            most: before.len().max(shared.ledger.of(&view.id).len()),
            least: held.iter().filter(|lease| lease.is_held_under(&view.promise)).count(),
        };
        self.audit.compare(&shared, view, answer.leases, bounds);
        Ok(())
    }
}

fn duration(told: Option<prost_types::Duration>) -> Duration {
    told.and_then(|told| told.try_into().ok()).unwrap_or_default()
}

pub(crate) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
