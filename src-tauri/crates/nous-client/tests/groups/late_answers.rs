//! Answers of nodes that come when everybody has read what they are about.

use std::sync::Arc;

use async_trait::async_trait;
use nous_network::{Departure, FileApi, FileError, Snode, StoreReceipt, StoredFile, SwarmApi, SwarmError};
use nous_protocol::account::{GroupId, SwarmAccount};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{StorageReply, StorageRequest};
use nous_storage::groups::tasks;
use nous_storage::messages::SendState;
use nous_testkit::Person::Bob;
use tokio::sync::watch;

use crate::device::{Device, World};
use crate::life::of_two;

/// A network that keeps the answers to what is stored for groups until they are let go.
struct HeldAnswers {
    network: Arc<dyn SwarmApi>,
    is_held: watch::Receiver<bool>,
    answered: watch::Sender<u32>,
}

#[async_trait]
impl FileApi for HeldAnswers {
    async fn upload_file(&self, bytes: Vec<u8>, is_deterministic: bool) -> Result<StoredFile, FileError> {
        self.network.upload_file(bytes, is_deterministic).await
    }

    async fn download_file(&self, url: &str) -> Result<Vec<u8>, FileError> {
        self.network.download_file(url).await
    }

    async fn extend_file(&self, url: &str) -> Result<Timestamp, FileError> {
        self.network.extend_file(url).await
    }
}

#[async_trait]
impl SwarmApi for HeldAnswers {
    async fn members(&self, account: &SwarmAccount) -> Result<Vec<Snode>, SwarmError> {
        self.network.members(account).await
    }

    async fn current_members(&self, account: &SwarmAccount) -> Result<Vec<Snode>, SwarmError> {
        self.network.current_members(account).await
    }

    async fn call(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        requests: Vec<StorageRequest>,
    ) -> Result<Vec<StorageReply>, SwarmError> {
        self.network.call(account, node, requests).await
    }

    async fn sequence(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        requests: Vec<StorageRequest>,
    ) -> Result<Vec<StorageReply>, SwarmError> {
        self.network.sequence(account, node, requests).await
    }

    async fn store(
        &self,
        account: &SwarmAccount,
        request: StorageRequest,
        departure: &Departure,
    ) -> Result<StoreReceipt, SwarmError> {
        let answer = self.network.store(account, request, departure).await;
        let mut is_held = self.is_held.clone();
        drop(is_held.wait_for(|is_held| !is_held).await.unwrap());
        self.answered.send_modify(|count| *count += 1);
        answer
    }
}

async fn is_sent(device: &Device, id: GroupId, text: &str) -> bool {
    let rows = device.timeline(id).await;
    rows.iter()
        .any(|row| row.body == text && row.state == Some(SendState::Sent))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_poll_finds_before_its_answer_comes_stays_with_everybody() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let mut bob = bob.stopped().await;
    let (hold, is_held) = watch::channel(true);
    let (answered, mut count) = watch::channel(0);
    bob.swarm = Arc::new(HeldAnswers {
        network: Arc::clone(&bob.swarm),
        is_held,
        answered,
    });
    let bob = bob.started();
    bob.write(id, "mine").await;
    alice.until_texts(id, &["mine"]).await;
    bob.until("found in the swarm", || async {
        bob.poll(id).await;
        is_sent(&bob, id, "mine").await
    })
    .await;
    hold.send_replace(false);
    drop(count.wait_for(|count| *count > 0).await.unwrap());
    bob.write(id, "once more").await;
    bob.until("all sent", || is_sent(&bob, id, "once more")).await;
    // Whatever followed from the answer is done.
    bob.until("nothing is left to do", || async {
        bob.read(move |reader| tasks::of_group(reader, &id))
            .await
            .is_empty()
    })
    .await;
    alice.until_texts(id, &["mine", "once more"]).await;
    alice.settle(id).await;
    assert_eq!(alice.texts(id).await, ["mine", "once more"]);
    assert!(alice.member(id, Bob).await.is_some());
}
