//! Files of messages, as far as no network is needed.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{BOB, alice, open};
use nous_api::ids::{ConversationId, MessageId, StagedFileId};
use nous_api::requests::{Anchor, GalleryKind, GalleryRequest, ListMessagesRequest, SendMessageRequest};
use nous_api::rows::{
    AttachmentKind, AttachmentState, ConversationRow, GalleryPage, LastMessageKind, MessageBody, MessageRow,
    StagedFileRow,
};
use nous_api::{App, ErrorCode, account, attachments, conversations, messages, pictures};

async fn notes(app: &App) -> ConversationId {
    let own = account::get_account(app).await.unwrap().account_id;
    conversations::open_conversation(app, own).await.unwrap().id
}

async fn row(app: &App, id: &ConversationId) -> ConversationRow {
    let rows = conversations::get_conversations(app, vec![id.clone()]).await;
    rows.unwrap().remove(0)
}

/// The body of a call that chooses a file.
fn body(id: &ConversationId, name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("{{\"conversation\":\"{id}\",\"name\":\"{name}\",\"asItIs\":false}}\n");
    [head.as_bytes(), bytes].concat()
}

async fn choose(app: &App, id: &ConversationId, name: &str, bytes: &[u8]) -> StagedFileRow {
    attachments::stage_file(app, body(id, name, bytes)).await.unwrap()
}

async fn send(app: &App, id: &ConversationId, text: &str, files: Vec<StagedFileId>) -> MessageRow {
    let request = SendMessageRequest {
        conversation: id.clone(),
        body: text.to_owned(),
        client_token: String::new(),
        quote: None,
        attachments: files,
        preview: None,
    };
    messages::send_message(app, request).await.unwrap().remove(0)
}

async fn gallery(app: &App, id: &ConversationId, kind: GalleryKind) -> GalleryPage {
    let request = GalleryRequest {
        conversation: id.clone(),
        kind,
        cursor: None,
        limit: 10,
    };
    attachments::gallery(app, request).await.unwrap()
}

#[tokio::test]
async fn a_chosen_file_stands_in_the_draft_and_goes_with_a_message() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let staged = choose(&app, &id, "../notes.txt", b"what was agreed").await;
    assert_eq!(
        (staged.name.as_deref(), staged.size_bytes),
        (Some("notes.txt"), 15)
    );
    assert_eq!(
        (staged.kind, staged.content_type.as_str()),
        (AttachmentKind::File, "text/plain")
    );
    let listed = attachments::list_staged_files(&app, id.clone()).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&staged));
    assert_eq!(row(&app, &id).await.staged_files, 1);

    let message = send(&app, &id, "", vec![staged.id]).await;
    assert_eq!(message.attachments.len(), 1);
    let file = &message.attachments[0];
    assert_eq!((file.state, file.done_bytes), (AttachmentState::Queued, 0));
    let shown = row(&app, &id).await;
    assert_eq!((shown.staged_files, shown.draft.as_str()), (0, ""));
    let last = shown.last_message.unwrap();
    assert_eq!((last.kind, last.preview.as_str()), (LastMessageKind::File, ""));

    let page = gallery(&app, &id, GalleryKind::Files).await;
    assert_eq!((page.rows.len(), page.next), (1, None));
    assert_eq!(page.rows[0].message, message.id);
    assert!(gallery(&app, &id, GalleryKind::Media).await.rows.is_empty());

    let folder = tempfile::tempdir().unwrap();
    let to = Some(folder.path().to_owned());
    let saved = attachments::save_attachment(&app, message.id.clone(), 0, to)
        .await
        .unwrap();
    assert_eq!((saved.name.as_str(), saved.size_bytes), ("notes.txt", 15));
    let path = format!("/attachment/{}/0", message.id);
    let part = attachments::get_file_part(&app, &path, 0, 10).await.unwrap();
    assert_eq!(part, None, "a page shows no documents");
    messages::delete_messages(&app, vec![message.id]).await.unwrap();
    let left = std::fs::read_dir(dir.path().join("attachments")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_gallery_goes_on_where_a_page_of_the_timeline_ends() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let mut sent = Vec::new();
    for name in ["a.txt", "b.txt"] {
        let file = choose(&app, &id, name, name.as_bytes()).await;
        sent.push(send(&app, &id, "", vec![file.id]).await.id);
    }
    let newest = ListMessagesRequest {
        conversation: id.clone(),
        anchor: Anchor::Latest,
        limit: 1,
    };
    let timeline = messages::list_messages(&app, newest).await.unwrap();
    assert_eq!(timeline.rows[0].id, sent[1]);
    let request = GalleryRequest {
        conversation: id,
        kind: GalleryKind::Files,
        cursor: timeline.older,
        limit: 10,
    };
    let before = attachments::gallery(&app, request).await.unwrap();
    let found: Vec<_> = before.rows.iter().map(|row| row.message.clone()).collect();
    assert_eq!(found, sent[..1]);
}

#[tokio::test]
async fn a_chosen_picture_is_seen_before_it_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    // One pixel, red.
    let png = [
        137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0,
        144, 119, 83, 222, 0, 0, 0, 12, 73, 68, 65, 84, 120, 218, 99, 248, 207, 192, 0, 0, 3, 1, 1, 0, 247,
        3, 65, 67, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
    ];
    let staged = choose(&app, &id, "dot.png", &png).await;
    assert_eq!(
        (staged.kind, staged.width, staged.height),
        (AttachmentKind::Picture, Some(1), Some(1))
    );
    let thumbnail = format!("/thumbnail/{}", staged.thumbnail.clone().unwrap());
    let jpeg = pictures::get_media(&app, &thumbnail).await.unwrap().unwrap();
    assert!(jpeg.starts_with(&[0xff, 0xd8]));
    let path = format!("/chosen/{}", staged.id);
    let part = attachments::get_file_part(&app, &path, 0, 1_000_000)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(part.bytes.len() as u64, part.length);
    assert_eq!(part.content_type, "image/jpeg", "written anew");
    attachments::discard_staged_file(&app, staged.id, Some(id))
        .await
        .unwrap();
    assert_eq!(pictures::get_media(&app, &thumbnail).await.unwrap(), None);
}

/// A GIF of one pixel that moves.
fn moving(frames: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    for _ in 0..frames {
        bytes.extend_from_slice(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
    }
    bytes.push(0x3b);
    bytes
}

#[tokio::test]
async fn a_page_gets_a_still_of_ours_and_no_picture_that_would_be_too_much_to_draw() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let shown = async |frames| {
        let staged = choose(&app, &id, "a.gif", &moving(frames)).await;
        let path = format!("/chosen/{}", staged.id);
        let part = attachments::get_file_part(&app, &path, 0, 1_000_000).await;
        (staged.is_animated, part.unwrap().unwrap())
    };
    let (is_animated, part) = shown(3).await;
    assert!(is_animated && part.bytes.starts_with(b"GIF89a"));
    let (is_animated, part) = shown(10_000).await;
    assert!(!is_animated && part.bytes.starts_with(&[0xff, 0xd8]));
    assert_eq!(
        (part.content_type.as_str(), part.bytes.len() as u64),
        ("image/jpeg", part.length)
    );
}

#[tokio::test]
async fn a_picture_of_a_message_is_copied_as_pixels_and_a_file_opened_as_a_copy() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let picture = choose(&app, &id, "a.gif", &moving(2)).await;
    let message = send(&app, &id, "", vec![picture.id]).await;
    let copied = attachments::picture_pixels(&app, message.id.clone(), 0)
        .await
        .unwrap();
    assert_eq!((copied.width, copied.height, copied.rgba.len()), (1, 1, 4));
    let document = choose(&app, &id, "plan.txt", b"what was agreed").await;
    let message = send(&app, &id, "", vec![document.id]).await;
    let refused = attachments::picture_pixels(&app, message.id.clone(), 0).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::PictureUnknown);
    let path = attachments::open_attachment(&app, message.id, 0).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"what was agreed");
    app.shutdown().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_comes_from_a_page_in_pieces() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let piece = |upload: &str, at: usize, bytes: &[u8]| {
        let head = format!("{{\"upload\":\"{upload}\",\"at\":{at},\"size\":15}}\n");
        attachments::stage_piece(&app, [head.as_bytes(), bytes].concat())
    };
    let last = |upload: &str, bytes: &[u8]| {
        let head = format!(
            "{{\"conversation\":\"{id}\",\"name\":\"a.txt\",\"asItIs\":false,\"upload\":\"{upload}\"}}\n"
        );
        attachments::stage_file(&app, [head.as_bytes(), bytes].concat())
    };
    piece("one", 0, b"what was").await.unwrap();
    piece("one", 8, b" agr").await.unwrap();
    let staged = last("one", b"eed").await.unwrap();
    assert_eq!(staged.size_bytes, 15);
    let message = send(&app, &id, "", vec![staged.id]).await;
    let folder = tempfile::tempdir().unwrap();
    let to = Some(folder.path().to_owned());
    attachments::save_attachment(&app, message.id, 0, to)
        .await
        .unwrap();
    let saved = std::fs::read(folder.path().join("a.txt")).unwrap();
    assert_eq!(saved, b"what was agreed");
    piece("two", 0, b"what was").await.unwrap();
    let out_of_order = piece("two", 3, b"x").await.unwrap_err();
    assert_eq!(out_of_order.code, ErrorCode::FileGone);
    assert_eq!(last("one", b"x").await.unwrap_err().code, ErrorCode::FileGone);
}

#[tokio::test]
async fn of_files_that_are_dropped_those_are_taken_that_can_be() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let file = dir.path().join("a.txt");
    std::fs::write(&file, "a").unwrap();
    // What a photograph says of its place goes nowhere before the person has agreed.
    let photo = dir.path().join("photo.heic");
    std::fs::write(&photo, b"\0\0\0\x20ftypheic GPS").unwrap();
    let files = vec![
        dir.path().to_owned(),
        file,
        dir.path().join("missing"),
        photo.clone(),
    ];
    let drop = attachments::stage_dropped_files(&app, Some(id.clone()), files, false)
        .await
        .unwrap();
    assert_eq!(drop.staged.len(), 1);
    let why: Vec<ErrorCode> = drop.refused.iter().map(|refused| refused.error.code).collect();
    let expected = [
        ErrorCode::FileIsFolder,
        ErrorCode::FileUnreadable,
        ErrorCode::PictureUnknown,
    ];
    assert_eq!(why, expected);
    let places: Vec<u32> = drop.refused.iter().map(|refused| refused.index).collect();
    assert_eq!(places, [0, 2, 3]);
    assert_eq!(drop.refused[1].name, "missing");
    let whole = attachments::stage_path(&app, Some(id.clone()), photo, true)
        .await
        .unwrap();
    assert_eq!(whole.content_type, "image/heic");
    assert_eq!(attachments::list_staged_files(&app, id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn documents_chosen_together_become_a_message_each_and_the_draft_is_emptied_once() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let mut files = Vec::new();
    for name in ["a.txt", "b.txt"] {
        files.push(choose(&app, &id, name, b"what was agreed").await.id);
    }
    let request = SendMessageRequest {
        conversation: id.clone(),
        body: "both".to_owned(),
        client_token: "once".to_owned(),
        quote: None,
        attachments: files,
        preview: None,
    };
    let sent = messages::send_message(&app, request.clone()).await.unwrap();
    let said: Vec<(&MessageBody, usize)> = sent
        .iter()
        .map(|row| (&row.body, row.attachments.len()))
        .collect();
    let text = |text: &str| MessageBody::Text {
        text: text.to_owned(),
        truncated: false,
    };
    assert_eq!(said, [(&text("both"), 1), (&text(""), 1)]);
    let shown = row(&app, &id).await;
    assert_eq!((shown.staged_files, shown.draft.as_str()), (0, ""));
    let again = messages::send_message(&app, request).await.unwrap();
    let ids = |rows: &[MessageRow]| -> Vec<MessageId> { rows.iter().map(|row| row.id.clone()).collect() };
    assert_eq!(ids(&again), ids(&sent));
}

#[tokio::test]
async fn a_photograph_that_goes_as_it_is_says_so_after_a_restart_too() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let photo = dir.path().join("x.heic");
    std::fs::write(&photo, b"\0\0\0\x20ftypheic, taken at home").unwrap();
    let whole = attachments::stage_path(&app, Some(id.clone()), photo, true).await;
    assert!(whole.unwrap().as_it_is);
    assert!(!choose(&app, &id, "a.txt", b"a").await.as_it_is);
    app.shutdown().await;
    let app = open(dir.path()).await;
    let files = attachments::list_staged_files(&app, id).await.unwrap();
    let whole: Vec<Option<&str>> = files
        .iter()
        .filter(|file| file.as_it_is)
        .map(|file| file.name.as_deref())
        .collect();
    assert_eq!((whole, files.len()), (vec![Some("x.heic")], 2));
}

#[tokio::test]
async fn what_is_asked_of_files_that_are_not_there_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let message = send(&app, &id, "see https://a.example/x.", Vec::new()).await;
    let code = attachments::download_attachment(&app, message.id.clone(), 0).await;
    assert_eq!(code.unwrap_err().code, ErrorCode::FileGone);
    let code = attachments::cancel_transfer(&app, message.id.clone(), 0).await;
    assert_eq!(code.unwrap_err().code, ErrorCode::FileGone);
    let links = gallery(&app, &id, GalleryKind::Links).await;
    assert_eq!(links.rows[0].links, ["https://a.example/x"]);
    let stranger = conversations::open_conversation(&app, BOB.into())
        .await
        .unwrap()
        .id;
    let staged = choose(&app, &stranger, "a.txt", b"a").await;
    let request = SendMessageRequest {
        conversation: stranger.clone(),
        body: String::new(),
        client_token: String::new(),
        quote: None,
        attachments: vec![staged.id],
        preview: None,
    };
    let refused = messages::send_message(&app, request).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAccepted);
    assert!(!row(&app, &stranger).await.auto_download);
    attachments::trust_downloads(&app, stranger.clone(), true)
        .await
        .unwrap();
    assert!(row(&app, &stranger).await.auto_download);
}
