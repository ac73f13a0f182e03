//! Credentials of calls: added to each, refused, run out, renewed.

use crate::cause_tests::tls::Own;
use crate::clock::SystemClock;
use crate::fake_server::{FakeServer, refusal, until};
use crate::v1::watch_generation_response::Frame as SentFrame;
use crate::v1::{Revision, WatchGenerationResponse, WatchSnapshot};
use crate::{Ask, Client, ClientBuilder, ClientTlsConfig, Error, Operation, Reason, Selection};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tonic::transport::ServerTlsConfig;
use tonic::{Code, Status};

/// What the client shows, or what the server wants to see.
type Token = Arc<Mutex<&'static str>>;

fn token(word: &'static str) -> Token {
    Arc::new(Mutex::new(word))
}

fn unauthenticated() -> Status {
    refusal(
        Code::Unauthenticated,
        "UNAUTHENTICATED",
        &[("detail", "the token has run out")],
    )
}

/// A server that wants the token, and who shows one to it.
async fn guarded(wanted: &Token, shown: &Token) -> (FakeServer, ClientBuilder) {
    let own = Own::new();
    let server = FakeServer::start_by(ServerTlsConfig::new().identity(own.identity())).await;
    let wanted = wanted.clone();
    server.with(|it| {
        it.ttl = 30;
        it.check = Some(Box::new(move |metadata| {
            let shown = metadata.get("authorization").and_then(|word| word.to_str().ok());
            if shown == Some(*wanted.lock().unwrap()) {
                Ok(())
            } else {
                Err(unauthenticated())
            }
        }));
    });
    let shown = shown.clone();
    let builder = Client::builder()
        .tls(ClientTlsConfig::new().ca_certificate(own.authority()))
        .call_credentials(move |metadata| {
            metadata.insert("authorization", shown.lock().unwrap().parse().unwrap());
            Ok(())
        });
    (server, builder)
}

#[tokio::test]
async fn with_fresh_credentials_everything_goes_on() {
    let (wanted, shown) = (token("one"), token("one"));
    let (server, builder) = guarded(&wanted, &shown).await;
    server.with(|it| {
        it.watch = vec![WatchGenerationResponse {
            revision: Some(Revision {
                incarnation: "0123456789abcdef".to_owned(),
                generation: 1,
            }),
            frame: Some(SentFrame::Snapshot(WatchSnapshot::default())),
            ..Default::default()
        }];
        it.watch_end = Some(unauthenticated());
    });
    let client = server.dial_by(builder, Arc::new(SystemClock::new())).await;
    let mut watch = client.watch(Selection::default());
    assert!(watch.next().await.unwrap().is_ok());

    *wanted.lock().unwrap() = "two";
    let held = tokio::spawn({
        let client = client.clone();
        async move { client.hold("main", Operation::Write).await }
    });
    let before = server.with(|it| it.refused);
    until("calls and the watch are refused", || {
        server.with(|it| it.refused) > before + 3
    })
    .await;
    server.with(|it| it.watch_end = None);
    let opened = server.with(|it| it.calls.iter().filter(|call| call.starts_with("Watch")).count());
    *shown.lock().unwrap() = "two";
    assert!(held.await.unwrap().unwrap().alive());
    until("the watch is open again", || {
        server.with(|it| it.calls.iter().filter(|call| call.starts_with("Watch")).count()) > opened
    })
    .await;
}

#[tokio::test]
async fn without_fresh_ones_a_lookup_tells_why_at_its_end() {
    let (wanted, shown) = (token("one"), token("one"));
    let (server, builder) = guarded(&wanted, &shown).await;
    let client = server.dial_by(builder, Arc::new(SystemClock::new())).await;
    *wanted.lock().unwrap() = "two";
    let ask = Ask::new("main").timeout(Duration::from_millis(500));
    let error = client.lookup(ask).await.unwrap_err();
    assert!(
        matches!(&error, Error::TimedOut(Some(cause)) if cause.is(Reason::UNAUTHENTICATED)),
        "{error}"
    );
}

#[tokio::test]
async fn credentials_that_were_never_accepted_are_told_at_once() {
    let (server, builder) = guarded(&token("one"), &token("two")).await;
    let begin = Instant::now();
    let error = builder.connect(&server.target).await.unwrap_err();
    assert!(
        error.is(Reason::UNAUTHENTICATED) && begin.elapsed() < Duration::from_secs(5),
        "{error}"
    );
}

#[tokio::test]
async fn permission_denied_is_told_and_not_asked_again() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    server.with(|it| {
        it.ttl = 30;
        it.check = Some(Box::new(|_| {
            Err(refusal(
                Code::PermissionDenied,
                "PERMISSION_DENIED",
                &[("verb", "write")],
            ))
        }));
    });
    for _ in 0..2 {
        let error = client.hold("main", Operation::Write).await.unwrap_err();
        assert!(error.is(Reason::PERMISSION_DENIED), "{error}");
    }
    let end = client.watch(Selection::default()).next().await.unwrap().unwrap_err();
    assert!(end.is(Reason::PERMISSION_DENIED), "{end}");
}

#[tokio::test]
async fn in_clear_text_they_are_refused() {
    let error = Client::builder()
        .call_credentials(|_| Ok(()))
        .connect("127.0.0.1:7400")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("need TLS"), "{error}");
}
