//! The client against a server that answers as it is told. What a real server does is in client-lib/conformance.

use crate::assembly::tests::{at, bookmark, snapshot};
use crate::clock::manual::ManualClock;
use crate::fake_server::{FakeServer, refusal, until};
use crate::v1::SnapshotReason::Requested;
use crate::{Ask, Cause, Client, Code, Error, FrameKind, Lease, Operation, Reason, Selection, v1};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::Status;

async fn hold(client: &Client) -> Lease {
    client.hold("main", Operation::Write).await.unwrap()
}

#[tokio::test]
async fn close_leaves_nothing_behind() {
    let server = FakeServer::start().await;
    server.with(|it| it.watch = vec![at(snapshot(Requested, &["a"]), 5)]);
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let client = server.dial().await;
    let lease = hold(&client).await;
    let mut watch = client.watch(Selection::all());
    watch.next().await.unwrap().unwrap();
    client.close().await.unwrap();
    assert!(!lease.alive());
    assert_eq!(lease.lost().await, Cause::Closed);
    assert!(watch.next().await.is_none());
    assert!(client.watch(Selection::all()).next().await.is_none());
    assert!(matches!(client.hold("main", Operation::Read).await, Err(Error::Closed)));
    assert!(server.with(|it| it.sessions.is_empty()));
    drop((lease, watch, client));
    // Those of the connection end with the last of its owners.
    until("no task is left", || {
        tokio::runtime::Handle::current().metrics().num_alive_tasks() <= before
    })
    .await;
}

#[tokio::test]
async fn drop_of_the_last_client_closes_the_session() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let clone = client.clone();
    drop(client);
    assert!(hold(&clone).await.alive());
    drop(clone);
    until("the session is closed", || server.with(|it| it.sessions.is_empty())).await;
}

#[tokio::test]
async fn connect_to_nobody_fails_in_time() {
    let timing = crate::options::Timing {
        call_timeout: Duration::from_millis(300),
        ..Default::default()
    };
    let failed = Client::builder().timing(timing).connect("127.0.0.1:1").await;
    assert!(matches!(&failed, Err(Error::TimedOut(Some(_)))), "{failed:?}");
}

#[tokio::test]
async fn release_unanswered_is_repeated_in_the_background() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let lease = hold(&client).await;
    let call = format!("Release {}", lease.id());
    server.with(|it| it.silent.push("Release"));
    let given_up = tokio::time::timeout(Duration::from_millis(50), lease.release()).await;
    assert!(given_up.is_err());
    until("it is sent", || server.called(&call) > 0).await;
    server.with(|it| it.silent.clear());
    until("the server has heard of it", || server.with(|it| it.leases.is_empty())).await;
}

#[tokio::test]
async fn drop_of_a_lease_releases_it() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    drop(hold(&client).await);
    until("the server has heard of it", || server.with(|it| it.leases.is_empty())).await;
}

#[tokio::test]
async fn hold_given_up_is_given_back() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    server.with(|it| it.silent.push("Lookup"));
    let ask = Ask::new("main").timeout(Duration::from_millis(150));
    let failed = client.hold(ask, Operation::Write).await;
    assert!(matches!(failed, Err(Error::TimedOut(_))), "{failed:?}");
    let dropped = tokio::time::timeout(Duration::from_millis(50), client.hold("main", Operation::Write)).await;
    assert!(dropped.is_err());
    let asked = |calls: &[String], what: &str| calls.iter().filter(|call| call.starts_with(what)).count();
    until("both are given back", || {
        server.with(|it| asked(&it.calls, "Release ") >= 2)
    })
    .await;
}

#[tokio::test]
async fn keeper_server_counts_more_twice_releases_what_nobody_knows() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let lease = hold(&client).await;
    server.with(|it| it.leases.insert("overtaken".to_owned(), 1));
    until("the unknown lease is released", || {
        server.called("Release overtaken") > 0
    })
    .await;
    assert!(lease.alive());
    assert_eq!(server.called(&format!("Release {}", lease.id())), 0);
}

#[tokio::test]
async fn keeper_server_counts_fewer_twice_asks_about_each() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let (lost, kept) = (hold(&client).await, hold(&client).await);
    server.with(|it| it.leases.remove(lost.id()));
    assert_eq!(lost.lost().await, Cause::NotContinued);
    assert!(kept.alive());
}

#[tokio::test]
async fn keeper_forgotten_session_and_silent_reclaim_keeps_the_old_promise_only() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let lease = hold(&client).await;
    let id = client.session_id();
    server.with(|it| {
        it.silent.push("continue");
        it.sessions.clear();
    });
    // The session is renewed again and again meanwhile. Nothing of that is for the lease.
    assert_eq!(lease.lost().await, Cause::Expired);
    assert_eq!(client.session_id(), id);
    assert_eq!(server.called(&format!("OpenSession {id}")), 2);
}

#[tokio::test]
async fn keeper_forgotten_session_continues_each_lease() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let lease = hold(&client).await;
    let call = format!("continue {}", lease.id());
    let renewed = server.called("KeepAlive");
    server.with(|it| it.sessions.clear());
    until("it is continued and kept", || {
        server.called(&call) > 0 && server.called("KeepAlive") > renewed + 5
    })
    .await;
    assert!(lease.alive(), "{lease:?}");
}

/// Of several servers each puts its life behind the id of a session, and knows it by that only.
#[tokio::test]
async fn keeper_another_life_continues_each_lease_under_the_id_that_it_gives() {
    let server = FakeServer::start().await;
    server.with(|it| it.life = ":abcdefgh".to_owned());
    let client = server.dial().await;
    let lease = hold(&client).await;
    let asked = client.session_id().strip_suffix(":abcdefgh").unwrap().to_owned();
    let call = format!("continue {}", lease.id());
    let renewed = server.called("KeepAlive");
    server.with(|it| {
        it.sessions.clear();
        it.life = ":ijklmnop".to_owned();
    });
    until("it is continued and kept", || {
        server.called(&call) > 0 && server.called("KeepAlive") > renewed + 5
    })
    .await;
    assert!(lease.alive(), "{lease:?}");
    assert_eq!(client.session_id(), format!("{asked}:ijklmnop"));
    assert_eq!(server.called(&format!("OpenSession {asked}")), 2);
    assert!(hold(&client).await.alive());
}

#[tokio::test]
async fn keeper_suspended_loses_the_session_by_the_wall_clock() {
    let server = FakeServer::start().await;
    let clock = Arc::new(ManualClock::new());
    let client = server.dial_by(Client::builder(), clock.clone()).await;
    let lease = hold(&client).await;
    let id = client.session_id();
    clock.suspend(Duration::from_secs(60));
    assert!(
        !lease.alive(),
        "alive after a minute that the monotonic clock has not seen"
    );
    until("a session of its own", || client.session_id() != id).await;
    assert!(hold(&client).await.alive());
    assert_eq!(server.called(&format!("OpenSession {id}")), 1);
}

#[tokio::test]
async fn watch_silent_for_three_intervals_is_opened_again_where_it_was() {
    let server = FakeServer::start().await;
    let soon = Some(Duration::from_millis(20));
    server.with(|it| it.watch = vec![at(snapshot(Requested, &["a"]), 5), at(bookmark(soon), 5)]);
    let client = server.dial().await;
    let mut watch = client.watch(Selection::all());
    for _ in 0..3 {
        watch.next().await.unwrap().unwrap();
    }
    assert_eq!(server.called("WatchGeneration 0"), 1);
    assert!(server.called("WatchGeneration 5") > 0);
}

#[tokio::test]
async fn watch_streams_that_fail_at_once_are_paused_more_and_more() {
    let server = FakeServer::start().await;
    server.with(|it| {
        it.watch = vec![at(snapshot(Requested, &["a"]), 5)];
        it.watch_end = Some(Status::unavailable("not today"));
    });
    let client = server.dial().await;
    let begin = Instant::now();
    let mut watch = client.watch(Selection::all());
    watch.next().await.unwrap().unwrap();
    let opened = || server.called("WatchGeneration 0") + server.called("WatchGeneration 5");
    until("it is opened six times", || opened() >= 6).await;
    // Half of 10, 20, 40, 50 and 50 ms at least, though each of the streams brought something.
    assert!(begin.elapsed() >= Duration::from_millis(85), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn watch_unknown_frame_is_opened_again_without_known() {
    let server = FakeServer::start().await;
    let unknown = at(v1::WatchGenerationResponse::default(), 6);
    server.with(|it| it.watch = vec![at(snapshot(Requested, &["a"]), 5), unknown]);
    let client = server.dial().await;
    let mut watch = client.watch(Selection::all());
    for _ in 0..3 {
        let frame = watch.next().await.unwrap().unwrap();
        assert!(matches!(frame.kind, FrameKind::Snapshot { .. }), "{frame:?}");
    }
    assert_eq!(server.called("WatchGeneration 5"), 0);
}

#[tokio::test]
async fn watch_refused_ends_with_the_refusal() {
    let server = FakeServer::start().await;
    server.with(|it| it.watch_end = Some(refusal(Code::InvalidArgument, "INVALID_REQUEST", &[])));
    let client = server.dial().await;
    let mut watch = client.watch(Selection::of(["?"]));
    let end = watch.next().await.unwrap().unwrap_err();
    assert!(end.is(Reason::INVALID_REQUEST), "{end}");
    assert!(watch.next().await.is_none());
}

#[test]
fn refusal_of_the_server_is_typed_with_its_facts() {
    let error = Error::from(refusal(
        Code::FailedPrecondition,
        "UNDER_MAINTENANCE",
        &[("mode", "OFFLINE")],
    ));
    let Error::Refused {
        reason, code, metadata, ..
    } = error
    else {
        panic!("not a refusal: {error}");
    };
    assert_eq!((reason, code), (Reason::UNDER_MAINTENANCE, Code::FailedPrecondition));
    assert_eq!(metadata["mode"], "OFFLINE");
}
