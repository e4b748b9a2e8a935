//! The directory stays on its device: nothing of it is in anything that leaves.

use std::ops::ControlFlow;
use std::time::Duration;

use nous_client::config_sync::actions;
use nous_client::config_sync::push::push;
use nous_client::directory::parse;
use nous_client::requests;
use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use nous_protocol::config::kind::ConfigKind;
use nous_protocol::config::{crypto, form, wrap};
use nous_protocol::envelope;
use nous_protocol::keys::IdentityKeys;
use nous_protocol::wire::rpc::{Action, StorageRequest};
use nous_storage::db::Writer;
use nous_storage::directory::{self, Winner};
use nous_storage::{conversations, people};
use nous_testkit::Person::{self, Alice, Bob, Chloe};
use nous_testkit::{Asked, ScriptedSwarm};

use crate::device::{Device, World};
use crate::receive::{named, poll};

const PEOPLE: [Person; 3] = [Alice, Bob, Chloe];

/// Somebody of the directory who is never written to.
fn stranger(number: u8) -> AccountId {
    AccountId::from_x25519([0xd0 + number; 32])
}

/// A list with strangers, and with both whom Alice writes to.
fn list() -> String {
    let strangers = (0..20).map(|number| (format!("Quokkaname{number}"), stranger(number)));
    let known = [
        ("Quokkabob".to_owned(), Bob.id()),
        ("Quokkachloe".to_owned(), Chloe.id()),
    ];
    let lines = strangers.chain(known);
    lines
        .map(|(name, id)| format!("{name};{id};Wombatnote of {name}\n"))
        .collect()
}

async fn import(device: &Device) {
    let read = parse(list().as_bytes(), Some(&device.core.own), &mut |_, _| {
        ControlFlow::Continue(())
    });
    let entries = read.unwrap().entries;
    let now = device.now();
    let write = device
        .core
        .db
        .write(move |writer| directory::merge(writer, &entries, Winner::New, now));
    assert_eq!(write.await.unwrap().added, 22);
}

/// Everything that left, as plain as its receivers can make it.
fn plain(swarm: &ScriptedSwarm) -> Vec<Vec<u8>> {
    let asked = swarm.asked();
    let mut all: Vec<Vec<u8>> = asked
        .iter()
        .map(|asked| format!("{asked:?}").into_bytes())
        .collect();
    for Asked { account, request } in asked {
        all.push(account.to_string().into_bytes());
        let Some(StorageRequest::Account(request)) = request else {
            continue;
        };
        if let Action::Store { namespace, data, .. } = request.action {
            let opened = opened(account, namespace, &data);
            all.push(opened.unwrap_or_else(|| panic!("what was stored in {namespace:?} does not open")));
            all.push(data);
        }
    }
    all.extend(swarm.files().kept());
    all
}

fn opened(account: SwarmAccount, namespace: Namespace, data: &[u8]) -> Option<Vec<u8>> {
    let owner = PEOPLE
        .into_iter()
        .find(|person| SwarmAccount::from(person.id()) == account)?;
    let keys: IdentityKeys = owner.keys();
    let Some(kind) = ConfigKind::of(namespace) else {
        return envelope::open(&keys, data).ok().map(|opened| opened.content);
    };
    let sealed = wrap::unwrap(&keys, namespace, data);
    let padded = crypto::decrypt_own(&keys, &sealed, kind.domain()).ok()?;
    form::inflate(crypto::unpad(&padded).to_vec())
}

/// Whether something that left holds these bytes.
fn left(all: &[Vec<u8>], bytes: &[u8]) -> bool {
    all.iter()
        .any(|one| one.windows(bytes.len()).any(|window| window == bytes))
}

/// Whether an ID is in something that left, in any form.
fn id_left(all: &[Vec<u8>], id: &AccountId) -> bool {
    let bytes = id.to_bytes();
    left(all, &bytes[1..]) || left(all, id.to_string().as_bytes()) || {
        let list: Vec<String> = bytes[1..].iter().map(ToString::to_string).collect();
        left(all, list.join(", ").as_bytes())
    }
}

/// Requests both ways, texts, names, and everything that is decided about people.
async fn live(world: &World, alice: &Device) {
    let mut bob = world.device(Bob).await;
    bob.start();
    alice.write(Bob, "may I write to you?").await;
    alice.until_outbox_is_empty().await;
    poll(&bob).await;
    requests::accept(&bob.core, Alice.id()).await.unwrap();
    bob.write(Alice, "yes").await;
    bob.until_outbox_is_empty().await;
    world.send(
        Chloe,
        Alice,
        named("hello Alice", "Chloe of the market", 5),
        alice.now(),
    );
    poll(alice).await;
    requests::accept(&alice.core, Chloe.id()).await.unwrap();
    alice.write(Alice, "a note to myself").await;
    alice.write(Chloe, "hello back").await;
    actions::mark_read(&alice.core, Bob.id()).await.unwrap();
    let nickname = |writer: &mut Writer<'_>, key| people::set_nickname(writer, key, "Bobby");
    actions::change_conversation(&alice.core, Bob.id(), nickname)
        .await
        .unwrap();
    let pin = |writer: &mut Writer<'_>, key| people::set_pinned(writer, key, true);
    actions::change_conversation(&alice.core, Bob.id(), pin)
        .await
        .unwrap();
    let block = |writer: &mut Writer<'_>, key| conversations::set_blocked(writer, key, true);
    actions::change_conversation(&alice.core, Chloe.id(), block)
        .await
        .unwrap();
    actions::set_name(&alice.core, "Alice Liddell".to_owned(), 2_000)
        .await
        .unwrap();
    draft(alice, stranger(3)).await;
    alice.until_outbox_is_empty().await;
    push(&alice.core, &alice.api()).await.unwrap();
}

/// A conversation is opened and a text begun; nothing is sent.
async fn draft(device: &Device, to: AccountId) {
    let now = device.now();
    let begun = device.core.db.write(move |writer| {
        let key = conversations::ensure(writer, to, now)?;
        conversations::set_draft(writer, key, "dear Quokka", None)
    });
    begun.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nothing_of_the_directory_leaves_the_device() {
    let world = World::new();
    let mut alice = world.device(Alice).await;
    alice.start();
    alice.allow_all().await;
    import(&alice).await;
    live(&world, &alice).await;
    // All that is kept for long is told again, and another device of the account joins in.
    alice
        .pass(Duration::from_secs(6 * 3_600), Duration::from_secs(300))
        .await;
    let phone = world.restored_device(Alice).await.started();
    phone
        .until("the contact", || async {
            phone
                .read(|reader| people::find(reader, &Bob.id()))
                .await
                .is_some_and(|(_, bob)| bob.nickname == "Bobby")
        })
        .await;
    let entries = phone.read(|reader| directory::total(reader, "")).await;
    assert_eq!(entries, 0, "other devices learn nothing of it");

    let all = plain(&world.swarm);
    // What did leave is found in the same way.
    for told in [
        "may I write to you?",
        "a note to myself",
        "Bobby",
        "Alice Liddell",
    ] {
        assert!(left(&all, told.as_bytes()), "{told} is looked for in vain");
    }
    assert!(id_left(&all, &Bob.id()) && id_left(&all, &Chloe.id()));
    for word in ["Quokka", "quokka", "Wombatnote", "wombatnote"] {
        assert!(!left(&all, word.as_bytes()), "{word} has left the device");
    }
    for number in 0..20 {
        assert!(
            !id_left(&all, &stranger(number)),
            "stranger {number} has left the device"
        );
    }
}
