//! Every screen of the directory, of an invitation and of scanned pictures, wide and narrow.

use anyhow::Result;
use nous_testkit::Person;

use crate::directory::{file_beside, nobody, open_directory, paste_list, scan};
use crate::pictures::{Look, escape, in_every_look};
use crate::scene::Scene;
use crate::window::Window;

const NAMES: [&str; 12] = [
    "Armelle Rivière",
    "Bastien",
    "Chloé Moreau",
    "Dimitri",
    "Élodie Durand",
    "Farid Benali",
    "Gwenaëlle Le Goff, coordination de l’atelier vélo du quartier des Minimes",
    "Hector",
    "Inès",
    "يوسف",
    "Jean-Baptiste",
    "Zoé",
];

/// A list as people publish them: names with and without notes, an ID alone, two mistakes.
fn list() -> String {
    let mut list = String::from("Jardin partagé, membres\n");
    for (number, name) in (1_u32..).zip(NAMES) {
        let id = match number {
            3 => Person::Chloe.id().to_string(),
            _ => nobody(number * 0x0101_0101),
        };
        let note = if number % 4 == 1 {
            "; apporte les graines le samedi"
        } else {
            ""
        };
        list += format!("{name}; {id}{note}\n").as_str();
    }
    list += format!("{}\nBruno; {}\n", nobody(0x7777), &nobody(9)[..60]).as_str();
    list
}

/// Keeps a screen wide and at 360 px.
async fn keep(look: Look, window: &Window, screen: &str) -> Result<()> {
    look.keep(window, screen).await?;
    window.resize(360, 720).await?;
    look.keep(window, &format!("narrow-{screen}")).await?;
    window.resize(1280, 900).await
}

async fn tour(look: Look) -> Result<()> {
    let scene = Scene::new().await?;
    let alice = scene.open_with("alice", &look.start()).await?;
    alice.create_account("Alice").await?;
    look.assert_worn(&alice).await?;
    open_directory(&alice).await?;
    alice.wait_css("main h2").await?;
    keep(look, &alice, "directory-empty").await?;
    alice.click("directory-add").await?;
    alice.type_into("entry-id", "05abc").await?;
    alice.click("entry-add").await?;
    alice.wait_css("[role='dialog'] [role='alert']").await?;
    keep(look, &alice, "directory-add").await?;
    escape(&alice).await?;
    import(look, &alice).await?;
    entries(look, &alice).await?;
    codes(look, &alice).await
}

async fn import(look: Look, window: &Window) -> Result<()> {
    window.click("directory-import").await?;
    window.wait("import-text").await?;
    keep(look, window, "directory-import").await?;
    escape(window).await?;
    paste_list(window, &list()).await?;
    keep(look, window, "directory-report").await?;
    window.click("import-write").await?;
    window.wait("import-result").await?;
    keep(look, window, "directory-imported").await?;
    window.click("import-close").await?;
    window.wait_gone("[role='dialog']").await
}

async fn entries(look: Look, window: &Window) -> Result<()> {
    window.wait("directory-entry").await?;
    keep(look, window, "directory").await?;
    window.type_into("directory-search", "xyz").await?;
    window.wait_css("main .empty").await?;
    keep(look, window, "directory-no-result").await?;
    window.retype("directory-search", "chl").await?;
    window
        .wait_text("[data-testid='directory-entry']", "Chloé")
        .await?
        .click()
        .await?;
    window.wait("entry-name").await?;
    keep(look, window, "directory-entry").await?;
    window.click("entry-delete").await?;
    window.wait_css("[role='alertdialog']").await?;
    keep(look, window, "directory-delete").await?;
    escape(window).await?;
    window.retype("directory-search", "").await?;
    let boxes = "[data-testid='directory-row'] input[type='checkbox']";
    window.wait_css(boxes).await?.click().await?;
    keep(look, window, "directory-chosen").await?;
    window.click("directory-export").await?;
    window.click("export-csv").await?;
    window
        .wait_css("[data-testid='export-result']:not(:empty)")
        .await?;
    keep(look, window, "directory-export").await?;
    escape(window).await
}

/// *Invite a friend*, and the pictures that others make of it.
async fn codes(look: Look, window: &Window) -> Result<()> {
    window.click("rail-conversations").await?;
    window.click("new-button").await?;
    window.click("add-invite").await?;
    window.wait("invite-id").await?;
    keep(look, window, "invite").await?;
    window.click("invite-save").await?;
    window
        .wait_css("[data-testid='invite-saved']:not(:empty)")
        .await?;
    keep(look, window, "invite-saved").await?;
    escape(window).await?;
    let text = file_beside(window, "text.png", b"this is no picture")?;
    scan(window, &text).await?;
    window.wait_css("[role='dialog'] [role='alert']").await?;
    keep(look, window, "scan-no-picture").await?;
    let code = nous_client::qr::png(&Person::Chloe.id().to_string());
    let code = file_beside(window, "code.png", &code.expect("an ID fits"))?;
    window.choose_file("scan-file", &code).await?;
    window.wait("recognised").await?;
    keep(look, window, "scan-recognised").await?;
    escape(window).await
}

in_every_look!(tour);
