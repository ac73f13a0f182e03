//! A client of several servers of one history, which answer as a test tells them to.

use crate::assembly::tests::{at, snapshot};
use crate::fake_server::{FakeServer, refusal, until};
use crate::v1::SnapshotReason::Requested;
use crate::{Cause, Client, Error, Lease, Operation, Selection};
use std::collections::HashSet;
use tonic::{Code, Status};

/// Two servers and a client of both, which begins with old.
struct Pair {
    old: FakeServer,
    next: FakeServer,
    client: Client,
}

impl Pair {
    async fn start() -> Self {
        Self::start_by(|_| {}).await
    }

    async fn start_by(prepare: impl Fn(&FakeServer)) -> Self {
        let (one, two) = (FakeServer::start().await, FakeServer::start().await);
        for (each, life) in [(&one, ":oneooooo"), (&two, ":twottttt")] {
            each.with(|it| {
                it.life = life.to_owned();
                it.adopts = true;
                it.ttl = 3;
                it.watch = vec![at(snapshot(Requested, &["a"]), 5)];
            });
            prepare(each);
        }
        let client = FakeServer::dial_all(&format!("{},{}", one.target, two.target)).await;
        let (old, next) = match client.session_id().ends_with(":oneooooo") {
            true => (one, two),
            false => (two, one),
        };
        Self { old, next, client }
    }

    async fn hold(&self) -> Lease {
        self.client.hold("main", Operation::Write).await.unwrap()
    }

    fn leave(&self) {
        let shared = self.client.shared();
        shared.keeper.unreachable(shared, &shared.servers.now());
    }

    /// Waits until the client is at the next server and nothing of it is left at the old one.
    async fn moved(&self, lease: &Lease) {
        let taken_up = format!("continue {}", lease.id());
        until("the lease goes on at the next server", || {
            self.next.called(&taken_up) > 0
        })
        .await;
        let keeper = &self.client.shared().keeper;
        until("the old server is left for good", || keeper.lock().left.is_empty()).await;
        let renewed = self.next.called("KeepAlive");
        until("the session is renewed there", || {
            self.next.called("KeepAlive") > renewed
        })
        .await;
        assert!(lease.alive(), "{:?}", lease.cause());
        assert!(
            self.client
                .session_id()
                .ends_with(&self.next.with(|it| it.life.clone()))
        );
        let counted = self.next.with(|it| it.leases.get(lease.id()).copied());
        assert_eq!(counted, Some(lease.fencing_token()));
    }
}

#[tokio::test]
async fn one_is_used_for_everything() {
    let pair = Pair::start().await;
    let lease = pair.hold().await;
    pair.client.lookup("main").await.unwrap();
    until("it is renewed", || pair.old.called("KeepAlive") > 1).await;
    assert_eq!(pair.next.with(|it| it.calls.clone()), [""; 0]);
    lease.release().await.unwrap();
}

#[tokio::test]
async fn clients_begin_at_different_ones() {
    let mut first = HashSet::new();
    for _ in 0..20 {
        let pair = Pair::start().await;
        first.insert(pair.client.session_id().split_off(36));
        if first.len() == 2 {
            return;
        }
    }
    panic!("20 of 20 begin at {first:?}");
}

#[tokio::test]
async fn one_target_is_none_is_refused() {
    for targets in ["127.0.0.1:7400,", "127.0.0.1:7400,host", ",127.0.0.1:7400"] {
        let failed = Client::connect(targets).await;
        assert!(matches!(failed, Err(Error::Target(_))), "{failed:?}");
    }
}

#[tokio::test]
async fn one_is_unknown_the_other_is_used_and_all_are_reported_at_once() {
    let server = FakeServer::start().await;
    for _ in 0..4 {
        let client = FakeServer::dial_all(&format!("{}, nowhere.invalid:7400", server.target)).await;
        assert!(client.hold("main", Operation::Write).await.unwrap().alive());
    }
    let failed = Client::connect("nowhere.invalid:7400,elsewhere.invalid:7400").await;
    assert!(matches!(failed, Err(Error::Transport(_))), "{failed:?}");
}

#[tokio::test]
async fn server_dies_leases_lookups_and_watches_go_on_at_the_next() {
    let pair = Pair::start().await;
    let lease = pair.hold().await;
    let before = pair.client.session_id();
    let mut watch = pair.client.watch(Selection::all());
    watch.next().await.unwrap().unwrap();
    pair.next.with(|it| it.watch.clear());
    pair.old.die();
    pair.client.lookup("main").await.unwrap();
    assert!(pair.hold().await.alive());
    pair.moved(&lease).await;
    let asked = before.split(':').next().unwrap();
    assert_eq!(pair.next.called(&format!("OpenSession {asked}")), 1);
    until("the watch goes on where it was", || {
        pair.next.called("WatchGeneration 5") > 0
    })
    .await;
    assert_eq!(pair.next.called("WatchGeneration 0"), 0);
}

/// A server that stops tells its watchers before it refuses calls.
#[tokio::test]
async fn watch_is_ended_is_opened_and_confirmed_at_the_next_and_then_closed_at_the_old() {
    let pair = Pair::start().await;
    let lease = pair.hold().await;
    let mut watch = pair.client.watch(Selection::all());
    watch.next().await.unwrap().unwrap();
    let before = pair.client.session_id();
    let close = format!("CloseSession {before}");
    pair.next.with(|it| it.silent.push("continue"));
    pair.old
        .with(|it| it.stops = Some(refusal(Code::Unavailable, "NOT_READY", &[])));
    let taken_up = format!("continue {}", lease.id());
    until("the next one is asked to take the lease up", || {
        pair.next.called(&taken_up) > 0
    })
    .await;
    assert_eq!(pair.old.called(&close), 0);
    assert!(lease.alive());
    pair.next.with(|it| it.silent.clear());
    pair.moved(&lease).await;
    until("the session is closed at the old one", || pair.old.called(&close) == 1).await;
    // That the first ask was not answered is no reason to go back.
    let asked = before.split(':').next().unwrap();
    assert_eq!(pair.old.called(&format!("OpenSession {asked}")), 1);
    // The close may come late: the id is not asked for again, by a client that comes back.
    pair.old.with(|it| it.stops = None);
    pair.next.die();
    let life = pair.old.with(|it| it.life.clone());
    until("it is back", || {
        pair.client.session_id().ends_with(&life) && lease.alive()
    })
    .await;
    assert_ne!(pair.client.session_id(), before);
}

/// The answer of the old server comes when its session is closed: what it has granted is counted nowhere.
#[tokio::test]
async fn grant_of_the_old_server_after_the_close_is_not_held() {
    let pair = Pair::start().await;
    let shared = pair.client.shared();
    let view = shared.keeper.usable(shared).await.unwrap();
    pair.leave();
    let close = format!("CloseSession {}", view.given);
    until("the session is closed at the old one", || pair.old.called(&close) == 1).await;
    let names = ["id".to_owned(), view.id.clone(), "main".to_owned(), String::new()];
    let [id, session, datastore, purpose] = names;
    let held = crate::lease::Held::new(id, session, datastore, Operation::Write, purpose);
    assert!(!shared.keeper.granted(&view, &held, Default::default()));
}

#[tokio::test]
async fn no_answer_is_left_within_the_term() {
    let pair = Pair::start().await;
    let lease = pair.hold().await;
    pair.old.with(|it| it.silent.push("KeepAlive"));
    pair.moved(&lease).await;
    assert!(pair.old.called("KeepAlive") > 0);
}

fn not_ready() -> Option<Status> {
    Some(refusal(Code::Unavailable, "NOT_READY", &[]))
}

#[tokio::test]
async fn not_ready_stays_while_the_term_holds_and_leaves_before_it_is_over() {
    let pair = Pair::start().await;
    let lease = pair.hold().await;
    pair.old.with(|it| it.renew_refusal = not_ready());
    until("it is asked again", || pair.old.called("KeepAlive") > 3).await;
    assert_eq!(pair.next.with(|it| it.calls.clone()), [""; 0]);
    pair.moved(&lease).await;
}

/// Each of them has the same trouble with their store: no reason to connect without a pause.
#[tokio::test]
async fn none_is_ready_are_paused_between() {
    let pair = Pair::start().await;
    let lease = pair.hold().await;
    for each in [&pair.old, &pair.next] {
        each.with(|it| (it.renew_refusal, it.open_refusal) = (not_ready(), not_ready()));
    }
    assert_eq!(lease.lost().await, Cause::Expired);
    let opened = pair.old.called("refused OpenSession") + pair.next.called("refused OpenSession");
    // 50 ms is the longest pause of a test, half of it the shortest of those.
    assert!((5..=120).contains(&opened), "{opened}");
    for each in [&pair.old, &pair.next] {
        each.with(|it| (it.renew_refusal, it.open_refusal) = (None, None));
    }
    assert!(pair.hold().await.alive());
}

#[tokio::test]
async fn none_is_there_lease_goes_on_at_the_first_that_is_back() {
    let pair = Pair::start().await;
    let lease = pair.hold().await;
    pair.next.with(|it| it.open_refusal = not_ready());
    pair.old.die();
    until("the other one is asked", || pair.next.called("refused OpenSession") > 0).await;
    pair.next.with(|it| it.open_refusal = None);
    pair.moved(&lease).await;
}

#[tokio::test]
async fn lease_not_continued_at_the_next_is_lost() {
    let pair = Pair::start_by(|each| each.with(|it| it.adopts = false)).await;
    let lease = pair.hold().await;
    pair.old.die();
    assert_eq!(lease.lost().await, Cause::NotContinued);
}

#[tokio::test]
async fn close_between_two_servers_leaves_nothing_at_the_old() {
    let pair = Pair::start().await;
    let _lease = pair.hold().await;
    let before = pair.client.session_id();
    pair.next.with(|it| it.silent.push("continue"));
    pair.leave();
    until("it is open at the next", || pair.client.session_id() != before).await;
    pair.client.close().await.unwrap();
    assert_eq!(pair.old.called(&format!("CloseSession {before}")), 1);
    for each in [&pair.old, &pair.next] {
        assert_eq!(each.with(|it| it.sessions.clone()), [""; 0]);
    }
}

/// Two addresses of one server: its session is one, and must not be closed behind the client's back.
#[tokio::test]
async fn the_same_at_two_addresses_keeps_its_session() {
    let server = FakeServer::start().await;
    server.with(|it| it.ttl = 3);
    let other = server.target.replace("127.0.0.1", "localhost");
    let client = FakeServer::dial_all(&format!("{},{other}", server.target)).await;
    let lease = client.hold("main", Operation::Write).await.unwrap();
    let session = client.session_id();
    let shared = client.shared();
    shared.keeper.unreachable(shared, &shared.servers.now());
    until("it is opened again", || {
        server.called(&format!("OpenSession {session}")) == 2
    })
    .await;
    until("it is renewed", || server.called("KeepAlive") > 1).await;
    assert!(lease.alive());
    assert_eq!(client.session_id(), session);
    assert_eq!(server.called(&format!("CloseSession {session}")), 0);
}
