//! What is kept of a conversation: its files and links by month, an export, the space that it takes up;
//! and what waits to go out, taken back.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use thirtyfour::Key;

use crate::directory::file_beside;
use crate::friends::{Friend, STAGED_PICTURE};
use crate::pictures::{led_to, wait_drawn};
use crate::scene::Scene;
use crate::sending::plain;
use crate::window::Window;

const PLAN: &[u8] = b"%PDF-1.7\n% the beds, from above\n";

/// A picture, a document and a link in the gallery; it leads to where they were said.
pub(crate) async fn files(scene: &Scene, alice: &Friend, link: &str) -> Result<()> {
    let window = &alice.window;
    alice
        .chooses(&plain(scene, "balcony.png", [90, 150, 80])?)
        .await?;
    wait_drawn(window, STAGED_PICTURE).await?;
    alice.says("from my balcony").await?;
    alice.chooses(&file_beside(window, "plan.pdf", PLAN)?).await?;
    alice.says("the plan of the beds").await?;

    alice.acts_here("gallery-title").await?;
    wait_drawn(window, "[data-testid='gallery-tile'] img").await?;
    alice.keeps("gallery-media").await?;
    window.click("gallery-files").await?;
    window
        .wait_text("[data-testid='gallery-file']", "plan.pdf")
        .await?;
    alice.keeps("gallery-files").await?;
    window.click("gallery-links").await?;
    window.wait_text("[data-testid='gallery-link']", link).await?;
    alice.keeps("gallery-links").await?;
    window.click("gallery-media").await?;
    window.click("gallery-tile").await?;
    wait_drawn(window, "[data-testid='lightbox-picture']").await?;
    alice.keeps("gallery-large").await?;
    window.click("lightbox-show").await?;
    led_to(window, "from my balcony").await
}

/// The folder of an export.
fn folder(window: &Window) -> Result<PathBuf> {
    let entries = std::fs::read_dir(window.downloads())?;
    let mut folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
    folders
        .find(|path| path.join("index.html").is_file())
        .context("no folder with a page")
}

/// Pages to read, with the files.
pub(crate) async fn exported(alice: &Friend, text: &str) -> Result<()> {
    let window = &alice.window;
    alice.acts_here("menu-export").await?;
    window.wait("export-start").await?;
    alice.keeps("export").await?;
    window.click("export-start").await?;
    window.wait("export-saved").await?;
    alice.keeps("export-done").await?;
    window.click("export-close").await?;
    window.wait_gone("[role='dialog']").await?;
    let folder = folder(window)?;
    let page = std::fs::read_to_string(folder.join("index.html"))?;
    ensure!(page.contains(text), "the oldest message is not in the export");
    // The day stands before the name.
    let mut files = std::fs::read_dir(folder.join("files"))?.filter_map(|entry| Some(entry.ok()?.path()));
    let plan = files.find(|path| path.to_string_lossy().ends_with("plan.pdf"));
    ensure!(std::fs::read(plan.context("no plan in the export")?)? == PLAN);
    Ok(())
}

/// What takes up space; files go from here, and come again from the server.
pub(crate) async fn space(alice: &Friend) -> Result<()> {
    let window = &alice.window;
    window.click("settings-button").await?;
    window.click("settings-data").await?;
    window.wait("storage-parts").await?;
    window.wait("storage-conversation").await?;
    alice.keeps("storage").await?;
    window.click("storage-delete").await?;
    window
        .wait_text("[data-testid='delete-files-count']", "2")
        .await?;
    alice.keeps("storage-delete").await?;
    window.click("delete-files-confirm").await?;
    window.wait_gone("[role='alertdialog']").await?;
    window.wait_gone("[data-testid='storage-delete']").await?;
    alice.keeps("storage-without-files").await?;
    window.click("rail-conversations").await?;
    alice
        .clicks("[data-testid='album-tile'][data-state='remote'] [data-testid='file-download']")
        .await?;
    wait_drawn(
        window,
        "[data-testid='album-tile']:not([data-state='remote']) img",
    )
    .await
}

/// Waits until this stands in the composer.
pub(crate) async fn is_written(window: &Window, text: &str) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(30);
    let field = window.wait("composer-input").await?;
    while field.prop("value").await?.as_deref() != Some(text) {
        ensure!(Instant::now() < end, "{text:?} does not stand in the composer");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    Ok(())
}

/// Without a connection one message is taken back and written anew, another one given up: one goes out.
pub(crate) async fn waiting(scene: &Scene, alice: &Friend, bob: &str) -> Result<()> {
    let window = &alice.window;
    let before = scene.stored(bob)?;
    scene.control().stop_all().await?;
    window.send("meet me at noon").await?;
    window.send("bring a spade").await?;
    window
        .wait_css("[data-testid='path-dot']:not([data-state='connected'])")
        .await?;
    let noon = window.wait_state("meet me at noon", "queued").await?;
    alice.keeps("waiting-messages").await?;
    alice.acts_on(&noon, "menu-take-back").await?;
    is_written(window, "meet me at noon").await?;
    alice.keeps("taken-back").await?;
    window.retype("composer-input", "meet me at one").await?;
    window.press(&char::from(Key::Enter).to_string()).await?;
    window.wait_state("meet me at one", "queued").await?;
    let spade = window.wait_state("bring a spade", "queued").await?;
    alice.acts_on(&spade, "action-delete").await?;
    window.click("confirm").await?;
    window.wait_unsaid("bring a spade").await?;
    scene.control().start_all().await?;
    window.wait_state("meet me at one", "sent").await?;
    assert_eq!(window.count("meet me at noon").await?, 0);
    assert_eq!(scene.stored(bob)?, before + 1, "one goes out, once");
    Ok(())
}
