//! People whose clients do not tell when they changed their profile.

use std::time::Duration;

use nous_client::config_sync::schedule::Ended;
use nous_protocol::account::Namespace;
use nous_protocol::config::contacts::Contacts;
use nous_protocol::config::kind::ConfigKind;
use nous_protocol::config::sealing::ConfigKeys;
use nous_protocol::content::OutgoingBody;
use nous_storage::conversations::{self, PersonProfile};
use nous_storage::{configs, people};
use nous_testkit::Person::{Alice, Bob};

use crate::config::{laptop_and_phone, person, pin, poll, pushed};
use crate::device::{Device, World};
use crate::receive::{self, at};

const MONTH: Duration = Duration::from_secs(30 * 86_400);

fn signed(body: &str, name: &str) -> OutgoingBody {
    receive::signed(body, name, None)
}

async fn name(device: &Device) -> String {
    person(device, Bob).await.unwrap().name
}

/// A laptop and a phone that know him as Bob; nobody knows since when.
async fn devices(world: &World) -> (Device, Device) {
    let (laptop, phone) = laptop_and_phone(world).await;
    world.send(Bob, Alice, signed("one", "Bob"), at(1));
    poll(&laptop).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    for device in [&laptop, &phone] {
        assert_eq!(name(device).await, "Bob");
    }
    (laptop, phone)
}

async fn contacts(device: &Device) -> Contacts {
    let dump = device.read(|reader| configs::dump(reader, Namespace::CONTACTS));
    Contacts::load(&dump.await.unwrap()).unwrap()
}

/// The tables learn a name that the config does not.
async fn learn(device: &Device, name: &'static str) {
    let profile = PersonProfile {
        name: Some(name.to_owned()),
        picture: None,
        updated_s: 0,
    };
    let learnt = device.core.db.write(move |writer| {
        let known = people::find(&writer.reader(), &Bob.id())?;
        let Some((key, _)) = known else { return Ok(()) };
        conversations::set_profile(writer, key, &profile)
    });
    learnt.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_name_that_a_message_brings_is_shared() {
    let world = World::new();
    let (laptop, phone) = devices(&world).await;
    world.send(Bob, Alice, signed("two", "Robert"), at(2));
    poll(&laptop).await;
    assert_eq!(name(&laptop).await, "Robert");
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    assert_eq!(contacts(&laptop).await.get(&Bob.id()).unwrap().name, "Robert");
    pin(&phone, Bob).await;
    pushed(&phone).await;
    for device in [&laptop, &phone] {
        poll(device).await;
        assert_eq!(name(device).await, "Robert");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_only_the_tables_know_stays_and_is_shared() {
    let world = World::new();
    let (laptop, phone) = devices(&world).await;
    learn(&laptop, "Robert").await;
    pin(&phone, Bob).await;
    assert_eq!(pushed(&phone).await, Ended::Pushed);
    poll(&laptop).await;
    assert_eq!(name(&laptop).await, "Robert");
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    assert_eq!(name(&phone).await, "Robert");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_another_device_has_changed_since_counts() {
    let world = World::new();
    let (laptop, phone) = devices(&world).await;
    learn(&laptop, "Robert").await;
    let mut contacts = contacts(&phone).await;
    let mut bob = contacts.get(&Bob.id()).unwrap();
    "Bert".clone_into(&mut bob.name);
    contacts.set(&bob);
    let own = Alice.keys();
    let keys = ConfigKeys::own(ConfigKind::Contacts, &own);
    let given = contacts.state_mut().push(&keys, laptop.now()).unwrap();
    for data in given.messages {
        world.swarm.put_in(Alice.id(), Namespace::CONTACTS, data, MONTH);
    }
    for device in [&laptop, &phone] {
        poll(device).await;
        assert_eq!(name(device).await, "Bert");
    }
    assert_eq!(pushed(&laptop).await, Ended::Idle);
}
