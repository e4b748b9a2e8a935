//! Answers of nodes that come when everybody has read what they are about, and requests that reach
//! them when they are out of date.

use std::sync::Arc;

use async_trait::async_trait;
use nous_client::groups::people::{self, MemberAction};
use nous_client::groups::push::GroupPushEnded;
use nous_network::{Departure, FileApi, FileError, Snode, StoreReceipt, StoredFile, SwarmApi, SwarmError};
use nous_protocol::account::{GroupId, SwarmAccount};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{StorageReply, StorageRequest};
use nous_storage::groups::details::Standing;
use nous_storage::groups::members::Step;
use nous_storage::groups::{shut_out, tasks};
use nous_storage::messages::SendState;
use nous_testkit::Person::{Alice, Bob, Chloe};
use tokio::sync::watch;

use crate::device::{Device, World};
use crate::life::{of_two, promote, until_joined};

/// What is held up until it is let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// The answers to messages that are stored.
    Answers,
    /// The requests that shut members out.
    Removals,
}

/// A network that holds something up.
struct Slow {
    network: Arc<dyn SwarmApi>,
    held: Held,
    is_held: watch::Receiver<bool>,
    /// How often that was so: of requests when they came, of answers when they were let go.
    count: watch::Sender<u32>,
}

/// Lets go what is held, and tells how often there was something.
struct Hold {
    release: watch::Sender<bool>,
    count: watch::Receiver<u32>,
}

impl Hold {
    fn on(device: &mut Device, held: Held) -> Self {
        let (release, is_held) = watch::channel(true);
        let (count, counted) = watch::channel(0);
        device.swarm = Arc::new(Slow {
            network: Arc::clone(&device.swarm),
            held,
            is_held,
            count,
        });
        Self {
            release,
            count: counted,
        }
    }

    async fn wait(&mut self) {
        drop(self.count.wait_for(|count| *count > 0).await.unwrap());
    }
}

impl Slow {
    async fn until_let_go(&self) {
        let mut is_held = self.is_held.clone();
        drop(is_held.wait_for(|is_held| !is_held).await.unwrap());
    }

    fn counts(&self) {
        self.count.send_modify(|count| *count += 1);
    }
}

#[async_trait]
impl FileApi for Slow {
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
impl SwarmApi for Slow {
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
        let shuts_out = requests
            .iter()
            .any(|request| request.method() == "revoke_subaccount");
        if shuts_out && self.held == Held::Removals {
            self.counts();
            self.until_let_go().await;
        }
        self.network.sequence(account, node, requests).await
    }

    async fn store(
        &self,
        account: &SwarmAccount,
        request: StorageRequest,
        departure: &Departure,
    ) -> Result<StoreReceipt, SwarmError> {
        let answer = self.network.store(account, request, departure).await;
        if self.held == Held::Answers {
            self.until_let_go().await;
            self.counts();
        }
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
    let mut hold = Hold::on(&mut bob, Held::Answers);
    let bob = bob.started();
    bob.write(id, "mine").await;
    alice.until_texts(id, &["mine"]).await;
    bob.until("found in the swarm", || async {
        bob.poll(id).await;
        is_sent(&bob, id, "mine").await
    })
    .await;
    hold.release.send_replace(false);
    hold.wait().await;
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

/// Chloe is an admin too.
async fn admin_more(world: &World, alice: &Device, id: GroupId) -> Device {
    let chloe = world.device(Chloe).await;
    chloe.knows(Alice).await;
    let chloe = chloe.started();
    let add = people::add(&alice.core, id, vec![(Chloe.id(), String::new())], false);
    add.await.unwrap();
    until_joined(alice, id, Chloe).await;
    promote(alice, id, Chloe).await;
    chloe
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_shut_out_by_an_admin_who_is_late_is_let_in_again() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let chloe = admin_more(&world, &alice, id).await;
    let mut chloe = chloe.stopped().await;
    let alice = alice.stopped().await;
    let again = MemberAction::AddAgain { with_history: true };
    people::act(&alice.core, id, vec![Bob.id()], again).await.unwrap();
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    // Both have read that Bob is to be removed; Alice is done with all of it first.
    let mut hold = Hold::on(&mut chloe, Held::Removals);
    let chloe = chloe.started();
    hold.wait().await;
    let alice = alice.started();
    alice
        .until_member(id, Bob, |member| {
            member.is_some_and(|member| !member.is_removed && member.invitation == Step::Done)
        })
        .await;
    alice.write(id, "welcome back").await;
    bob.until("back", || async {
        bob.texts(id).await.contains(&"welcome back".to_owned())
    })
    .await;

    hold.release.send_replace(false);
    chloe
        .until("let in again", || async {
            let noted = chloe.read(move |reader| shut_out::of_group(reader, &id)).await;
            let tasks = chloe.read(move |reader| tasks::of_group(reader, &id)).await;
            noted.is_empty() && tasks.is_empty()
        })
        .await;
    alice.write(id, "are you there?").await;
    bob.until("not shut out", || async {
        bob.texts(id).await.contains(&"are you there?".to_owned())
    })
    .await;
    assert_eq!(bob.standing(id).await, Some(Standing::Joined));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_a_newer_key_than_they_were_told_of_is_told_again() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let chloe = admin_more(&world, &alice, id).await;
    let mut chloe = chloe.stopped().await;
    let alice = alice.stopped().await;
    let remove = MemberAction::Remove { with_messages: false };
    people::act(&chloe.core, id, vec![Bob.id()], remove)
        .await
        .unwrap();
    let mut hold = Hold::on(&mut chloe, Held::Removals);
    let chloe = chloe.started();
    hold.wait().await;
    // Meanwhile another admin, who has not heard of it, makes a key for all.
    alice
        .change(id, |group, secret| group.rekey(secret).unwrap())
        .await;
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    let newest = bob.group(id).await.unwrap().keys().generation() + 1;
    bob.until("has the newer key", || async {
        bob.group(id).await.unwrap().keys().generation() == newest
    })
    .await;
    hold.release.send_replace(false);
    bob.until_standing(id, Standing::Removed).await;
    chloe
        .until("all is done", || async {
            let open = chloe.read(move |reader| shut_out::unsettled(reader, &id)).await;
            open.is_empty() && chloe.group(id).await.unwrap().members().get(&Bob.id()).is_none()
        })
        .await;
}
