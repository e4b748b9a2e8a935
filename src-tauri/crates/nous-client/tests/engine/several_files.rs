//! Files that do not go into one message go as several: all of them, or none.

use nous_client::error::ClientError;
use nous_client::files::staging::{self, Chosen};
use nous_client::send::{self, Draft};
use nous_storage::conversations;
use nous_storage::messages::SendState;
use nous_testkit::Person::{Alice, Bob};

use crate::device::{Device, World};
use crate::pictures::jpeg;
use crate::receive::row;
use crate::setup::{self, draft, friends};

/// Chooses a file that stands in the draft for Bob.
async fn choose(device: &Device, name: &str, bytes: &[u8]) -> String {
    let chosen = Chosen {
        conversation: Some(Bob.id().into()),
        ..setup::chosen(name, bytes)
    };
    staging::stage(&device.core, chosen).await.unwrap().id
}

/// What stands in the draft for Bob: the text, and how many files.
async fn drafted(device: &Device) -> (String, u32) {
    let row = row(device, Bob).await.unwrap();
    (row.draft, row.staged_files)
}

async fn type_text(device: &Device, text: &'static str) {
    let typed = device.core.db.write(move |writer| {
        let key = conversations::find(&writer.reader(), Bob.id())?.unwrap();
        conversations::set_draft(writer, key, text, None)
    });
    typed.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn pictures_go_as_an_album_every_other_file_alone_and_the_text_with_the_first() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let rows = alice.timeline(Bob.id()).await;
    let asked = rows.iter().find(|row| row.body == "hello yourself").unwrap().key;
    type_text(&alice, "all of it").await;
    let mut attachments = Vec::new();
    for (name, bytes) in [
        ("a.txt", b"a".to_vec()),
        ("b.jpg", jpeg(1)),
        ("c.txt", b"c".to_vec()),
        ("d.jpg", jpeg(200)),
    ] {
        attachments.push(choose(&alice, name, &bytes).await);
    }
    assert_eq!(drafted(&alice).await, ("all of it".to_owned(), 4));
    let said = Draft {
        quote: Some(asked),
        client_token: Some("token".to_owned()),
        attachments,
        ..draft("all of it")
    };
    let written = send::submit_all(&alice.core, Bob.id(), said.clone())
        .await
        .unwrap();
    assert_eq!(written.len(), 3);
    assert_eq!(
        drafted(&alice).await,
        (String::new(), 0),
        "it is emptied with them"
    );
    for key in &written {
        alice.until_state(*key, SendState::Sent).await;
    }
    let texts = ["hello", "hello yourself", "all of it", "", ""];
    bob.until_texts(Alice, &texts).await;
    let came = bob.timeline(Alice.id()).await;
    let came: Vec<(Vec<&str>, bool)> = came[came.len() - 3..]
        .iter()
        .map(|row| {
            let names = row.attachments.iter().map(|file| file.facts.name.as_str());
            (names.collect(), row.quote.is_some())
        })
        .collect();
    let expected = [
        (vec!["a.txt"], true),
        (vec!["b.jpg", "d.jpg"], false),
        (vec!["c.txt"], false),
    ];
    assert_eq!(came, expected);
    // Asked again, nobody writes anything anew.
    let again = send::submit_all(&alice.core, Bob.id(), said).await.unwrap();
    assert_eq!(again, written);
    assert_eq!(alice.texts(Bob).await, texts);
}

#[tokio::test(start_paused = true)]
async fn if_one_file_is_gone_nothing_is_written_and_the_draft_stays() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    type_text(&alice, "both").await;
    let (first, second) = (
        choose(&alice, "a.txt", b"a").await,
        choose(&alice, "b.txt", b"b").await,
    );
    staging::discard(&alice.core, vec![second.clone()]).await.unwrap();
    let both = Draft {
        attachments: vec![first, second],
        ..draft("both")
    };
    let refused = send::submit_all(&alice.core, Bob.id(), both).await;
    assert_eq!(refused, Err(ClientError::FileGone));
    assert_eq!(alice.texts(Bob).await, ["hello", "hello yourself"]);
    assert_eq!(drafted(&alice).await, ("both".to_owned(), 1));
}

#[tokio::test(start_paused = true)]
async fn more_files_than_go_at_once_stay_chosen() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let mut attachments = Vec::new();
    for number in 0..33 {
        attachments.push(choose(&alice, &format!("{number}.txt"), b"x").await);
    }
    let all = Draft {
        attachments,
        ..draft("")
    };
    let refused = send::submit_all(&alice.core, Bob.id(), all).await;
    assert_eq!(refused, Err(ClientError::TooManyFiles(32)));
    assert_eq!(drafted(&alice).await.1, 33);
}

#[tokio::test(start_paused = true)]
async fn written_before_the_time_is_known_they_keep_their_order() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let mut attachments = Vec::new();
    for name in ["a.txt", "b.txt", "c.txt"] {
        let chosen = setup::chosen(name, b"x");
        attachments.push(staging::stage(&alice.core, chosen).await.unwrap().id);
    }
    let all = Draft {
        attachments,
        ..draft("three")
    };
    let written = send::submit_all(&alice.core, Alice.id(), all).await.unwrap();
    let alice = alice.started();
    for key in &written {
        alice.until_state(*key, SendState::Sent).await;
    }
    let rows = alice.timeline(Alice.id()).await;
    let names: Vec<&str> = rows
        .iter()
        .map(|row| row.attachments[0].facts.name.as_str())
        .collect();
    assert_eq!(names, ["a.txt", "b.txt", "c.txt"]);
    assert!(rows.windows(2).all(|pair| pair[0].sent < pair[1].sent));
}
