//! What load, pauses of the server and callers that go away must not cost: a lease lost, or a lease left.

use crate::clock::SystemClock;
use crate::fake_server::{FakeServer, Still, until};
use crate::lease::{Cause, Grant, Held};
use crate::options::Timing;
use crate::promise::Promise;
use crate::{Ask, Client, Lease, Operation};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A count as it is shown once in a while (DATASTORED_FULL=1), and a tenth of it in every run.
fn full(count: usize) -> usize {
    match std::env::var_os("DATASTORED_FULL") {
        Some(_) => count,
        None => count / 10,
    }
}

async fn hold(client: &Client) -> Lease {
    client.hold("main", Operation::Write).await.unwrap()
}

/// On a thread and a runtime of its own, for tests in which that of the program stands still.
fn start_elsewhere(ttl: i64) -> FakeServer {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let server = FakeServer::start().await;
            server.with(|it| it.ttl = ttl);
            sender.send(server).unwrap();
            std::future::pending::<()>().await;
        });
    });
    receiver.recv().unwrap()
}

#[tokio::test]
async fn lookup_server_stands_still_is_answered_late_and_sent_once() {
    let server = FakeServer::start().await;
    server.with(|it| it.ttl = 10);
    let way = Arc::new(Still::start(&server.target).await);
    let client = Client::connect(&way.target).await.unwrap();
    let lease = hold(&client).await;
    let before = server.called("Lookup ");
    // 2,000 lookups/s. The pause is longer than a third of the ttl, when an answer to a renewal is given up for lost.
    let calls = full(16_000);
    let stops = way.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stops.stand(true);
        tokio::time::sleep(Duration::from_secs(4)).await;
        stops.stand(false);
    });
    let mut asked = JoinSet::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    while asked.len() < calls {
        ticks.tick().await;
        for _ in 0..10 {
            let client = client.clone();
            asked.spawn(async move { client.lookup("main").await.map(|_| ()) });
        }
    }
    for answer in asked.join_all().await {
        answer.unwrap();
    }
    assert_eq!(server.called("Lookup ") - before, calls);
    assert!(lease.alive(), "{lease:?}");
}

#[tokio::test]
async fn lookup_burst_loses_nothing() {
    let server = FakeServer::start().await;
    server.with(|it| it.ttl = 10);
    let client = server.dial().await;
    let lease = hold(&client).await;
    let mut asked = JoinSet::new();
    for _ in 0..full(20_000) {
        let client = client.clone();
        asked.spawn(async move {
            let patient = Ask::new("main").timeout(Duration::from_secs(30));
            client.lookup(patient).await.map(|_| ())
        });
    }
    for answer in asked.join_all().await {
        answer.unwrap();
    }
    assert!(lease.alive(), "{lease:?}");
}

#[tokio::test]
async fn hold_dropped_at_any_time_leaves_nothing() {
    let server = FakeServer::start().await;
    server.with(|it| it.ttl = 10);
    let client = server.dial().await;
    let kept = hold(&client).await;
    let mut asked = JoinSet::new();
    for _ in 0..full(10_000) {
        if asked.len() >= 200 {
            asked.join_next().await.unwrap().unwrap();
        }
        let client = client.clone();
        asked.spawn(async move {
            let patience = Duration::from_micros(fastrand::u64(0..5_000));
            // A lease that is granted in time is dropped too.
            let _ = tokio::time::timeout(patience, client.hold("main", Operation::Write)).await;
        });
    }
    asked.join_all().await;
    until("all but one are given back", || server.with(|it| it.leases.len() == 1)).await;
    assert!(kept.alive(), "{kept:?}");
}

#[tokio::test]
async fn keeper_has_a_connection_of_its_own() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let _lease = hold(&client).await;
    until("the session is renewed", || server.called("KeepAlive") > 0).await;
    server.with(|it| assert_ne!(it.peers["KeepAlive"], it.peers["Lookup"]));
}

#[tokio::test]
async fn runtime_of_the_program_stands_still_keeps_the_leases() {
    let server = start_elsewhere(1);
    let client = server.dial().await;
    let lease = hold(&client).await;
    let renewed = server.called("KeepAlive");
    // What nobody should do on a runtime, and somebody does: for twice the ttl.
    std::thread::sleep(Duration::from_secs(2));
    assert!(lease.alive(), "{lease:?}");
    assert!(server.called("KeepAlive") > renewed);
}

#[tokio::test]
async fn continue_tells_the_purpose_and_the_age() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let begin = Instant::now();
    let lease = client
        .hold(Ask::new("main").purpose("nightly"), Operation::Write)
        .await
        .unwrap();
    let call = format!("continue {}", lease.id());
    server.with(|it| it.sessions.clear());
    until("it is continued", || server.called(&call) > 0).await;
    let told = server.with(|it| it.continued.clone().unwrap());
    assert_eq!(told.purpose, "nightly");
    let age: Duration = told.held_for.unwrap().try_into().unwrap();
    assert!(!age.is_zero() && age <= begin.elapsed(), "{age:?}");
}

#[tokio::test]
async fn continue_sends_the_newest_continuation_that_the_server_has_sent() {
    let server = FakeServer::start().await;
    server.with(|it| it.continuation = "continuation-of-grant-");
    let client = server.dial().await;
    let lease = hold(&client).await;
    let restart_to = async |next| {
        let renewed = server.with(|it| {
            it.continuation = next;
            it.continued = None;
            it.sessions.clear();
            it.calls.len()
        });
        // A KeepAlive that is answered with success comes only after the continuing Lookup was.
        until("it is continued, and its session renewed", || {
            server.with(|it| {
                let mut since = it.calls[renewed..].iter();
                since.any(|call| call.starts_with("continue")) && since.any(|call| call == "KeepAlive")
            })
        })
        .await;
        server.with(|it| it.continued.clone().unwrap().continuation)
    };
    assert_eq!(restart_to("continuation-of-start2").await, "continuation-of-grant-");
    assert_eq!(restart_to("").await, "continuation-of-start2");
    assert_eq!(restart_to("").await, "continuation-of-start2");
    assert!(lease.alive(), "{lease:?}");
}

#[tokio::test]
async fn continue_of_a_server_without_continuations_sends_none() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let lease = hold(&client).await;
    let call = format!("continue {}", lease.id());
    server.with(|it| it.sessions.clear());
    until("it is continued", || server.called(&call) > 0).await;
    assert_eq!(server.with(|it| it.continued.clone().unwrap().continuation), "");
}

#[tokio::test]
async fn continue_many_leases_in_a_third_of_the_ttl() {
    let server = FakeServer::start().await;
    server.with(|it| it.ttl = 10);
    let client = server.dial().await;
    let mut leases = Vec::new();
    for _ in 0..full(5_000) {
        leases.push(hold(&client).await);
    }
    server.with(|it| {
        it.slow = Duration::from_millis(1);
        it.at_once = 0;
        it.sessions.clear();
    });
    until("the session is opened again", || {
        server.with(|it| !it.sessions.is_empty())
    })
    .await;
    let begin = Instant::now();
    let continued =
        |it: &mut crate::fake_server::Behaviour| it.calls.iter().filter(|call| call.starts_with("continue")).count();
    until("all are continued", || server.with(|it| continued(it) == leases.len())).await;
    assert!(begin.elapsed() < Duration::from_secs(10) / 3, "{:?}", begin.elapsed());
    assert!(server.with(|it| it.at_once) >= 8);
    assert!(leases.iter().all(Lease::alive));
}

#[tokio::test]
async fn returns_many_are_sent_side_by_side() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let mut leases = Vec::new();
    for _ in 0..200 {
        leases.push(hold(&client).await);
    }
    server.with(|it| it.slow = Duration::from_millis(5));
    drop(leases);
    until("all are given back", || server.with(|it| it.leases.is_empty())).await;
    assert!(server.with(|it| it.at_once) >= 8);
}

/// The interleaving: the answer to a Lookup is in the client's hands, close tells all holders, and only then the lease
/// becomes a held one. Nobody would look at its clock any more.
#[test]
fn lease_lost_before_it_is_granted_is_never_held() {
    let clock = Arc::new(SystemClock::new());
    let now = crate::clock::Clock::now(&*clock);
    let promise = Arc::new(Promise::new(clock, now, Duration::from_secs(60)));
    let name = || "x".to_owned();
    let held = Held::new(name(), name(), name(), Operation::Write, String::new());
    held.lose(Cause::Closed);
    assert!(!held.granted(Grant::default(), &promise) && !held.alive());
}

#[tokio::test]
async fn watch_server_is_back_is_opened_at_once() {
    let server = FakeServer::start().await;
    let timing = Timing {
        first_pause: Duration::from_secs(20),
        ..Timing::default()
    };
    let client = Client::builder().timing(timing).connect(&server.target).await.unwrap();
    let shared = client.clone();
    server.with(|it| it.watch_end = Some(tonic::Status::unavailable("away")));
    let mut watch = client.watch(crate::Selection::all());
    until("its stream has failed", || server.called("WatchGeneration 0") == 1).await;
    server.with(|it| {
        it.watch_end = None;
        it.watch = vec![crate::assembly::tests::at(
            crate::assembly::tests::snapshot(crate::v1::SnapshotReason::Requested, &["a"]),
            5,
        )];
        it.sessions.clear(); // as after a restart
    });
    // Far less than the pause.
    let next = tokio::time::timeout(Duration::from_secs(5), watch.next()).await;
    next.expect("the watch was not opened again").unwrap().unwrap();
    drop(shared);
}
