//! What else is sent and kept: films, pictures that move, a picture as it is, files in a group; a draft over a
//! restart, an export for other programs, and a note that is deleted on all devices.

use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::{AnimationDecoder as _, Delay, Frame, Rgba, RgbaImage};
use thirtyfour::{Key, WebElement};

use crate::directory::file_beside;
use crate::friends::{ARRIVED, Friend, ROW, STAGED_PICTURE, two_friends};
use crate::groups::{create, pick};
use crate::keeping::is_written;
use crate::leaving::{ENGLISH, FRENCH, phrase, restore};
use crate::pictures::{Look, escape, wait_drawn, wait_true};
use crate::portraits::{photo, wait_colour};
use crate::scene::Scene;
use crate::sending::{LARGE, plain, saved};
use crate::window::Window;

/// A picture of a message, here.
const LOCAL_PICTURE: &str = "[data-testid='album-tile'][data-state='local'] img";
const PLAYER: &str = "[data-testid='film-player']";
/// The middle of the film, from its beginning to its end.
const FIELD: [u8; 3] = [0x2e, 0x7d, 0x32];
/// The picture that moves is all of one, then all of the other.
const SUN_AND_RAIN: [[u8; 3]; 2] = [[230, 180, 60], [60, 90, 150]];
const PLACE: &[u8] = b"behind the mill";
const ROTA: &[u8] = b"%PDF-1.7\n% who waters on which day\n";

const FILM: &str = "the sun over the field";
const MEADOW: &str = "the meadow as it is";
const DRAFT: &str = "mine from the other side";
const NOTE: &str = "the key is under this pot";

/// A film of six seconds: the sun goes over a field. The web engine plays VP8 with the plugins that it depends on.
fn film(scene: &Scene) -> Result<PathBuf> {
    let drawn = "color=c=0x2e7d32:s=640x360:r=10:d=6[field];color=c=0xdcbe28:s=90x90:r=10:d=6[sun];\
        [field][sun]overlay=x=20+80*t:y=30";
    let path = scene.profile("garden.webm");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", drawn])
        .args(["-c:v", "libvpx", "-b:v", "300k", "-pix_fmt", "yuv420p"])
        .arg(&path)
        .output()
        .context("ffmpeg (package ffmpeg)")?;
    ensure!(
        made.status.success(),
        "ffmpeg: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    Ok(path)
}

fn weather(scene: &Scene) -> Result<PathBuf> {
    let path = scene.profile("weather.gif");
    let mut encoder = GifEncoder::new(File::create(&path)?);
    encoder.set_repeat(Repeat::Infinite)?;
    for [red, green, blue] in SUN_AND_RAIN {
        let picture = RgbaImage::from_pixel(480, 360, Rgba([red, green, blue, 255]));
        let time = Delay::from_numer_denom_ms(400, 1);
        encoder.encode_frame(Frame::from_parts(picture, 0, 0, time))?;
    }
    Ok(path)
}

/// How many frames of a GIF can be drawn.
fn frames(gif: &[u8]) -> usize {
    let decoder = GifDecoder::new(Cursor::new(gif));
    decoder.map_or(0, |decoder| {
        decoder.into_frames().take_while(Result::is_ok).count()
    })
}

/// A photo that says in a comment where it was taken, and its bytes.
fn meadow(scene: &Scene) -> Result<(PathBuf, Vec<u8>)> {
    let photo = std::fs::read(photo(scene)?)?;
    // Behind the mark with which every JPEG begins.
    let (start, rest) = photo.split_at(2);
    let length = u16::try_from(PLACE.len() + 2)?.to_be_bytes();
    let bytes = [start, &[0xff, 0xfe], length.as_slice(), PLACE, rest].concat();
    let path = scene.profile("meadow.jpg");
    std::fs::write(&path, &bytes)?;
    Ok((path, bytes))
}

/// What this finds in the message with this text, once it is there; a picture once it is drawn.
async fn part(friend: &Friend, text: &str, css: &str) -> Result<WebElement> {
    let script = "const message = [...document.querySelectorAll(\"[data-testid='message']\")]
            .find(message => message.textContent.includes(arguments[0]));
        const part = message?.querySelector(arguments[1]) ?? null;
        return part instanceof HTMLImageElement && part.naturalWidth === 0 ? null : part";
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let asked = vec![text.into(), css.into()];
        let found = friend.window.session().execute(script, asked).await?;
        if let Ok(part) = found.element() {
            return Ok(part);
        }
        if Instant::now() > end {
            friend.keeps("failed-part").await.ok();
            bail!("no {css} in the message {text:?}");
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

/// Fetches what came, and lets the next ones come by themselves.
async fn fetches(friend: &Friend) -> Result<()> {
    friend
        .clicks(&format!("{ARRIVED} [data-testid='file-download']"))
        .await?;
    friend.window.click("trust-always").await?;
    friend.window.wait_gone("[role='alertdialog']").await
}

/// Looks at the picture or film of a message large.
async fn views(friend: &Friend, text: &str) -> Result<()> {
    let tile = part(friend, text, "[data-testid='file-view']").await?;
    friend.window.click_on(&tile).await
}

/// Waits until both colours of the picture that moves were seen.
async fn moves(window: &Window, picture: &WebElement) -> Result<()> {
    picture.scroll_into_view().await?;
    let end = Instant::now() + Duration::from_secs(30);
    let mut seen = [false; 2];
    while seen != [true; 2] {
        ensure!(Instant::now() < end, "the picture does not move: {seen:?}");
        let colour = window.colour_of(picture).await?;
        for (seen, wanted) in seen.iter_mut().zip(SUN_AND_RAIN) {
            *seen |= colour
                .iter()
                .zip(wanted)
                .all(|(is, wanted)| is.abs_diff(wanted) < 24);
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    Ok(())
}

/// At the width of a phone, all buttons and pictures of messages that are drawn stand inside the conversation.
async fn fits_narrow(friend: &Friend, picture: &str) -> Result<()> {
    const FITS: &str = "const room = document.querySelector(arguments[0]).getBoundingClientRect();
        const parts = document.querySelectorAll(`${arguments[0]} [data-testid='message'] :is(button, img)`);
        const isTight = files => {
            const { bottom } = files.getBoundingClientRect(), ends = [...files.querySelectorAll('*')]
                .map(part => part.getBoundingClientRect().bottom);
            return Math.abs(Math.max(...ends) - bottom) <= 1;
        };
        return innerWidth <= 400 && parts.length > 0
            && [...parts].every(part => part.getBoundingClientRect().right <= room.right + 1)
            && [...document.querySelectorAll(`[data-testid='message-files']`)].every(isTight)";
    friend.window.resize(360, 720).await?;
    wait_true(&friend.window, FITS, "[data-testid='timeline']").await?;
    friend.keeps(picture).await?;
    friend.window.resize(1_080, 720).await
}

/// It shows its beginning before it is sent, and here once it was fetched; it plays large.
async fn a_film(from: &Friend, to: &Friend, film: &Path) -> Result<()> {
    from.chooses(film).await?;
    wait_drawn(&from.window, STAGED_PICTURE).await?;
    from.keeps("film-staged").await?;
    from.says(FILM).await?;
    part(from, FILM, "[data-testid='album-tile'] img").await?;
    from.keeps("film-sent").await?;

    to.reads(FILM).await?;
    part(to, FILM, "[data-testid='album-tile'][data-state='remote']").await?;
    to.keeps("film-click-to-download").await?;
    fetches(to).await?;
    part(to, FILM, LOCAL_PICTURE).await?;
    to.keeps("film").await?;
    fits_narrow(to, "narrow-film").await?;
    views(to, FILM).await?;
    let plays = "const film = document.querySelector(arguments[0]);
        return film !== null && film.videoWidth === 640 && film.currentTime > 0.5";
    wait_true(&to.window, plays, PLAYER).await?;
    wait_colour(&to.window, PLAYER, FIELD).await?;
    to.keeps("lightbox-film").await?;
    to.window.click("lightbox-save").await?;
    let whole = std::fs::read(film)?;
    saved(&to.window, "garden.webm", |bytes| bytes == whole).await?;
    escape(&to.window).await
}

/// What cannot be played has a plain tile, and says so.
async fn a_film_that_was_cut_off(from: &Friend, to: &Friend, film: &Path) -> Result<()> {
    const SAID: &str = "only its beginning is left";
    let film = std::fs::read(film)?;
    let start = film.get(..300).context("a longer film")?;
    from.chooses(&file_beside(&from.window, "harvest.webm", start)?)
        .await?;
    from.says(SAID).await?;
    to.reads(SAID).await?;
    fetches(to).await?;
    part(to, SAID, "[data-state='local'] [data-testid='file-view']").await?;
    to.keeps("film-without-picture").await?;
    views(to, SAID).await?;
    let words = to.look.says("film-unplayable");
    to.window
        .wait_text("[data-testid='film'] [role='alert']", words)
        .await?;
    to.keeps("lightbox-film-unplayable").await?;
    escape(&to.window).await
}

/// It moves in the conversation until it is stopped, and large; it is saved with its frames.
async fn a_picture_that_moves(scene: &Scene, from: &Friend, to: &Friend) -> Result<()> {
    const SAID: &str = "sun and rain all day";
    from.chooses(&weather(scene)?).await?;
    wait_drawn(&from.window, STAGED_PICTURE).await?;
    from.says(SAID).await?;
    let picture = part(to, SAID, "[data-testid='album-tile'] img[src*='/attachment/']").await?;
    moves(&to.window, &picture).await?;
    to.keeps("moving-picture").await?;
    let stop = part(to, SAID, "[data-testid='file-animation']").await?;
    to.window.click_on(&stop).await?;
    part(to, SAID, "[data-testid='album-tile'] img[src*='/thumbnail/']").await?;
    to.keeps("moving-picture-stopped").await?;

    views(to, SAID).await?;
    wait_drawn(&to.window, LARGE).await?;
    let large = to.window.wait_css(LARGE).await?;
    moves(&to.window, &large).await?;
    to.keeps("lightbox-moving-picture").await?;
    to.window.click("lightbox-save").await?;
    saved(&to.window, "weather.gif", |gif| frames(gif) == SUN_AND_RAIN.len()).await?;
    escape(&to.window).await
}

/// Sent as a file, a picture keeps every byte.
async fn a_picture_as_it_is(from: &Friend, to: &Friend, (file, bytes): &(PathBuf, Vec<u8>)) -> Result<()> {
    let window = &from.window;
    from.chooses(file).await?;
    wait_drawn(window, STAGED_PICTURE).await?;
    window.click("staged-whole").await?;
    window
        .wait_css("[data-testid='staged-whole'][aria-pressed='true']")
        .await?;
    window.wait("staged-whole-note").await?;
    window.wait_gone("[data-testid='staged-adding']").await?;
    wait_drawn(window, STAGED_PICTURE).await?;
    from.keeps("picture-as-it-is-staged").await?;
    from.says(MEADOW).await?;

    part(to, MEADOW, LOCAL_PICTURE).await?;
    to.keeps("picture-as-it-is").await?;
    to.sees(MEADOW).await?.focus().await?;
    to.window.chord(&[Key::Control], 's').await?;
    saved(&to.window, "meadow.jpg", |saved| saved == bytes).await?;
    to.is_told("file-saved").await
}

/// A document and a picture among those of a group. Answers its ID.
async fn in_a_group(scene: &Scene, alice: &Friend, bob: &Friend) -> Result<String> {
    const DOCUMENT: &str = "who waters when";
    const PICTURE: &str = "the new trellis";
    const SAVE: &str = "[data-state='local'] [data-testid='file-save']";
    let window = &alice.window;
    window.click("new-button").await?;
    window.click("add-new-group").await?;
    window.type_into("group-name-input", "Seed swap").await?;
    pick(window, &bob.id).await?;
    let group = create(window).await?;
    window.wait("composer-attach").await?;
    alice.chooses(&file_beside(window, "rota.pdf", ROTA)?).await?;
    alice.says(DOCUMENT).await?;

    bob.opens(&group).await?;
    bob.reads(DOCUMENT).await?;
    part(bob, DOCUMENT, "[data-testid='file'][data-state='remote']").await?;
    bob.keeps("group-file-click-to-download").await?;
    fetches(bob).await?;
    part(bob, DOCUMENT, SAVE).await?;
    bob.keeps("group-file").await?;
    fits_narrow(bob, "narrow-group-file").await?;
    let save = part(bob, DOCUMENT, SAVE).await?;
    bob.window.click_on(&save).await?;
    saved(&bob.window, "rota.pdf", |bytes| bytes == ROTA).await?;

    bob.window.wait("composer-attach").await?;
    bob.chooses(&plain(scene, "trellis.png", [120, 90, 60])?).await?;
    wait_drawn(&bob.window, STAGED_PICTURE).await?;
    bob.says(PICTURE).await?;
    alice.reads(PICTURE).await?;
    fetches(alice).await?;
    part(alice, PICTURE, LOCAL_PICTURE).await?;
    alice.keeps("group-picture").await?;
    Ok(group)
}

/// What was not sent is there after a restart: the text, the picture, and what it answers.
async fn a_draft(scene: &Scene, alice: &Friend, bob: Friend, group: &str) -> Result<Friend> {
    bob.opens(&alice.id).await?;
    let meadow = bob.sees(MEADOW).await?;
    bob.acts_on(&meadow, "menu-reply").await?;
    bob.chooses(&plain(scene, "orchard.png", [150, 60, 90])?).await?;
    wait_drawn(&bob.window, STAGED_PICTURE).await?;
    bob.window.type_into("composer-input", DRAFT).await?;
    bob.opens(group).await?;
    let row = format!("{ROW}[data-conversation-id='{}']", alice.id);
    bob.window.wait_text(&row, DRAFT).await?;
    bob.keeps("draft-in-list").await?;

    let Friend { window, id, look } = bob;
    window.close().await?;
    let window = scene.open_with("bob", &look.start()).await?;
    let bob = Friend { window, id, look };
    bob.opens(&alice.id).await?;
    is_written(&bob.window, DRAFT).await?;
    wait_drawn(&bob.window, STAGED_PICTURE).await?;
    bob.window.wait_text("[data-testid='quote-bar']", MEADOW).await?;
    bob.keeps("draft-after-restart").await?;
    bob.window.click("composer-input").await?;
    bob.window.press(&char::from(Key::Enter).to_string()).await?;
    bob.window.wait_state(DRAFT, "sent").await?;

    alice.opens(&bob.id).await?;
    part(alice, DRAFT, "[data-testid='message-quote']").await?;
    part(alice, DRAFT, LOCAL_PICTURE).await?;
    alice.keeps("draft-sent").await?;
    Ok(bob)
}

/// One document for other programs, with the files. `sent`: what each of these messages came with.
async fn exported(alice: &Friend, sent: [(&'static str, &[u8]); 2]) -> Result<()> {
    let window = &alice.window;
    alice.acts_here("menu-export").await?;
    alice.clicks("[role='dialog'] input[value='json']").await?;
    alice.keeps("export-data").await?;
    window.click("export-start").await?;
    window.wait("export-saved").await?;
    alice.keeps("export-data-done").await?;
    window.click("export-close").await?;
    window.wait_gone("[role='dialog']").await?;

    let mut folders = std::fs::read_dir(window.downloads())?.filter_map(|entry| Some(entry.ok()?.path()));
    let folder = folders.find(|path| path.join("messages.json").is_file());
    let folder = folder.context("no folder with a document")?;
    let document = std::fs::read(folder.join("messages.json"))?;
    let document: serde_json::Value = serde_json::from_slice(&document)?;
    let messages = document["messages"].as_array().context("a list of messages")?;
    let said = |text: &'static str| messages.iter().find(|one| one["text"] == text).context(text);
    for (text, bytes) in sent {
        let file = said(text)?["attachments"][0]["file"].as_str();
        let path = folder.join(file.context("it is on this device")?);
        ensure!(std::fs::read(path)? == bytes, "{text:?} came with another file");
    }
    let quoted = &said(DRAFT)?["quote"]["text"];
    ensure!(*quoted == MEADOW, "{quoted} was not answered");
    Ok(())
}

async fn opens_notes(device: &Friend) -> Result<()> {
    device.window.chord(&[Key::Control, Key::Shift], 'n').await?;
    let name = device.look.says("note-to-self");
    device
        .window
        .wait_text("[data-testid='conversation-banner']", name)
        .await?;
    Ok(())
}

/// A note with a picture is on another device by itself, and goes from both at once.
async fn a_note_on_all_devices(scene: &Scene, alice: &Friend, look: Look) -> Result<()> {
    let words = phrase(&alice.window).await?;
    alice.window.click("rail-conversations").await?;
    let window = scene.open_with("tablet", &look.start()).await?;
    restore(&window, &words).await?;
    window.wait_text(ROW, "Bob Durand").await?;
    let tablet = Friend {
        window,
        id: alice.id.clone(),
        look,
    };
    for device in [alice, &tablet] {
        opens_notes(device).await?;
    }
    alice.chooses(&plain(scene, "pot.png", [180, 90, 60])?).await?;
    wait_drawn(&alice.window, STAGED_PICTURE).await?;
    alice.says(NOTE).await?;
    part(&tablet, NOTE, "[data-testid='album-tile'] img").await?;
    tablet.keeps("note-on-other-device").await?;

    let note = alice.sees(NOTE).await?;
    alice.acts_on(&note, "menu-delete").await?;
    alice
        .clicks("[role='alertdialog'] input[value='allDevices']")
        .await?;
    alice.keeps("delete-on-all-devices").await?;
    alice.window.click("confirm").await?;
    for device in [alice, &tablet] {
        device.window.wait_unsaid(NOTE).await?;
        device
            .window
            .wait_gone("[data-testid='timeline'] [data-testid='album-tile']")
            .await?;
        device.keeps("deleted-on-all-devices").await?;
    }
    tablet.window.close().await?;
    Ok(())
}

async fn story(looks: [Look; 2]) -> Result<()> {
    let scene = Scene::new().await?;
    let (alice, bob) = two_friends(&scene, looks).await?;
    let film = film(&scene)?;
    a_film(&alice, &bob, &film).await?;
    a_film_that_was_cut_off(&bob, &alice, &film).await?;
    a_picture_that_moves(&scene, &bob, &alice).await?;
    let meadow = meadow(&scene)?;
    a_picture_as_it_is(&alice, &bob, &meadow).await?;
    let group = in_a_group(&scene, &alice, &bob).await?;
    let bob = a_draft(&scene, &alice, bob, &group).await?;
    let film = std::fs::read(film)?;
    exported(&alice, [(FILM, film.as_slice()), (MEADOW, meadow.1.as_slice())]).await?;
    bob.window.close().await?;
    a_note_on_all_devices(&scene, &alice, bob.look).await?;
    alice.window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_kind_goes_from_english_and_light_to_french_and_dark_and_is_kept() -> Result<()> {
    story([ENGLISH, FRENCH]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_kind_goes_from_french_and_dark_to_english_and_light_and_is_kept() -> Result<()> {
    story([FRENCH, ENGLISH]).await
}
