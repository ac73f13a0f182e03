use crate::datastore::{Answer, Operation};
use crate::promise::Promise;
use crate::shared::Shared;
use crate::{Datastore, Error, Revision, v1};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// A cause is a word that says how a lease was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The server has ended it, because a drain was forced.
    Forced,
    /// Nobody has answered for the ttl, by the library's own clock.
    Expired,
    /// The server does not know the session any more.
    SessionEnded,
    /// After a restart the server did not take the lease up again.
    NotContinued,
    /// The client was closed.
    Closed,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cause::Forced => "forced",
            Cause::Expired => "expired",
            Cause::SessionEnded => "session-ended",
            Cause::NotContinued => "not-continued",
            Cause::Closed => "closed",
        })
    }
}

/// A lease is a counted operation held at the server: while it is held a drain of its datastore waits. Dropping it gives
/// it back in the background.
///
/// The library keeps it, over restarts of the server too, until it is released or lost. Code that was paused between a
/// look at [`Lease::alive`] and a write may still be late: only storage that compares fencing tokens keeps that out.
pub struct Lease {
    pub(crate) held: Arc<Held>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) answer: Answer,
    pub(crate) token: i64,
}

impl Lease {
    /// The id under which the server knows the lease.
    pub fn id(&self) -> &str {
        &self.held.id
    }

    /// What it was asked for.
    pub fn operation(&self) -> Operation {
        self.held.operation
    }

    /// Rises strictly with every lease that a server grants, over its restarts too. Hand it to storage that compares
    /// tokens.
    pub fn fencing_token(&self) -> i64 {
        self.token
    }

    /// The datastore as it was when the lease was granted.
    pub fn datastore(&self) -> &Datastore {
        &self.answer.datastore
    }

    /// The revision that the grant was decided on.
    pub fn revision(&self) -> &Revision {
        &self.answer.revision
    }

    /// Whether the holder may go on: the server has not ended it, and by the library's own clock its time is not over. A
    /// look at a clock, nothing on the wire.
    pub fn alive(&self) -> bool {
        self.held.alive()
    }

    /// Ends when the lease is lost. Stop then, and release or drop it: a lease that was ended by force is waited for
    /// until its holder has given it back.
    pub async fn lost(&self) -> Cause {
        let mut lost = self.held.lost.subscribe();
        match lost.wait_for(Option::is_some).await {
            Ok(cause) => cause.expect("waited for"),
            Err(_) => unreachable!("the sender is in the lease"),
        }
    }

    /// How it was lost.
    pub fn cause(&self) -> Option<Cause> {
        *self.held.lost.borrow()
    }

    /// Gives the lease back and waits until the server has answered, for 10 seconds at most. If that is not enough, or
    /// the future is dropped, the library goes on to repeat it.
    pub async fn release(self) -> Result<(), Error> {
        // Dropping self gives it back all the same.
        let answered = self.held.release(&self.shared);
        match answered {
            Some(answered) => self.shared.within(self.shared.timing.call_timeout, answered).await,
            None => Ok(()),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let _answered = self.held.release(&self.shared);
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "lease {} of {} for {:?}, token {}, lost: {:?}",
            self.held.id,
            self.answer.name,
            self.held.operation,
            self.token,
            self.cause()
        )
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Asked,
    Held,
    Lost,
    Released,
}

/// What the library knows of a lease. Its state is under its own lock, which is taken after the keeper's and before a
/// promise's.
pub(crate) struct Held {
    pub id: String,
    pub session: String,
    pub datastore: String,
    pub operation: Operation,
    pub purpose: String,
    lost: watch::Sender<Option<Cause>>,
    state: Mutex<State>,
}

/// What a restarted server is told of a lease that it must take up again.
#[derive(Clone, Default)]
pub(crate) struct Grant {
    pub token: i64,
    /// The server's own proof that it has granted the lease, sent back as it is; empty from a server too old to make one.
    pub continuation: String,
    /// When it was granted, by the monotonic clock.
    pub since: Duration,
}

struct State {
    phase: Phase,
    grant: Grant,
    /// Of the start of the server that has granted or continued it. A later start that has only heard of the session
    /// does not count the lease yet, and so lengthens nothing of it.
    promise: Option<Arc<Promise>>,
    /// The server counts fewer leases than there are: it must be asked about this one.
    doubted: bool,
}

impl Held {
    pub fn new(id: String, session: String, datastore: String, operation: Operation, purpose: String) -> Self {
        Self {
            id,
            session,
            datastore,
            operation,
            purpose,
            lost: watch::Sender::new(None),
            state: Mutex::new(State {
                phase: Phase::Asked,
                grant: Grant::default(),
                promise: None,
                doubted: false,
            }),
        }
    }

    pub fn alive(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        self.look(&mut state);
        state.phase == Phase::Held
    }

    /// Ends what is over by the clock.
    fn look(&self, state: &mut State) {
        if state.phase == Phase::Held && !state.promise.as_ref().is_some_and(|promise| promise.is_live()) {
            self.end(state, Cause::Expired);
        }
    }

    fn end(&self, state: &mut State, cause: Cause) {
        match state.phase {
            Phase::Held => {
                state.phase = Phase::Lost;
                self.lost.send_replace(Some(cause));
            }
            // Nobody has it yet. An answer that is on its way must not make it a held one behind the back of a client
            // that is being closed: nobody would look at its clock any more.
            Phase::Asked => state.phase = Phase::Lost,
            Phase::Lost | Phase::Released => {}
        }
    }

    /// Tells the holder.
    pub fn lose(&self, cause: Cause) {
        self.end(&mut self.state.lock().unwrap(), cause);
    }

    /// Makes it a held one; false when its time is over already, or it was lost before it was granted.
    pub fn granted(&self, grant: Grant, promise: &Arc<Promise>) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.phase != Phase::Asked || !promise.is_live() {
            return false;
        }
        state.phase = Phase::Held;
        state.grant = grant;
        state.promise = Some(promise.clone());
        true
    }

    /// Notes that the server counts it under a promise. What was over meanwhile stays lost.
    pub fn continued(&self, promise: &Arc<Promise>, told: v1::Lease) {
        let mut state = self.state.lock().unwrap();
        if !told.continuation.is_empty() {
            state.grant.continuation = told.continuation;
        }
        self.look(&mut state);
        if state.phase == Phase::Held {
            state.promise = Some(promise.clone());
            state.doubted = false;
        }
    }

    pub fn doubt(&self) {
        self.state.lock().unwrap().doubted = true;
    }

    /// Whether it is held, and counted by the start of the server that has made that promise.
    pub fn is_held_under(&self, promise: &Arc<Promise>) -> bool {
        let state = self.state.lock().unwrap();
        state.phase == Phase::Held && state.is_under(promise) && !state.doubted
    }

    /// With what the server has to be asked to go on with it, if it has to be.
    pub fn must_continue(&self, promise: &Arc<Promise>) -> Option<Grant> {
        let state = self.state.lock().unwrap();
        (state.phase == Phase::Held && (!state.is_under(promise) || state.doubted)).then(|| state.grant.clone())
    }

    /// How long it lasts if nobody answers any more.
    pub fn left(&self) -> Duration {
        let promise = self.state.lock().unwrap().promise.clone();
        promise.map(|promise| promise.left()).unwrap_or_default()
    }

    /// Gives it back, once; nothing when it was given back before, or ended with the client.
    pub fn release(self: &Arc<Self>, shared: &Shared) -> Option<impl Future<Output = Result<(), Error>> + use<>> {
        let mut state = self.state.lock().unwrap();
        let over = state.phase == Phase::Released || *self.lost.borrow() == Some(Cause::Closed);
        state.phase = Phase::Released;
        (!over).then(|| shared.returns.give_back(self.clone()))
    }
}

impl State {
    fn is_under(&self, promise: &Arc<Promise>) -> bool {
        self.promise.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, promise))
    }
}
