//! Files dropped on a real window, as a file manager drops them.

use anyhow::Result;

use crate::directory::{file_beside, nobody, open_directory};
use crate::leaving::{ENGLISH, FRENCH};
use crate::pictures::{Look, escape};
use crate::portraits::photo;
use crate::scene::Scene;
use crate::window::Window;

const ALERT: &str = "[role='dialog'] [role='alert']";

/// What this look calls a folder where a file is needed.
fn folder_words(look: Look) -> &'static str {
    match look.language {
        "fr" => "C’est un dossier.",
        _ => "This is a folder.",
    }
}

async fn lists(look: Look, window: &Window) -> Result<()> {
    open_directory(window).await?;
    let card = format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Farid\r\nNOTE:{}\r\nEND:VCARD\r\n",
        nobody(2)
    );
    let card = file_beside(window, "friends of mine.vcf", card.as_bytes())?;
    window.click("directory-import").await?;

    let folder = card.parent().expect("a file is in a folder");
    window.drop_files("import-text", &[folder]).await?;
    window.wait_text(ALERT, folder_words(look)).await?;
    look.keep(window, "import-dropped-folder").await?;

    let held = window.hold_files("import-text", &[&card]).await?;
    held.wait_taken(true).await?;
    window.wait_css("[data-testid='import-text'].over").await?;
    look.keep(window, "import-held-files").await?;
    held.release().await?;
    window.wait_text("[data-testid='import-report']", "1").await?;
    window.wait_text("[role='dialog'] li", "Farid").await?;
    look.keep(window, "import-dropped-list").await?;
    escape(window).await
}

async fn picture(look: Look, window: &Window, photo: &std::path::Path) -> Result<()> {
    window.click("own-avatar").await?;
    window.click("change-picture").await?;
    let text = file_beside(window, "letter.txt", b"this is no picture")?;
    window.drop_files("picture-drop", &[&text]).await?;
    window.wait_text(ALERT, "JPEG").await?;
    let folder = photo.parent().expect("a file is in a folder");
    window.drop_files("picture-drop", &[folder]).await?;
    window.wait_text(ALERT, folder_words(look)).await?;

    let held = window.hold_files("picture-drop", &[photo]).await?;
    held.wait_taken(true).await?;
    window.wait_css("[data-testid='picture-drop'].over").await?;
    look.keep(window, "picture-held-file").await?;
    held.release().await?;
    window.wait("picture-crop").await?;
    look.keep(window, "picture-dropped").await
}

async fn tour(look: Look) -> Result<()> {
    let scene = Scene::new().await?;
    let alice = scene.open_with("alice", &look.start()).await?;
    alice.create_account("Alice").await?;
    lists(look, &alice).await?;
    picture(look, &alice, &photo(&scene)?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_and_a_picture_are_dropped_in_english_and_light() -> Result<()> {
    tour(ENGLISH).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_and_a_picture_are_dropped_in_french_and_dark() -> Result<()> {
    tour(FRENCH).await
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_the_field_nothing_takes_a_file_and_the_page_stays() -> Result<()> {
    let scene = Scene::new().await?;
    let alice = scene.open("alice").await?;
    alice.create_account("Alice").await?;
    open_directory(&alice).await?;
    let page = file_beside(&alice, "page.html", b"<title>another</title>")?;
    alice
        .session()
        .execute("window.isTheSame = true", Vec::new())
        .await?;
    let held = alice.hold_files("directory-search", &[&page]).await?;
    held.wait_taken(false).await?;
    // Let go all the same.
    held.release().await.ok();
    alice.click("directory-import").await?;
    let list = file_beside(&alice, "list.txt", nobody(3).as_bytes())?;
    alice.drop_files("import-text", &[&list, &page]).await?;
    alice.wait_text(ALERT, "several files").await?;
    alice.drop_files("import-text", &[&list]).await?;
    alice.wait("import-report").await?;
    let is_same = alice
        .session()
        .execute("return window.isTheSame", Vec::new())
        .await?;
    assert!(is_same.convert::<bool>()?, "the page was left");
    Ok(())
}
