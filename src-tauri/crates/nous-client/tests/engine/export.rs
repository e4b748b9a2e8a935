//! A conversation as files: read and parsed again, never over what is there, and gone when it is stopped.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use nous_client::ClientError;
use nous_client::disappearing::setting;
use nous_client::export::{self, EventWords, Format, Outcome, Plan, Progress, Tell, Words};
use nous_client::files::staging::{self, Chosen};
use nous_client::send::{self, Draft};
use nous_protocol::account::ConversationId;
use nous_protocol::config::fields::{Timer, TimerStart};
use nous_storage::ids::MessageKey;
use nous_testkit::Person::{Alice, Bob};
use tokio_util::sync::CancellationToken;

use crate::device::{Device, World};
use crate::setup;

/// What could become part of a page.
const HOSTILE: &str = "</p><script>alert('1')</script> \"&amp;\"";

fn words() -> Words {
    let text = |text: &str| text.to_owned();
    Words {
        language: text("en"),
        title: text("Notes <i>"),
        lead: text("Written on {date}"),
        you: text("You"),
        deleted: text("deleted"),
        deleted_here: text("deleted here"),
        unsupported: text("unsupported"),
        accepted: text("accepted"),
        timer: text("timer"),
        media_saved: text("saved"),
        quote_missing: text("missing"),
        quote_deleted: text("gone"),
        file_missing: text("not here: {name}"),
        earlier: text("earlier"),
        later: text("later"),
        left_out: text("left out: {count}"),
        events: EventWords {
            created: text("created"),
            invited: text("invited"),
            joined: text("joined"),
            added: text("added {people}"),
            removed: text("removed {people}"),
            promoted: text("promoted {people}"),
            left: text("left"),
            named: text("named {name}"),
            named_unknown: text("named"),
            picture: text("picture"),
        },
    }
}

fn plan(parent: &Path, format: Format) -> Plan {
    Plan {
        conversation: Alice.id().into(),
        format,
        parent: parent.to_owned(),
        name: "Notes".into(),
        words: words(),
        with_member_names: false,
    }
}

fn unheard() -> Tell {
    Arc::new(|_| ())
}

async fn written(device: &Device, plan: Plan) -> (PathBuf, Progress) {
    let stop = CancellationToken::new();
    match export::run(&device.core, plan, &stop, unheard()).await.unwrap() {
        Outcome::Done(folder, progress) => (folder, progress),
        Outcome::Stopped => panic!("nobody stopped it"),
    }
}

async fn note(device: &Device, body: &str, quote: Option<MessageKey>, files: &[(&str, &[u8])]) -> MessageKey {
    let mut attachments = Vec::new();
    for (name, bytes) in files {
        let chosen = Chosen {
            is_as_it_is: true,
            ..setup::chosen(name, bytes)
        };
        attachments.push(staging::stage(&device.core, chosen).await.unwrap().id);
    }
    let draft = Draft {
        quote,
        attachments,
        ..setup::draft(body)
    };
    send::submit(&device.core, Alice.id(), draft).await.unwrap()
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test(start_paused = true)]
async fn a_page_shows_every_text_as_text_with_its_files_beside_it() {
    let world = World::new();
    let alice = world.device(Alice).await;
    note(&alice, HOSTILE, None, &[]).await;
    note(
        &alice,
        "read this",
        None,
        &[("../a <b>.html", b"<script>1</script>".as_slice())],
    )
    .await;
    note(&alice, "and this", None, &[("a <b>.html", b"another".as_slice())]).await;
    let dir = tempfile::tempdir().unwrap();
    let (folder, progress) = written(&alice, plan(dir.path(), Format::Html)).await;
    assert_eq!((progress.done, progress.files, progress.missing), (3, 2, 0));
    assert_eq!(names_in(&folder), ["files", "index.html"]);
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &quot;&amp;amp;&quot;"));
    assert!(!page.contains("<script") && !page.contains("<i>"));
    assert!(page.contains("Notes &lt;i&gt;") && page.contains("<bdi>You</bdi>"));
    let files = names_in(&folder.join("files"));
    assert_eq!(files.len(), 2);
    assert!(
        files[0].ends_with(" a _b_ (2).html") && files[1].ends_with(" a _b_.html"),
        "{files:?}"
    );
    let first = fs::read(folder.join("files").join(&files[1])).unwrap();
    assert_eq!(first, b"<script>1</script>");
    assert!(
        !page.contains("href=\"files"),
        "a page that could run is not opened"
    );
    let (again, _) = written(&alice, plan(dir.path(), Format::Html)).await;
    assert_ne!(again, folder);
    assert_eq!(names_in(dir.path()).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_document_for_programs_holds_what_was_said_and_nothing_that_disappears() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let first = note(
        &alice,
        HOSTILE,
        None,
        &[("notes.txt", b"what was agreed".as_slice())],
    )
    .await;
    note(&alice, "that one", Some(first), &[]).await;
    let timer = Timer {
        start: TimerStart::Sent,
        seconds: 43_200,
    };
    setting::set(&alice.core, Alice.id().into(), Some(timer))
        .await
        .unwrap();
    let fleeting = note(&alice, "soon gone", None, &[]).await;
    setting::set(&alice.core, Alice.id().into(), None).await.unwrap();
    note(&alice, "about what is soon gone", Some(fleeting), &[]).await;
    let dir = tempfile::tempdir().unwrap();
    let (folder, progress) = written(&alice, plan(dir.path(), Format::Json)).await;
    assert_eq!(progress.left_out, 1);
    let text = fs::read_to_string(folder.join("messages.json")).unwrap();
    assert!(
        !text.contains("\"soon gone\""),
        "neither the message nor what quotes it"
    );
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["conversation"]["id"], Alice.id().to_string());
    assert_eq!(
        (&document["version"], &document["leftOut"]),
        (&1.into(), &1.into())
    );
    let messages = document["messages"].as_array().unwrap();
    let said: Vec<&str> = messages
        .iter()
        .filter(|message| message["kind"] == "text")
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    assert_eq!(said, [HOSTILE, "that one", "about what is soon gone"]);
    let file = &messages[0]["attachments"][0];
    assert_eq!(
        (&file["name"], &file["sizeBytes"]),
        (&"notes.txt".into(), &15.into())
    );
    let saved = folder.join(file["file"].as_str().unwrap());
    assert_eq!(fs::read(saved).unwrap(), b"what was agreed");
    assert_eq!(messages[1]["quote"]["text"], HOSTILE);
    let last = messages.last().unwrap();
    assert!(last["quote"]["text"].is_null(), "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_long_conversation_is_written_page_by_page_and_tells_how_far_it_is() {
    let world = World::new();
    let alice = world.device(Alice).await;
    for number in 0..250 {
        note(&alice, &format!("note {number}"), None, &[]).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let kept = Arc::clone(&told);
    let tell: Tell = Arc::new(move |progress| kept.lock().unwrap().push(progress));
    let stop = CancellationToken::new();
    let plan = plan(dir.path(), Format::Html);
    let outcome = export::run(&alice.core, plan, &stop, tell).await.unwrap();
    assert!(matches!(outcome, Outcome::Done(..)));
    let told: Vec<(u32, u32)> = told
        .lock()
        .unwrap()
        .iter()
        .map(|now| (now.done, now.total))
        .collect();
    assert_eq!(told, [(100, 250), (200, 250), (250, 250)]);
}

#[tokio::test(start_paused = true)]
async fn what_is_stopped_or_fails_leaves_nothing_behind() {
    let world = World::new();
    let alice = world.device(Alice).await;
    for number in 0..150 {
        note(&alice, &format!("note {number}"), None, &[]).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    let tell: Tell = Arc::new(move |_| stopping.cancel());
    let outcome = export::run(&alice.core, plan(dir.path(), Format::Html), &stop, tell).await;
    assert_eq!(outcome, Ok(Outcome::Stopped));
    assert!(names_in(dir.path()).is_empty());
    let unknown = Plan {
        conversation: ConversationId::from(Bob.id()),
        ..plan(dir.path(), Format::Json)
    };
    let stop = CancellationToken::new();
    let outcome = export::run(&alice.core, unknown, &stop, unheard()).await;
    assert_eq!(outcome, Err(ClientError::NoConversation));
    let blocked = dir.path().join("a file");
    fs::write(&blocked, "mine").unwrap();
    let outcome = export::run(&alice.core, plan(&blocked, Format::Json), &stop, unheard()).await;
    assert!(matches!(outcome, Err(ClientError::Storage(_))), "{outcome:?}");
    assert_eq!(names_in(dir.path()), ["a file"]);
}
