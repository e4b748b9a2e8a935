//! Pictures, files and sound between two windows: chosen, dropped, pasted; stopped and tried again;
//! fetched, looked at, heard, saved.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use image::{Rgb, RgbImage};
use nous_client::nous_media::audio::encode::{VOICE_TYPE, VoiceEncoder};
use nous_protocol::account::AccountId;
use nous_protocol::content::{Attachment, Message, OutgoingBody};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::mnemonic;
use nous_tests::phone::Phone;
use thirtyfour::Key;

use crate::friends::{ARRIVED, EVENT, Friend, STAGED_PICTURE, two_friends};
use crate::leaving::{ENGLISH, FRENCH, phrase};
use crate::pictures::{Look, escape, wait_drawn};
use crate::portraits::photo;
use crate::scene::Scene;
use crate::window::Window;

/// The picture that is looked at large.
pub(crate) const LARGE: &str = "[data-testid='lightbox-picture']";
const SEEDS: &str = "tomatoes\nbeans\nsunflowers\n";
/// Longer than it takes to see that a file is on its way, and to stop it.
const SLOW: Duration = Duration::from_secs(15);

/// A picture of one colour.
pub(crate) fn plain(scene: &Scene, name: &str, colour: [u8; 3]) -> Result<PathBuf> {
    let file = scene.profile(name);
    RgbImage::from_pixel(640, 480, Rgb(colour)).save(&file)?;
    Ok(file)
}

/// A tone that swells again and again, as voice messages are sent.
fn tone(seconds: u16) -> Result<Vec<u8>> {
    const WAVES_A_SECOND: u16 = 320;
    let mut encoder = VoiceEncoder::new()?;
    for wave in 0..WAVES_A_SECOND * seconds {
        let loudness = f32::from(wave % 100) / 150.0;
        let samples: Vec<f32> = (0..100_u16)
            .map(|place| (f32::from(place) / 100.0 * std::f32::consts::TAU).sin() * loudness)
            .collect();
        encoder.push(&samples)?;
    }
    Ok(encoder.finish()?)
}

/// Waits until a file was saved whole in the folder for downloads.
pub(crate) async fn saved(window: &Window, name: &str, is_whole: impl Fn(&[u8]) -> bool) -> Result<()> {
    let path = window.downloads().join(name);
    let end = Instant::now() + Duration::from_secs(30);
    while !std::fs::read(&path).is_ok_and(|bytes| is_whole(&bytes)) {
        ensure!(Instant::now() < end, "{name} was not saved");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    Ok(())
}

/// A picture with a caption: nothing comes before a click, and by itself from then on.
async fn a_picture(from: &Friend, to: &Friend, picture: &Path) -> Result<()> {
    from.chooses(picture).await?;
    wait_drawn(&from.window, STAGED_PICTURE).await?;
    from.window.wait("staged-whole").await?;
    from.window
        .type_into("composer-input", "the garden in june")
        .await?;
    from.keeps("files-staged").await?;
    from.window.press(&char::from(Key::Enter).to_string()).await?;
    from.window.wait_state("the garden in june", "sent").await?;
    wait_drawn(
        &from.window,
        "[data-testid='message'] [data-testid='album-tile'] img",
    )
    .await?;

    to.reads("the garden in june").await?;
    to.window
        .wait_css(&format!(
            "{ARRIVED} [data-testid='album-tile'][data-state='remote']"
        ))
        .await?;
    to.keeps("files-click-to-download").await?;
    to.clicks(&format!("{ARRIVED} [data-testid='file-download']"))
        .await?;
    to.window.wait("trust-always").await?;
    to.keeps("files-always-here").await?;
    to.window.click("trust-always").await?;
    to.window.wait_gone("[role='alertdialog']").await?;
    wait_drawn(
        &to.window,
        &format!("{ARRIVED} [data-testid='album-tile'][data-state='local'] img"),
    )
    .await?;
    to.keeps("files-picture").await
}

/// The picture is so large.
async fn is_scaled(window: &Window, scale: &str) -> Result<()> {
    window
        .wait_css(&format!("{LARGE}[style*='scale({scale})']"))
        .await?;
    Ok(())
}

/// Large, by mouse and keys; saved twice, and nothing is overwritten.
async fn looked_at(to: &Friend, from: &Friend) -> Result<()> {
    let window = &to.window;
    to.clicks(&format!("{ARRIVED} [data-testid='file-view']")).await?;
    wait_drawn(window, LARGE).await?;
    is_scaled(window, "1").await?;
    to.keeps("lightbox").await?;
    window.click("lightbox-zoom-in").await?;
    is_scaled(window, "1.5").await?;
    window.press("=").await?;
    is_scaled(window, "2.25").await?;
    window.press(&char::from(Key::Right).to_string()).await?;
    window
        .wait_css(&format!("{LARGE}[style*='translate(-60px']"))
        .await?;
    to.keeps("lightbox-close").await?;
    window.press("-").await?;
    is_scaled(window, "1.5").await?;
    window.press("0").await?;
    is_scaled(window, "1").await?;

    let is_photo = |bytes: &[u8]| {
        image::load_from_memory(bytes)
            .is_ok_and(|picture| (picture.width(), picture.height()) == (1_200, 900))
    };
    window.chord(&[Key::Control], 's').await?;
    saved(window, "photo.jpg", is_photo).await?;
    to.is_told("file-saved").await?;
    window.click("lightbox-save").await?;
    saved(window, "photo (2).jpg", is_photo).await?;
    to.keeps("lightbox-saved").await?;
    escape(window).await?;
    // Who sent it is told.
    from.window
        .wait_text(EVENT, from.look.says("media-saved-other"))
        .await?;
    from.keeps("files-saved-by-other").await
}

/// Two pictures at once, dropped on the conversation; each is fetched by a click.
async fn an_album(from: &Friend, to: &Friend, pictures: [&Path; 2]) -> Result<()> {
    let window = &from.window;
    let held = window.hold_files("conversation-pane", &pictures).await?;
    held.wait_taken(true).await?;
    window.wait_css("[data-testid='drop-ready'].over").await?;
    from.keeps("files-held").await?;
    held.release().await?;
    wait_drawn(window, "[data-testid='staged-file']:nth-of-type(2) img").await?;
    window.wait_gone("[data-testid='staged-adding']").await?;
    from.says("two of the harvest").await?;

    to.reads("two of the harvest").await?;
    let of = |place: u32| format!("{ARRIVED} [data-testid='message-files'] li:nth-child({place})");
    to.clicks(&format!("{} [data-testid='file-download']", of(1)))
        .await?;
    // It is asked once for each conversation.
    to.window.click("trust-once").await?;
    to.window.wait_gone("[role='alertdialog']").await?;
    to.clicks(&format!("{} [data-testid='file-download']", of(2)))
        .await?;
    for place in [1, 2] {
        wait_drawn(&to.window, &format!("{} [data-state='local'] img", of(place))).await?;
    }
    to.keeps("files-album").await?;

    // The own picture from before is the first of the three.
    to.clicks(&format!("{} [data-testid='file-view']", of(1))).await?;
    wait_drawn(&to.window, LARGE).await?;
    to.window.wait("lightbox-newer").await?;
    to.window.press(&char::from(Key::Right).to_string()).await?;
    to.window.wait_gone("[data-testid='lightbox-newer']").await?;
    to.keeps("lightbox-of-album").await?;
    to.window.press(&char::from(Key::Left).to_string()).await?;
    to.window.wait("lightbox-newer").await?;
    to.window.press(&char::from(Key::Left).to_string()).await?;
    to.window.wait_gone("[data-testid='lightbox-older']").await?;
    escape(&to.window).await
}

/// A document, pasted: stopped on its way, tried again; where files come by themselves it is there.
async fn a_document(scene: &Scene, from: &Friend, to: &Friend) -> Result<()> {
    let window = &from.window;
    window.click("composer-input").await?;
    window
        .paste_file("list of seeds.txt", "text/plain", SEEDS)
        .await?;
    window.wait("staged-file").await?;
    window.wait_gone("[data-testid='staged-adding']").await?;
    scene.slow_files_down(SLOW);
    window.send("the list for saturday").await?;
    window
        .wait_css("[data-testid='file'][data-state='uploading']")
        .await?;
    from.keeps("files-on-their-way").await?;
    window.click("file-stop").await?;
    window.wait_state("the list for saturday", "failed").await?;
    window
        .wait_text(
            "[data-testid='message'][data-state='failed']",
            from.look.says("failed-stopped"),
        )
        .await?;
    from.keeps("files-stopped").await?;
    scene.speed_up();
    window.click("message-retry").await?;
    window.wait_state("the list for saturday", "sent").await?;

    to.reads("the list for saturday").await?;
    to.window
        .wait_css(&format!("{ARRIVED} [data-testid='file'][data-state='local']"))
        .await?;
    to.keeps("files-document").await?;
    to.clicks(&format!("{ARRIVED} [data-testid='file-save']")).await?;
    saved(&to.window, "list of seeds.txt", |bytes| bytes == SEEDS.as_bytes()).await
}

/// What would run is asked about before it comes, and before it is saved.
async fn a_program(scene: &Scene, from: &Friend, to: &Friend) -> Result<()> {
    let program = scene.profile("tidy.sh");
    std::fs::write(&program, "#!/bin/sh\nrm -r leaves\n")?;
    from.chooses(&program).await?;
    from.says("run this once a week").await?;
    to.reads("run this once a week").await?;
    to.clicks(&format!("{ARRIVED} [data-testid='file-download']"))
        .await?;
    to.window.wait_css("[role='alertdialog']").await?;
    to.keeps("files-program").await?;
    to.window.click("confirm").await?;
    to.window
        .wait_css(&format!("{ARRIVED} [data-testid='file'][data-state='local']"))
        .await?;
    to.clicks(&format!("{ARRIVED} [data-testid='file-save']")).await?;
    to.window.wait_css("[role='alertdialog']").await?;
    escape(&to.window).await?;
    ensure!(
        !to.window.downloads().join("tidy.sh").exists(),
        "saved without a yes"
    );
    Ok(())
}

/// A sound file, in the player; there is no loudspeaker.
async fn a_sound(scene: &Scene, from: &Friend, to: &Friend) -> Result<()> {
    let tune = scene.profile("blackbird.mp3");
    std::fs::write(&tune, tone(3)?)?;
    from.chooses(&tune).await?;
    from.says("hear the blackbird").await?;
    from.window.wait("audio-player").await?;
    to.reads("hear the blackbird").await?;
    to.window
        .wait_css(&format!("{ARRIVED} [data-testid='audio-player']"))
        .await?;
    to.keeps("audio").await?;
    to.window.click("audio-toggle").await?;
    to.is_told("error-no-speaker").await?;
    to.keeps("audio-without-loudspeaker").await
}

/// Whose keys these are says something to somebody by a phone.
async fn by_phone(scene: &Scene, keys: &IdentityKeys, to: &Friend) -> Result<()> {
    let phone = Phone::start(scene.network()?)?;
    let told = phone.upload("voice.mp3", VOICE_TYPE, &tone(2)?).await?;
    let message = Message {
        attachments: vec![Attachment { voice: true, ..told }],
        ..Message::default()
    };
    let body = OutgoingBody::Message(Box::new(message));
    let to = AccountId::from_hex(&to.id)?;
    phone.say(keys, to, phone.ago(Duration::ZERO), body).await?;
    phone.end().await;
    Ok(())
}

/// A voice message that was spoken into a phone; here there is no microphone.
async fn a_voice(scene: &Scene, from: &Friend, to: &Friend) -> Result<()> {
    let words = phrase(&from.window).await?;
    from.window.click("rail-conversations").await?;
    by_phone(scene, &IdentityKeys::from_seed(&mnemonic::decode(&words)?), to).await?;
    to.window
        .wait_css(&format!("{ARRIVED} [data-testid='voice-toggle']"))
        .await?;
    to.keeps("voice-message").await?;
    to.window.click("voice-speed").await?;
    to.window.wait_text("[data-testid='voice-speed']", "5").await?;
    to.window.click("voice-toggle").await?;
    to.is_told("error-no-speaker").await?;

    from.window.click("voice-record").await?;
    let problem = from.look.says("error-no-microphone");
    from.window
        .wait_text("[data-testid='voice-problem']", problem)
        .await?;
    from.keeps("voice-without-microphone").await
}

async fn story(looks: [Look; 2]) -> Result<()> {
    let scene = Scene::new().await?;
    let (alice, bob) = two_friends(&scene, looks).await?;
    a_picture(&alice, &bob, &photo(&scene)?).await?;
    looked_at(&bob, &alice).await?;
    let red = plain(&scene, "tomatoes one.png", [200, 60, 50])?;
    let yellow = plain(&scene, "tomatoes two.png", [220, 190, 60])?;
    an_album(&bob, &alice, [&red, &yellow]).await?;
    a_document(&scene, &alice, &bob).await?;
    a_program(&scene, &bob, &alice).await?;
    a_sound(&scene, &alice, &bob).await?;
    a_voice(&scene, &alice, &bob).await?;
    alice.window.close().await?;
    bob.window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_each_kind_go_from_english_and_light_to_french_and_dark_and_back() -> Result<()> {
    story([ENGLISH, FRENCH]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_each_kind_go_from_french_and_dark_to_english_and_light_and_back() -> Result<()> {
    story([FRENCH, ENGLISH]).await
}

/// In one window, because the clipboard is the system's.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_copied_large_is_pasted_into_the_next_message() -> Result<()> {
    let scene = Scene::new().await?;
    let alice = Friend::arrives(&scene, "Alice Martin", ENGLISH).await?;
    let window = &alice.window;
    window.chord(&[Key::Control, Key::Shift], 'n').await?;
    window.wait("composer-attach").await?;
    alice.chooses(&photo(&scene)?).await?;
    alice.says("my garden").await?;
    let tile = window.wait("file-view").await?;
    window.click_on(&tile).await?;
    wait_drawn(window, LARGE).await?;
    window.chord(&[Key::Control], 'c').await?;
    alice.is_told("action-copied").await?;
    escape(window).await?;
    window.click("composer-input").await?;
    window.chord(&[Key::Control], 'v').await?;
    wait_drawn(window, STAGED_PICTURE).await?;
    alice.says("once more").await?;
    alice.window.close().await?;
    Ok(())
}
