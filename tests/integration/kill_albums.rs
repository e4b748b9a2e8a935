//! The process is killed between the files of an album, and started again.

use std::io::Cursor;

use nous_api::rows::AttachmentKind;

use crate::child::{Child, End};
use crate::files::{befriend, fetched, uploads};
use crate::person::text_of;
use crate::scene::Scene;

/// How wide its pictures are, in order.
const SIDES: [u32; 3] = [40, 60, 80];
/// What an album leaves on the disk: its pictures, each with a small one.
const FILES: usize = 2 * SIDES.len();
/// Where the process is killed, at which of the files, and how often a file goes up by then and after.
const KILLS: [(&str, u64, usize); 3] = [
    ("upload.committed", 1, 3),
    ("upload.committed", 2, 3),
    // Nobody has written down that the server has it.
    ("upload.stored", 2, 4),
];

fn picture(side: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(side, 30, image::Rgb([200, 90, 90]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("a PNG");
    bytes.into_inner()
}

/// What is left on the disk after one more round of a program.
async fn files(scene: &Scene, name: &str) -> usize {
    Child::of(scene, name).finish("files.", &["round"]).await;
    let folder = scene.profile(name).join("attachments");
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_files_of_an_album_each_arrives_once_and_none_is_made_twice() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    befriend(&alice, &bob).await;
    let folder = scene.profile("an album");
    std::fs::create_dir(&folder).expect("a folder");
    let album = SIDES.map(picture);
    for (number, bytes) in album.iter().enumerate() {
        std::fs::write(folder.join(format!("{number}.png")), bytes).expect("a file");
    }
    let folder = folder.to_str().expect("a path");
    let alice_id = alice.id.clone();
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let mut texts = Vec::new();
    for (step, turn, times) in KILLS {
        let text = format!("killed at {step} {turn}");
        let send = ["send-album", &bob.id, &text, folder];
        let (before, kept) = (uploads(&scene), scene.control().files().len());
        let end = child.run(step, turn, &send).await;
        assert_eq!(end, End::Killed(step.to_owned()));
        assert!(
            !bob.texts(&alice_id).await.contains(&text),
            "not before all are there"
        );
        child.finish("upload.", &send).await;
        bob.until_text(&alice_id, &text).await;
        assert_eq!(uploads(&scene) - before, times, "{text}");
        let made = scene.control().files().len() - kept;
        assert_eq!(made, SIDES.len(), "each was encrypted once: {text}");
        texts.push(text);
        assert_eq!(files(&scene, "Alice").await, FILES * texts.len());
        let text = &texts[texts.len() - 1];
        assert!(fetched(&bob, &alice_id, text).await == album, "{text}");
    }
    bob.poll().await;
    let rows = bob.timeline(&alice_id).await;
    let with_files: Vec<_> = rows.iter().filter(|row| !row.attachments.is_empty()).collect();
    let said: Vec<String> = with_files.iter().map(|row| text_of(row)).collect();
    assert_eq!(said, texts, "each once, in order");
    for row in with_files {
        let kinds: Vec<AttachmentKind> = row.attachments.iter().map(|file| file.kind).collect();
        assert_eq!(kinds, [AttachmentKind::Picture; 3]);
    }
    bob.app.shutdown().await;
}
