//! Why there is no answer: told with the cause, once, and at once when it does not pass.

use crate::fake_server::{FakeServer, refusal, until};
use crate::options::Timing;
use crate::{Ask, Client, Error, Operation, Reason};
use std::time::{Duration, Instant};
use tonic::{Code, Status};

/// The error of a connect that must not wait for the end of its time.
async fn told_at_once(builder: crate::ClientBuilder, target: &str) -> Error {
    let begin = Instant::now();
    let error = builder.connect(target).await.expect_err("connected");
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "after {:?}: {error}",
        begin.elapsed()
    );
    error
}

#[tokio::test]
async fn connect_to_no_address_is_refused() {
    let bad = [
        "",
        "foo bar",
        "foo bar:7400",
        "host",
        "host:",
        "host:seven",
        "host:70000",
        "unix:",
    ];
    for target in bad {
        let error = told_at_once(Client::builder(), target).await;
        assert!(error.to_string().contains("expected HOST:PORT"), "{target:?}: {error}");
    }
}

#[tokio::test]
async fn connect_refused_for_good_is_told_at_once() {
    let server = FakeServer::start().await;
    server.with(|it| it.open_refusal = Some(refusal(Code::ResourceExhausted, "QUOTA_EXCEEDED", &[])));
    let error = told_at_once(Client::builder(), &server.target).await;
    assert!(error.is(Reason::QUOTA_EXCEEDED), "{error}");
    server.with(|it| it.open_refusal = Some(Status::permission_denied("this certificate may not")));
    let error = told_at_once(Client::builder(), &server.target).await;
    assert!(
        matches!(&error, Error::Transport(status) if status.code() == Code::PermissionDenied),
        "{error}"
    );
}

#[tokio::test]
async fn hold_without_a_session_for_a_lasting_reason_is_told_at_once() {
    let server = FakeServer::start().await;
    let client = server.dial().await;
    server.with(|it| {
        it.open_refusal = Some(refusal(Code::ResourceExhausted, "QUOTA_EXCEEDED", &[]));
        it.sessions.clear();
    });
    let begin = Instant::now();
    let error = client.hold("main", Operation::Write).await.unwrap_err();
    assert!(
        error.is(Reason::QUOTA_EXCEEDED) && begin.elapsed() < Duration::from_secs(5),
        "{error}"
    );
    server.with(|it| it.open_refusal = None);
    // It passes when the server has room again: the keeper goes on.
    let held = async {
        loop {
            if let Ok(lease) = client.hold("main", Operation::Write).await {
                return lease;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let lease = tokio::time::timeout(Duration::from_secs(10), held)
        .await
        .expect("no lease can be held again");
    assert!(lease.alive());
}

#[tokio::test]
async fn connection_refused_is_told_once_by_every_call() {
    let timing = Timing {
        call_timeout: Duration::from_millis(500),
        ..Timing::default()
    };
    let error = Client::builder()
        .timing(timing)
        .connect("127.0.0.1:1")
        .await
        .unwrap_err();
    assert_refused(&error);
    let server = FakeServer::start().await;
    let client = server.dial().await;
    let id = client.session_id();
    server.away();
    until("the session is over", || client.session_id() != id).await;
    let ask = || Ask::new("main").timeout(Duration::from_millis(800));
    assert_refused(&client.hold(ask(), Operation::Write).await.unwrap_err());
    assert_refused(&client.lookup(ask()).await.unwrap_err());
}

fn assert_refused(error: &Error) {
    assert!(matches!(error, Error::TimedOut(Some(_))), "{error:?}");
    assert_eq!(error.to_string().matches("onnection refused").count(), 1, "{error}");
}

#[test]
fn unknown_host_does_not_pass() {
    let told = Status::unavailable("dns error: failed to lookup address information: Name or service not known");
    assert!(!Error::from(told).passes());
    let told =
        Status::unavailable("dns error: failed to lookup address information: Temporary failure in name resolution");
    assert!(Error::from(told).passes());
}

#[cfg(feature = "tls")]
pub(crate) mod tls {
    use super::*;
    use crate::{Certificate, ClientTlsConfig, Identity};
    use std::path::Path;
    use std::process::Command;
    use tonic::transport::ServerTlsConfig;

    /// An authority, and a certificate by it for 127.0.0.1.
    pub(crate) struct Own {
        authority: String,
        certificate: String,
        key: String,
    }

    impl Own {
        pub fn new() -> Self {
            let directory = std::env::temp_dir().join(format!("datastored-{}", uuid::Uuid::new_v4()));
            std::fs::create_dir(&directory).unwrap();
            let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1";
            openssl(
                &directory,
                &format!("req -x509 {curve} -keyout ca.key -out ca.pem -subj /CN=ca"),
            );
            openssl(
                &directory,
                &format!(
                    "req -x509 {curve} -keyout own.key -out own.pem -subj /CN=own -CA ca.pem -CAkey ca.key \
                     -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE"
                ),
            );
            let read = |name: &str| std::fs::read_to_string(directory.join(name)).unwrap();
            let own = Self {
                authority: read("ca.pem"),
                certificate: read("own.pem"),
                key: read("own.key"),
            };
            std::fs::remove_dir_all(directory).unwrap();
            own
        }

        pub fn identity(&self) -> Identity {
            Identity::from_pem(&self.certificate, &self.key)
        }

        pub fn authority(&self) -> Certificate {
            Certificate::from_pem(&self.authority)
        }
    }

    fn openssl(directory: &Path, arguments: &str) {
        let made = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(directory)
            .output()
            .expect("openssl is needed");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    async fn failed(server: &FakeServer, config: ClientTlsConfig) -> String {
        let error = told_at_once(Client::builder().tls(config), &server.target).await;
        assert!(matches!(error, Error::Transport(_)), "{error:?}");
        error.to_string()
    }

    #[tokio::test]
    async fn unknown_authority_is_told_at_once() {
        let own = Own::new();
        let server = FakeServer::start_by(ServerTlsConfig::new().identity(own.identity())).await;
        let trusting = ClientTlsConfig::new().ca_certificate(own.authority());
        let client = Client::builder().tls(trusting).connect(&server.target).await.unwrap();
        client.close().await.unwrap();
        let other = ClientTlsConfig::new().ca_certificate(Own::new().authority());
        let said = failed(&server, other).await;
        assert!(said.contains("invalid peer certificate"), "{said}");
    }

    #[tokio::test]
    async fn another_name_is_told_at_once() {
        let own = Own::new();
        let server = FakeServer::start_by(ServerTlsConfig::new().identity(own.identity())).await;
        let elsewhere = ClientTlsConfig::new()
            .ca_certificate(own.authority())
            .domain_name("elsewhere");
        let said = failed(&server, elsewhere).await;
        assert!(said.contains("invalid peer certificate"), "{said}");
    }

    #[tokio::test]
    async fn missing_certificate_is_told_at_once() {
        let own = Own::new();
        let config = ServerTlsConfig::new()
            .identity(own.identity())
            .client_ca_root(own.authority());
        let server = FakeServer::start_by(config).await;
        let said = failed(&server, ClientTlsConfig::new().ca_certificate(own.authority())).await;
        assert!(
            said.contains("CertificateRequired") || said.contains(crate::error::HANDSHAKE_REFUSED),
            "{said}"
        );
    }

    #[tokio::test]
    async fn server_without_tls_is_told_at_once() {
        let server = FakeServer::start().await;
        let said = failed(&server, ClientTlsConfig::new().ca_certificate(Own::new().authority())).await;
        assert!(said.contains("InvalidContentType"), "{said}");
    }
}
