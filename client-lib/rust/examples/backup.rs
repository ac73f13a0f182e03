//! What a backup program does with datastored: it holds a WRITE lease while it works, stops when the lease is lost, and
//! follows the datastore meanwhile.
//!
//!     cargo run --example backup [TARGET [DATASTORE]]

use datastored_client::{Ask, Client, Error, FrameKind, Operation, Selection};
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let target = words.next().unwrap_or_else(|| "127.0.0.1:7400".to_owned());
    let datastore = words.next().unwrap_or_else(|| "main".to_owned());
    let client = Client::builder().name("backup example").connect(&target).await?;
    let following = tokio::spawn(follow(client.clone(), datastore.clone()));
    if let Err(error) = backup(&client, &datastore).await {
        match &error {
            Error::Refused { reason, metadata, .. } => {
                eprintln!(
                    "not now: {reason}, mode {:?} {:?}",
                    metadata.get("mode"),
                    metadata.get("message")
                );
            }
            other => eprintln!("{other}"),
        }
    }
    client.close().await?;
    let _ = following.await;
    Ok(())
}

async fn backup(client: &Client, datastore: &str) -> Result<(), Error> {
    let lease = client
        .hold(Ask::new(datastore).purpose("example"), Operation::Write)
        .await?;
    println!(
        "{datastore} is ours at {}, fencing token {}",
        lease.datastore().path,
        lease.fencing_token()
    );
    for chunk in 1..=5 {
        // Before each step that cannot be undone: a look at a clock, nothing on the wire.
        if !lease.alive() {
            println!("stopped before chunk {chunk}: the lease is lost, {:?}", lease.cause());
            break;
        }
        println!("chunk {chunk} is written");
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
            cause = lease.lost() => println!("lost: {cause}"),
        }
    }
    lease.release().await
}

async fn follow(client: Client, datastore: String) {
    let mut watch = client.watch(Selection::of([datastore]));
    while let Some(Ok(frame)) = watch.next().await {
        let datastores = match &frame.kind {
            FrameKind::Snapshot { datastores, .. } => datastores,
            FrameKind::Change { changed, .. } => changed,
            _ => continue,
        };
        for datastore in datastores {
            println!(
                "at {}: {} is in mode {}",
                frame.revision,
                datastore.name,
                datastore.mode.as_str()
            );
        }
    }
}
