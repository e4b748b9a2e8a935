//! The directory, inviting, and QR codes in pictures, in a real window.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use nous_testkit::Person;
use thirtyfour::{By, Key};

use crate::pictures::escape;
use crate::scene::Scene;
use crate::window::Window;

const ENTRY: &str = "[data-testid='directory-entry']";

/// An account ID that nobody has.
pub(crate) fn nobody(number: u32) -> String {
    format!("05{number:064x}")
}

/// Opens the directory as a person does.
pub(crate) async fn open_directory(window: &Window) -> Result<()> {
    window.click("new-button").await?;
    window.click("add-directory").await?;
    window.wait("directory-search").await?;
    Ok(())
}

/// Writes a file beside the profile.
pub(crate) fn file_beside(window: &Window, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let path = window.profile.with_file_name(name);
    std::fs::write(&path, bytes)?;
    Ok(path)
}

/// Pastes a list into the import dialog and has it read.
pub(crate) async fn paste_list(window: &Window, list: &str) -> Result<()> {
    window.click("directory-import").await?;
    window.wait("import-text").await?.click().await?;
    window.insert(list).await?;
    window.click("import-read").await?;
    window.wait("import-report").await?;
    Ok(())
}

async fn take(window: &Window) -> Result<()> {
    window.click("import-write").await?;
    window.wait("import-result").await?;
    window.click("import-close").await?;
    window.wait_gone("[role='dialog']").await
}

/// The names in the list of the directory, from the top.
async fn listed(window: &Window) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll(\"[data-testid='directory-entry'] b\")]
        .map(name => name.textContent.trim())";
    Ok(window.session().execute(script, Vec::new()).await?.convert()?)
}

async fn opened() -> Result<(Scene, Window)> {
    let scene = Scene::new().await?;
    let alice = scene.open("alice").await?;
    alice.create_account("Alice").await?;
    open_directory(&alice).await?;
    Ok((scene, alice))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_list_is_reported_taken_searched_and_written_to() -> Result<()> {
    let (_scene, alice) = opened().await?;
    alice.wait_text("main h2", "Your directory is empty").await?;
    let chloe = Person::Chloe.id().to_string();
    let list = format!(
        "Chloé Moreau; {chloe}; florist, rue Basse\nno account here\n{}; Bastien\n05abc {}\n{}",
        nobody(0xb2),
        &nobody(7)[..50],
        nobody(0xc3),
    );
    paste_list(&alice, &list).await?;
    alice
        .wait_text("[data-testid='import-report']", "3 account IDs")
        .await?;
    for (line, excerpt) in [("Line 2", "no account here"), ("Line 4", "05abc")] {
        alice.wait_text("[data-testid='bad-lines'] li", line).await?;
        alice.wait_text("[data-testid='bad-lines'] li", excerpt).await?;
    }
    take(&alice).await?;
    alice.wait_text(".count", "3 entries").await?;
    let names = listed(&alice).await?;
    assert_eq!(names[..2], ["Bastien", "Chloé Moreau"], "by name; unnamed last");
    assert_eq!(names.len(), 3);

    // A word of the note, in capitals and without accents.
    alice.type_into("directory-search", "CHLOE FLOR").await?;
    alice.wait_text(".count", "1 entry").await?;
    assert_eq!(listed(&alice).await?, ["Chloé Moreau"]);
    alice.wait_css(ENTRY).await?.click().await?;
    let note = alice.wait("entry-note").await?;
    assert_eq!(note.prop("value").await?.as_deref(), Some("florist, rue Basse"));
    alice.retype("entry-note", "moved to the harbour").await?;
    alice.click("entry-save").await?;
    alice.wait_gone("[role='dialog']").await?;
    alice.retype("directory-search", "harbour").await?;
    alice
        .wait_text(ENTRY, "moved to the harbour")
        .await?
        .click()
        .await?;
    alice.click("entry-write").await?;
    alice.wait("composer-input").await?;
    assert_eq!(alice.focused().await?, "composer-input");
    alice.send("may I order flowers?").await?;
    alice.wait_state("may I order flowers?", "sent").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_as_a_chosen_file() -> Result<()> {
    let (_scene, alice) = opened().await?;
    let table = format!("name,id\n\"Durand, Élodie\",{}\n", nobody(1));
    let table = file_beside(&alice, "list.csv", table.as_bytes())?;
    alice.click("directory-import").await?;
    alice.choose_file("import-file", &table).await?;
    alice
        .wait_text("[data-testid='import-report']", "1 account ID")
        .await?;
    take(&alice).await?;
    assert_eq!(listed(&alice).await?, ["Durand, Élodie"]);

    Ok(())
}

/// A list as long as those that people publish for a whole country.
fn long_list() -> String {
    (0..100_000_u32)
        .map(|number| format!("Name {number}, {}\n", nobody(number + 16)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_import_can_be_stopped_and_nothing_of_it_stays() -> Result<()> {
    let (_scene, alice) = opened().await?;
    let list = file_beside(&alice, "long.csv", long_list().as_bytes())?;
    alice.click("directory-import").await?;
    alice.choose_file("import-file", &list).await?;
    alice.click("import-stop").await?;
    alice
        .wait_text("[data-testid='import-result']", "Stopped")
        .await?;
    alice.click("import-close").await?;
    alice.wait_gone("[role='dialog']").await?;
    alice.wait_text("main h2", "Your directory is empty").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_added_changed_and_deleted_by_hand() -> Result<()> {
    let (_scene, alice) = opened().await?;
    alice.click("directory-add").await?;
    alice.type_into("entry-id", "no account here").await?;
    alice.click("entry-add").await?;
    alice.wait_text("[role='alert']", "not an account ID").await?;
    let typed = format!("« {} » ", nobody(1).to_uppercase());
    alice.retype("entry-id", &typed).await?;
    alice.type_into("entry-name", &"long ".repeat(21)).await?;
    alice.wait_text("[role='alert']", "too long").await?;
    alice.click("entry-add").await?;
    alice.retype("entry-name", "Armelle").await?;
    alice.type_into("entry-note", "gardener").await?;
    alice.click("entry-add").await?;
    alice.wait_text(ENTRY, "gardener").await?;

    alice.click("directory-add").await?;
    alice.type_into("entry-id", &nobody(1)).await?;
    alice.click("entry-add").await?;
    alice
        .wait_text("[role='alert']", "already in the directory")
        .await?;
    alice.click("entry-open").await?;
    alice.retype("entry-name", "Armelle Rivière").await?;
    alice.click("entry-save").await?;
    alice.wait_gone("[role='dialog']").await?;
    assert_eq!(listed(&alice).await?, ["Armelle Rivière"]);

    alice.wait_css(ENTRY).await?.click().await?;
    alice.click("entry-delete").await?;
    alice.click("confirm").await?;
    alice.wait_text("main h2", "Your directory is empty").await?;
    Ok(())
}

/// Everything in the folder for downloads: name and bytes.
fn downloaded(window: &Window) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(window.downloads())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((name, std::fs::read(entry.path())?));
    }
    files.sort();
    Ok(files)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_is_exported_after_a_warning() -> Result<()> {
    let (_scene, alice) = opened().await?;
    let list = format!("Armelle, {}\nBastien, {}", nobody(1), nobody(2));
    paste_list(&alice, &list).await?;
    take(&alice).await?;
    alice.click("directory-export").await?;
    alice
        .wait_text("[role='dialog']", "same care as a phone number")
        .await?;
    alice.click("export-csv").await?;
    alice
        .wait_text("[data-testid='export-result']", "Directory.csv")
        .await?;
    escape(&alice).await?;
    let second = "[data-testid='directory-row']:nth-of-type(1) input[type='checkbox']";
    alice.wait_css(second).await?.click().await?;
    alice.wait_text(".count", "1 entry chosen").await?;
    alice.click("directory-export").await?;
    alice.click("export-page").await?;
    alice
        .wait_text("[data-testid='export-result']", "Directory.html")
        .await?;
    let files = downloaded(&alice)?;
    let [(_, table), (_, page)] = files.as_slice() else {
        anyhow::bail!("two files, not {}", files.len());
    };
    let (table, page) = (str::from_utf8(table)?, str::from_utf8(page)?);
    assert!(table.contains("Armelle") && table.contains(&nobody(2)), "{table}");
    assert!(
        page.contains("Armelle") && !page.contains("Bastien"),
        "one was chosen"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_saved_as_a_picture_that_another_scans() -> Result<()> {
    let scene = Scene::new().await?;
    let ((alice, alice_id), (bob, _)) = scene.two_people().await?;
    alice.click("new-button").await?;
    alice.click("add-invite").await?;
    let shown = alice.wait("invite-id").await?;
    assert_eq!(shown.attr("data-value").await?, Some(alice_id.clone()));
    alice.wait_text("[data-testid='invite-text']", &alice_id).await?;
    alice.click("invite-save").await?;
    alice.wait_text("[role='dialog']", "Account ID.png").await?;
    let code = alice.downloads().join("Account ID.png");

    scan(&bob, &code).await?;
    bob.wait("recognised").await?;
    bob.wait_css("[data-testid='address-next']:not([disabled])")
        .await?
        .click()
        .await?;
    bob.wait("composer-input").await?;
    bob.send("your code works").await?;
    bob.wait_state("your code works", "sent").await?;
    escape(&alice).await?;
    alice.open_request("your code works").await?;

    // A picture without a code, and a file that is no picture.
    bob.click("rail-conversations").await?;
    let blank = image::GrayImage::from_pixel(64, 64, image::Luma([255]));
    let file = bob.profile.with_file_name("blank.png");
    blank.save(&file)?;
    scan(&bob, &file).await?;
    bob.wait_text("[role='dialog'] [role='alert']", "no QR code")
        .await?;
    let text = file_beside(&bob, "text.png", b"this is no picture")?;
    bob.choose_file("scan-file", &text).await?;
    bob.wait_text("[role='dialog'] [role='alert']", "picture").await?;
    Ok(())
}

/// Chooses the picture of a QR code in *New message*.
pub(crate) async fn scan(window: &Window, picture: &Path) -> Result<()> {
    window.click("new-button").await?;
    window.click("add-new-message").await?;
    window.wait("scan").await?;
    window
        .choose_file("scan-file", picture)
        .await
        .context("the picture of a QR code")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_is_used_with_keys_alone() -> Result<()> {
    let (_scene, alice) = opened().await?;
    let list = format!("Armelle, {}\nBastien, {}", nobody(1), nobody(2));
    paste_list(&alice, &list).await?;
    take(&alice).await?;
    alice.wait("directory-search").await?.click().await?;
    for _ in 0..5 {
        alice.press(&char::from(Key::Tab).to_string()).await?;
    }
    assert_eq!(alice.focused().await?, "directory-entry");
    alice.press(&char::from(Key::Down).to_string()).await?;
    let second = format!("{ENTRY}[data-account-id='{}']:focus", nobody(2));
    alice.wait_css(&second).await?;
    alice.press(&char::from(Key::Enter).to_string()).await?;
    let title = alice.wait_css("[role='dialog'] h2").await?;
    assert_eq!(title.text().await?, "Bastien");
    escape(&alice).await?;
    alice.press(&char::from(Key::Escape).to_string()).await?;
    alice.wait_gone("[data-testid='directory-search']").await?;
    assert!(
        alice
            .session()
            .find(By::Css("[data-testid='new-button']"))
            .await
            .is_ok()
    );
    Ok(())
}
