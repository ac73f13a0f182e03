//! The Rust runner of the scenario that all client libraries play: one JSON object per line in, one out. The protocol is
//! in client-lib/conformance.

use datastored_client::{
    Answer, Ask, Client, Code, Datastore, Error, Frame, FrameKind, Lease, Operation, Revision, Selection, Watch,
};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

/// For steps that name no timeout.
const USUAL_TIMEOUT: Duration = Duration::from_secs(10);

/// A followed watch has taken its first frame when it was opened: that one tells where it begins.
struct Followed {
    watch: Watch,
    first: Option<Frame>,
}

impl Followed {
    async fn next(&mut self) -> Result<Frame, Failure> {
        match self.first.take() {
            Some(first) => Ok(first),
            None => frame(self.watch.next().await),
        }
    }
}

fn frame(next: Option<Result<Frame, Error>>) -> Result<Frame, Failure> {
    Ok(next.ok_or("the watch has ended")??)
}

/// The state between steps.
#[derive(Default)]
struct Runner {
    client: Option<Client>,
    /// Until the next connect.
    leases: HashMap<String, Lease>,
    many: HashMap<String, Vec<Lease>>,
    watches: HashMap<String, Followed>,
    executed: Vec<String>,
}

/// Why a step has no answer.
enum Failure {
    Library(Error),
    Text(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Library(error)
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        Failure::Text(text.to_owned())
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut out = tokio::io::stdout();
    let mut runner = Runner::default();
    while let Some(line) = lines.next_line().await? {
        let step: Value = serde_json::from_str(&line)?;
        let bye = step["do"] == "bye";
        let answer = match bye {
            true => runner.bye(&step).await,
            false => runner.run(&step).await,
        };
        out.write_all(format!("{answer}\n").as_bytes()).await?;
        out.flush().await?;
        if bye {
            return Ok(());
        }
    }
    let _ = runner.end().await;
    Ok(())
}

fn text<'a>(step: &'a Value, key: &str) -> &'a str {
    step[key].as_str().unwrap_or_default()
}

fn milliseconds(step: &Value, key: &str) -> Option<Duration> {
    step[key].as_u64().map(Duration::from_millis)
}

impl Runner {
    async fn bye(&mut self, step: &Value) -> Value {
        match self.end().await {
            Ok(()) => json!({"id": step["id"], "ok": {"executed": self.executed}}),
            Err(error) => json!({"id": step["id"], "error": error.to_string()}),
        }
    }

    async fn run(&mut self, step: &Value) -> Value {
        self.executed.push(text(step, "id").to_owned());
        let patience = milliseconds(step, "timeout_ms").unwrap_or(USUAL_TIMEOUT);
        let id = &step["id"];
        match timeout(patience, self.perform(step)).await {
            Ok(Ok(ok)) => json!({"id": id, "ok": ok}),
            Ok(Err(Failure::Library(Error::Refused {
                reason, code, metadata, ..
            }))) => json!({"id": id, "refused": {
                "reason": reason.as_str(), "code": code_word(code), "metadata": *metadata,
            }}),
            Ok(Err(Failure::Library(error))) => json!({"id": id, "error": error.to_string()}),
            Ok(Err(Failure::Text(text))) => json!({"id": id, "error": text}),
            Err(_) => json!({"id": id, "error": format!("not done in {patience:?}")}),
        }
    }

    async fn perform(&mut self, step: &Value) -> Result<Value, Failure> {
        let key = text(step, "as");
        match text(step, "do") {
            "connect" => return self.connect(step).await,
            "close" => {
                self.end().await?;
                return Ok(json!({}));
            }
            _ => {}
        }
        if text(step, "do") == "await_lost" {
            let lease = self.leases.get(key).ok_or("no such lease")?;
            return Ok(json!({"cause": lease.lost().await.to_string()}));
        }
        let client = self.client.as_ref().ok_or("not connected")?;
        match text(step, "do") {
            "lookup" => {
                let answer = client.lookup(ask(step)).await?;
                Ok(answer_object(&answer))
            }
            "hold" => {
                let operation = operation(step);
                let held = client.hold(ask(step), operation);
                let lease = match milliseconds(step, "give_up_after_ms") {
                    None => held.await?,
                    // As futures are given up: dropped.
                    Some(patience) => match timeout(patience, held).await {
                        Ok(held) => held?,
                        Err(_) => return Ok(json!({"gave_up": true})),
                    },
                };
                let answer = json!({
                    "lease_id": lease.id(),
                    "fencing_token": lease.fencing_token(),
                    "datastore": datastore_object(lease.datastore()),
                    "revision": revision_object(lease.revision()),
                });
                self.leases.insert(key.to_owned(), lease);
                Ok(answer)
            }
            "watch" => {
                let mut watch = client.watch(Selection::all());
                let first = frame(watch.next().await)?;
                let answer = json!({"revision": revision_object(&first.revision)});
                let first = Some(first);
                self.watches.insert(key.to_owned(), Followed { watch, first });
                Ok(answer)
            }
            "next" => {
                let followed = self.watches.get_mut(key).ok_or("no such watch")?;
                next(followed, step["bookmarks"] == true).await
            }
            "release" => {
                self.leases.remove(key).ok_or("no such lease")?.release().await?;
                Ok(json!({}))
            }
            "lease" => {
                let lease = self.leases.get(key).ok_or("no such lease")?;
                Ok(json!({"alive": lease.alive(), "fencing_token": lease.fencing_token()}))
            }
            "load" => load(client, step).await,
            "hold_many" => {
                let leases = hold_many(client, step).await?;
                let answer = json!({"held": leases.len()});
                self.many.insert(key.to_owned(), leases);
                Ok(answer)
            }
            "count_alive" => {
                let leases = self.many.get(key).ok_or("no such leases")?;
                Ok(json!({"alive": leases.iter().filter(|lease| lease.alive()).count()}))
            }
            verb => Err(Failure::Text(format!("no verb {verb}"))),
        }
    }

    async fn connect(&mut self, step: &Value) -> Result<Value, Failure> {
        self.end().await?;
        self.leases.clear();
        self.many.clear();
        let patience = milliseconds(step, "timeout_ms").unwrap_or(USUAL_TIMEOUT);
        // The library's own patience, which ends before that of the step.
        let patience = patience.saturating_sub(Duration::from_millis(200));
        let mut builder = Client::builder().name(text(step, "client")).timeout(patience);
        if let Some(ttl) = milliseconds(step, "ttl_ms") {
            builder = builder.ttl(ttl);
        }
        let client = builder.connect(text(step, "target")).await?;
        let ttl = u64::try_from(client.ttl().as_millis()).unwrap_or(u64::MAX);
        let answer = json!({"session_id": client.session_id(), "ttl_ms": ttl});
        self.client = Some(client);
        Ok(answer)
    }

    async fn end(&mut self) -> Result<(), Error> {
        let closed = match self.client.take() {
            Some(client) => client.close().await,
            None => Ok(()),
        };
        self.watches.clear();
        closed
    }
}

fn operation(step: &Value) -> Operation {
    match text(step, "operation") {
        "WRITE" => Operation::Write,
        _ => Operation::Read,
    }
}

fn number(step: &Value, key: &str) -> u64 {
    step[key].as_u64().unwrap_or_default()
}

/// Asks so many times, evenly or all at once, each call in flight beside the others.
async fn load(client: &Client, step: &Value) -> Result<Value, Failure> {
    let (count, rate) = (number(step, "count"), number(step, "rate"));
    let patience = Duration::from_millis(number(step, "call_timeout_ms"));
    let begin = Instant::now();
    let mut asked = JoinSet::new();
    for i in 0..count {
        if rate > 0 {
            tokio::time::sleep_until(begin + Duration::from_secs(i) / u32::try_from(rate).unwrap_or(u32::MAX)).await;
        }
        let client = client.clone();
        let ask = Ask::new(text(step, "datastore")).timeout(patience);
        asked.spawn(async move { client.lookup(ask).await.map(|_| ()) });
    }
    let failures: Vec<Error> = asked.join_all().await.into_iter().filter_map(Result::err).collect();
    let failed = failures.len() as u64;
    let failure = failures.first().map(ToString::to_string).unwrap_or_default();
    Ok(json!({"answered": count - failed, "failed": failed, "failure": failure}))
}

async fn hold_many(client: &Client, step: &Value) -> Result<Vec<Lease>, Error> {
    let mut asked = JoinSet::new();
    let mut leases = Vec::new();
    for i in 0..number(step, "count") {
        if asked.len() >= 64
            && let Some(Ok(held)) = asked.join_next().await
        {
            leases.push(held?);
        }
        let (client, operation) = (client.clone(), operation(step));
        let ask = Ask::new(format!("{}{i}", text(step, "prefix"))).purpose(text(step, "purpose"));
        asked.spawn(async move { client.hold(ask, operation).await });
    }
    for held in asked.join_all().await {
        leases.push(held?);
    }
    Ok(leases)
}

async fn next(followed: &mut Followed, bookmarks: bool) -> Result<Value, Failure> {
    loop {
        let frame = followed.next().await?;
        let revision = revision_object(&frame.revision);
        let list = |datastores: &[Datastore]| datastores.iter().map(datastore_object).collect::<Vec<_>>();
        match &frame.kind {
            FrameKind::Snapshot { reason, datastores } => {
                return Ok(json!({
                    "kind": "snapshot", "reason": reason.as_str(), "changed": list(datastores),
                    "removed": [], "generations": 0, "revision": revision,
                }));
            }
            FrameKind::Change {
                changed,
                removed,
                generations,
            } => {
                return Ok(json!({
                    "kind": "change", "changed": list(changed), "removed": removed,
                    "generations": generations, "revision": revision,
                }));
            }
            FrameKind::Bookmark { .. } if bookmarks => {
                return Ok(json!({
                    "kind": "bookmark", "changed": [], "removed": [], "generations": 0, "revision": revision,
                }));
            }
            _ => {}
        }
    }
}

fn ask(step: &Value) -> Ask {
    let mut ask = Ask::new(text(step, "datastore"));
    let at_least = &step["at_least"];
    if let (Some(incarnation), Some(generation)) = (at_least["incarnation"].as_str(), at_least["generation"].as_i64()) {
        ask = ask.at_least(Revision {
            incarnation: incarnation.to_owned(),
            generation,
        });
    }
    if !text(step, "purpose").is_empty() {
        ask = ask.purpose(text(step, "purpose"));
    }
    // The library's own patience, so that it gives back what it has given up.
    ask.timeout(milliseconds(step, "timeout_ms").unwrap_or(USUAL_TIMEOUT))
}

fn answer_object(answer: &Answer) -> Value {
    json!({"datastore": datastore_object(&answer.datastore), "revision": revision_object(&answer.revision)})
}

fn datastore_object(datastore: &Datastore) -> Value {
    json!({
        "name": datastore.name, "etag": datastore.etag, "generation": datastore.generation,
        "mode": datastore.mode.as_str(), "message": datastore.message, "path": datastore.path,
        "comment": datastore.comment,
    })
}

fn revision_object(revision: &Revision) -> Value {
    json!({"incarnation": revision.incarnation, "generation": revision.generation})
}

/// The code as the contract spells it: FAILED_PRECONDITION.
fn code_word(code: Code) -> String {
    let mut word = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(letter.to_ascii_uppercase());
    }
    word
}
