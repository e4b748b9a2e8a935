//! The directory through the contract, without a network.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;

use nous_api::events::{AppEvent, JobState};
use nous_api::ids::JobId;
use nous_api::requests::{
    CreateAccountRequest, DirectoryFormat, ExportDirectoryRequest, ListDirectoryRequest,
    SaveDirectoryEntryRequest, SetNicknameRequest, WriteDirectoryImportRequest,
};
use nous_api::rows::{DirectoryImport, DirectoryRow, ImportStage, MergedCounts, RecognisedAddress};
use nous_api::{
    App, AppOptions, ErrorCode, EventStream, NetworkConfig, account, addresses, boot, contacts,
    conversations, directory, subscriptions,
};

const BOB: &str = "053506f4a71324b7dd114eddbf4e311f39dde243e1f2cb97c40db1961f70ebaae8";

async fn alice(dir: &Path) -> App {
    let text = r#"{"name":"nowhere","seeds":[{"url":"http://127.0.0.1:9","certificateSha256":null}],
        "fileServer":{"url":"http://127.0.0.1:9","ed25519":"b8eef9821445ae16e2e97ef8aa6fe782fd11ad5253cd6723b281341dba22e371"}}"#;
    let options = AppOptions {
        profile_dir: Some(dir.join("profile")),
        downloads_dir: Some(dir.join("downloads")),
        is_polling: false,
        ..AppOptions::new(NetworkConfig::from_json(text).unwrap())
    };
    let app = App::open(options).await.unwrap();
    let display_name = "Alice".into();
    boot::create_account(&app, CreateAccountRequest { display_name })
        .await
        .unwrap();
    app
}

fn id(number: u32) -> String {
    format!("05{number:064x}")
}

async fn list(app: &App, search: &str) -> Vec<DirectoryRow> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let request = ListDirectoryRequest {
            cursor,
            limit: 100,
            search: search.into(),
        };
        let page = directory::list_directory(app, request).await.unwrap();
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            assert_eq!(usize::try_from(page.total).unwrap(), rows.len());
            return rows;
        }
    }
}

/// Waits for the end of one part of an import; answers how often progress was told.
async fn finished(app: &App, events: &mut EventStream, job: &JobId) -> (DirectoryImport, usize) {
    let mut told = 0;
    loop {
        let batch = events.next().await.unwrap();
        subscriptions::ack_events(app, batch.seq).await.unwrap();
        for event in batch.events {
            let AppEvent::JobProgress { job: of, state, .. } = event else {
                continue;
            };
            assert_eq!(of, *job);
            told += 1;
            if matches!(state, JobState::Done { .. }) {
                return (
                    directory::get_directory_import(app, job.clone()).await.unwrap(),
                    told,
                );
            }
        }
    }
}

async fn import(app: &App, text: String, replaces: bool) -> DirectoryImport {
    let mut events = app.subscribe();
    let job = directory::start_directory_import(app, text.into_bytes())
        .await
        .unwrap();
    let (read, _) = finished(app, &mut events, &job).await;
    assert_eq!(read.stage, ImportStage::Ready);
    let request = WriteDirectoryImportRequest {
        job: job.clone(),
        replaces,
    };
    directory::write_directory_import(app, request).await.unwrap();
    finished(app, &mut events, &job).await.0
}

#[tokio::test]
async fn nothing_is_written_before_the_list_was_looked_at() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let own = account::get_account(&app).await.unwrap().account_id;
    let mut events = app.subscribe();
    let text = format!("Bob,{BOB},chess\nnobody,\nMe,{own}\nAgain,{BOB}\n");
    let job = directory::start_directory_import(&app, text.into_bytes())
        .await
        .unwrap();
    let (read, _) = finished(&app, &mut events, &job).await;
    assert_eq!((read.entries, read.duplicates, read.bad_count), (1, 1, 2));
    assert_eq!(
        read.keeping,
        MergedCounts {
            added: 1,
            ..MergedCounts::default()
        }
    );
    let reasons: Vec<(u32, ErrorCode)> = read
        .bad_lines
        .iter()
        .map(|bad| (bad.line, bad.reason.code))
        .collect();
    assert_eq!(
        reasons,
        [(2, ErrorCode::NotAnAccountId), (3, ErrorCode::OwnAccountId)]
    );
    assert_eq!(read.preview[0].name.as_deref(), Some("Bob"));
    assert!(list(&app, "").await.is_empty());
    directory::discard_directory_import(&app, job.clone())
        .await
        .unwrap();
    let gone = directory::get_directory_import(&app, job).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::DirectoryImportNotFound);
}

#[tokio::test]
async fn a_list_is_written_searched_edited_removed_and_lasts() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let done = import(&app, format!("Élodie;{BOB};du club\nZoé;{};\n", id(7)), false).await;
    assert_eq!((done.stage, done.written.added), (ImportStage::Done, 2));
    assert_eq!(list(&app, "elo CLUB").await[0].account_id, BOB);
    let request = SaveDirectoryEntryRequest {
        account_id: BOB.into(),
        name: "\u{202e}Élo\n".into(),
        note: " a\u{7} note ".into(),
    };
    let saved = directory::save_directory_entry(&app, request).await.unwrap();
    assert_eq!(
        (saved.name.as_deref(), saved.note.as_str()),
        (Some("Élo"), "a note")
    );
    let again = import(&app, format!("Other;{BOB};x\n"), false).await;
    assert_eq!(
        again.written,
        MergedCounts {
            kept: 1,
            ..MergedCounts::default()
        }
    );
    import(&app, format!("Other;{BOB};x\n"), true).await;
    let found = directory::get_directory_entry(&app, BOB.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.name.as_deref(), found.note.as_str()), (Some("Other"), "x"));
    assert_eq!(
        directory::delete_directory_entries(&app, vec![BOB.into()]).await,
        Ok(1)
    );
    assert_eq!(list(&app, "").await.len(), 1);
}

#[tokio::test]
async fn a_name_of_the_directory_becomes_a_nickname() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let missing = directory::set_directory_nickname(&app, BOB.into())
        .await
        .unwrap_err();
    assert_eq!(missing.code, ErrorCode::DirectoryEntryNotFound);
    import(&app, format!("Bob B.,{BOB}\n"), false).await;
    directory::set_directory_nickname(&app, BOB.into()).await.unwrap();
    let row = conversations::open_conversation(&app, BOB.into()).await.unwrap();
    assert_eq!(row.name.as_deref(), Some("Bob B."));
}

/// 100,000 lines: other questions are answered meanwhile, and the import can be stopped.
#[tokio::test(flavor = "multi_thread")]
async fn a_huge_list_keeps_the_app_responsive_and_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let text: String = (1..=100_000)
        .map(|n| format!("Name {n},{},a note\n", id(n)))
        .collect();
    let mut events = app.subscribe();
    let job = directory::start_directory_import(&app, text.into_bytes())
        .await
        .unwrap();
    // Answered while the list is read.
    conversations::open_conversation(&app, BOB.into()).await.unwrap();
    let state = directory::get_directory_import(&app, job.clone()).await.unwrap();
    assert_eq!(state.stage, ImportStage::Reading);
    let (read, told) = finished(&app, &mut events, &job).await;
    assert_eq!((read.entries, read.bad_count), (100_000, 0));
    assert!(told > 1, "progress is told");

    let request = WriteDirectoryImportRequest {
        job: job.clone(),
        replaces: false,
    };
    directory::write_directory_import(&app, request).await.unwrap();
    loop {
        let state = directory::get_directory_import(&app, job.clone()).await.unwrap();
        if state.done > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    // Written between two batches.
    conversations::open_conversation(&app, id(1)).await.unwrap();
    boot::cancel_job(&app, job.clone()).await.unwrap();
    let (stopped, _) = finished(&app, &mut events, &job).await;
    assert_eq!(stopped.stage, ImportStage::Stopped);
    let written = stopped.written.added;
    assert!((1..100_000).contains(&written), "{written}");
    // The account is still there, and so is what was written.
    let page = ListDirectoryRequest {
        cursor: None,
        limit: 1,
        search: String::new(),
    };
    assert_eq!(
        directory::list_directory(&app, page).await.unwrap().total,
        written
    );
    assert!(account::get_account(&app).await.is_ok());
}

#[tokio::test]
async fn what_is_chosen_is_exported_into_a_new_file() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    import(&app, format!("Bob,{BOB}\n=Zoé,{}\n", id(7)), false).await;
    let request = |format, accounts| ExportDirectoryRequest {
        accounts,
        format,
        language: "fr".into(),
        title: "Annuaire".into(),
        warning: "Prudence".into(),
    };
    let csv = request(DirectoryFormat::Csv, None);
    let saved = directory::save_directory_export(&app, csv.clone()).await.unwrap();
    assert_eq!(saved.name, "Annuaire.csv");
    let text = std::fs::read_to_string(dir.path().join("downloads").join(saved.name)).unwrap();
    assert!(text.contains(BOB) && text.contains("'=Zoé"), "{text}");
    let page = request(DirectoryFormat::Page, Some(vec![BOB.into()]));
    let saved = directory::save_directory_export(&app, page).await.unwrap();
    let text = std::fs::read_to_string(dir.path().join("downloads").join(saved.name)).unwrap();
    assert!(
        text.contains(BOB) && !text.contains("Zoé") && text.contains("<svg"),
        "{text}"
    );
    let again = directory::save_directory_export(&app, csv).await.unwrap();
    assert_eq!(again.name, "Annuaire (2).csv");
}

#[tokio::test]
async fn a_saved_code_of_the_own_id_is_read_again_and_pictures_have_their_sentences() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let own = account::get_account(&app).await.unwrap().account_id;
    let saved = addresses::save_own_qr(&app, "Alice".into()).await.unwrap();
    let file = std::fs::read(dir.path().join("downloads").join(saved.name)).unwrap();
    let RecognisedAddress::Accounts { accounts } = addresses::read_qr_file(&app, file).await.unwrap() else {
        panic!("no account");
    };
    assert!(accounts[0].is_self && accounts[0].account_id == own);
    let RecognisedAddress::Error { error } = addresses::read_qr_file(&app, b"text".to_vec()).await.unwrap()
    else {
        panic!("no error");
    };
    assert_eq!(error.code, ErrorCode::PictureUnreadable);
    let RecognisedAddress::Error { error } = addresses::read_qr_pixels(&app, 100, 100, vec![255; 40_000])
        .await
        .unwrap()
    else {
        panic!("no error");
    };
    assert_eq!(error.code, ErrorCode::QrNotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_into_an_entry_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let own = account::get_account(&app).await.unwrap().account_id;
    let save = async |account_id: &str, name: &str, note: &str| {
        let request = SaveDirectoryEntryRequest {
            account_id: account_id.into(),
            name: name.into(),
            note: note.into(),
        };
        directory::save_directory_entry(&app, request)
            .await
            .map_err(|error| error.code)
    };
    assert_eq!(save("05ab", "", "").await, Err(ErrorCode::NotAnAccountId));
    assert_eq!(save(&own, "me", "").await, Err(ErrorCode::OwnAccountId));
    let long = "é".repeat(51);
    assert_eq!(save(BOB, &long, "").await, Err(ErrorCode::NameTooLong));
    assert_eq!(
        save(BOB, "", &"n".repeat(1_001)).await,
        Err(ErrorCode::NoteTooLong)
    );
    assert_eq!(list(&app, "").await, []);
    let saved = save(BOB, " \u{202e}Bob\n", "").await.unwrap();
    assert_eq!(saved.name.as_deref(), Some("Bob"));
    assert_eq!(save(BOB, " \u{200b} ", "").await.unwrap().name, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_the_directory_is_shown_and_marked_where_no_other_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let row = conversations::open_conversation(&app, BOB.into()).await.unwrap();
    assert_eq!((row.name, row.is_directory_name), (None, false));
    for id in [BOB.to_owned(), id(7)] {
        let request = SaveDirectoryEntryRequest {
            account_id: id,
            name: "Listed".into(),
            note: String::new(),
        };
        directory::save_directory_entry(&app, request).await.unwrap();
    }
    let rows = conversations::get_conversations(&app, vec![row.id.clone()]).await;
    let known = rows.unwrap().pop().unwrap();
    assert_eq!(
        (known.name.as_deref(), known.is_directory_name),
        (Some("Listed"), true)
    );
    // With a conversation and without one.
    let text = format!("{BOB} {}", id(7));
    let Ok(RecognisedAddress::Accounts { accounts }) = addresses::recognise_address(&app, text).await else {
        panic!("two accounts");
    };
    let names: Vec<_> = accounts
        .iter()
        .map(|one| (one.name.as_deref(), one.is_directory_name))
        .collect();
    assert_eq!(names, [(Some("Listed"), true); 2]);
    let contact = contacts::get_contact(&app, row.id.clone()).await.unwrap().contact;
    assert_eq!(contact.name, None);
    assert_eq!(contact.directory_name.as_deref(), Some("Listed"));

    let request = SetNicknameRequest {
        conversation: row.id.clone(),
        nickname: "Bobby".into(),
    };
    contacts::set_nickname(&app, request).await.unwrap();
    let known = conversations::get_conversations(&app, vec![row.id])
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(
        (known.name.as_deref(), known.is_directory_name),
        (Some("Bobby"), false)
    );
}
