//! Nothing of the contract is forgotten: each function that answers something is asked by
//! `answers.rs`, or said here why not; each field that may hold a name or a picture is known,
//! with how it is covered. A new one makes these tests fail until somebody has thought of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Functions that answer and are not asked.
const NOT_ASKED: [&str; 68] = [
    // Their answers are the rows of functions that are asked.
    "accept_request",
    "create_account",
    "export_directory",
    "read_qr_file",
    "read_qr_pixels",
    "remove_picture",
    "send_message",
    "set_display_name",
    "set_password",
    "set_picture",
    "set_settings",
    // Of groups: `groups.rs` looks at whom they name.
    "add_group_members",
    "change_group",
    "create_group",
    "get_group",
    "set_group_picture",
    // The inside of a request, which the tests look at by itself.
    "get_request",
    // What the person typed, chose or made.
    "check_password",
    "check_phrase",
    "get_directory_import",
    "get_recovery_phrase",
    "open_attachment",
    "preview_link",
    "save_attachment",
    "save_directory_entry",
    "save_directory_export",
    "save_own_qr",
    "stage_attachment",
    "stage_dropped_files",
    "stage_dropped_picture",
    "stage_file",
    "stage_path",
    "stage_picture",
    "take_back_queued",
    "voice_finish",
    // Numbers, yes or no, account IDs.
    "clear_old_messages",
    "clear_requests",
    "count_files",
    "count_old_messages",
    "delete_directory_entries",
    "delete_files",
    "forward_messages",
    "get_export",
    "get_watch_cursor",
    "is_told",
    "latest_arrival",
    "latest_reaction",
    "lookup_name",
    "message_at_date",
    "reactions_since",
    "recent_reactions",
    "retry_all_failed",
    "share_text",
    "start_directory_import",
    "start_dropped_import",
    "start_export",
    "start_restore",
    "storage_usage",
    "test_connection",
    "voice_play",
    "voice_playback",
    "voice_record",
    "voice_recording",
    "voice_status",
    // A picture whose id was answered before, or a part of one; people who are made up.
    "get_file_part",
    "get_media",
    "picture_pixels",
    "fill",
];

/// The fields of rows that may name or show somebody.
const FIELDS: [&str; 48] = [
    // Of others: the tests see each of them empty before acceptance.
    "ContactDetails.common_groups",
    "ContactRow.name",
    "ContactRow.nickname",
    "ContactRow.picture",
    "ConversationRow.name",
    "ConversationRow.picture",
    "DirectoryRow.picture",
    "MessageRow.author_name",
    "OutboxItem.conversation_name",
    "QuoteRow.author_name",
    "RecognisedAccount.name",
    "RecognisedAccount.picture",
    "SearchRow.conversation_name",
    // The own directory's, which nobody told: it is empty in these tests.
    "ContactRow.directory_name",
    "ConversationRow.is_directory_name",
    "OutboxItem.is_directory_name",
    "RecognisedAccount.is_directory_name",
    "RequestRow.directory_name",
    // Inside a request.
    "RequestDetails.given_name",
    // Of groups and whom they name: `groups.rs` sees that only own contacts have names.
    "ConversationRow.group",
    "GroupDetails.group_id",
    "GroupDetails.name",
    "GroupDetails.picture",
    "GroupEvent.name",
    "GroupInvitation.name",
    "GroupMemberRow.name",
    "GroupMemberRow.picture",
    "GroupSyncRow.name",
    "MessageRow.author_picture",
    "PersonRef.name",
    "RequestDetails.group",
    "RequestRow.group",
    "SettingsRow.member_names",
    // Typed or chosen here, or of no person.
    "AccountRow.display_name",
    "AccountRow.picture",
    "AccountRow.picture_upload",
    "AttachmentRow.name",
    "CommunityInvitationRow.name",
    "DemoContact.name",
    "DirectoryRow.name",
    "KeptGroupRow.name",
    "LinkPreviewRow.title",
    "MadePreviewRow.title",
    "RecognisedAddress.name",
    "RefusedFile.name",
    "SavedAttachment.name",
    "SavedFile.name",
    "StagedFileRow.name",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/crates/nous-api/src")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Rust files of a folder and of the folders in it.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let inner = paths.filter(|path| path.is_dir());
    files(folder)
        .into_iter()
        .chain(inner.flat_map(|inner| all_files(&inner)))
        .collect()
}

/// The Rust files of a folder, not of the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect()
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The functions that answer more than that they are done.
fn functions() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in all_files(&source()) {
        // What the app is, not what it answers.
        if file.file_stem().is_some_and(|stem| stem == "app") {
            continue;
        }
        let text = read(&file);
        for rest in text.split("pub async fn ").skip(1) {
            let head = rest.split_once('{').expect("a function").0;
            if !head.contains("Result<(), ApiError>") {
                found.insert(word(rest).to_owned());
            }
        }
    }
    found
}

#[test]
fn every_function_that_answers_is_asked() {
    let asked = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("integration/answers.rs"));
    let asked = asked.split(".keep").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix("_pages").unwrap_or(rest);
        let name = rest.strip_prefix('(')?.trim_start().strip_prefix('"')?;
        Some(word(name).to_owned())
    });
    let mut known: BTreeSet<String> = asked.collect();
    assert!(known.len() > 15, "{known:?}");
    known.extend(NOT_ASKED.map(str::to_owned));
    assert_eq!(functions(), known);
}

#[test]
fn every_field_for_a_name_or_a_picture_is_known() {
    let mut found = BTreeSet::new();
    let mut all = files(&source().join("rows"));
    all.push(source().join("rows.rs"));
    for file in all {
        for rest in read(&file).split("\npub ").skip(1) {
            let Some(rest) = rest
                .strip_prefix("struct ")
                .or_else(|| rest.strip_prefix("enum "))
            else {
                continue;
            };
            let body = rest.split_once("\n}").expect("its end").0;
            let lines = body.lines().map(str::trim);
            let fields = lines.filter(|line| !line.starts_with("//") && !line.starts_with('#'));
            for (field, _) in fields.filter_map(|line| line.split_once(": ")) {
                let field = field.trim_start_matches("pub ");
                let is_one = ["name", "picture", "avatar", "group", "title"];
                if is_one.iter().any(|part| field.contains(part)) {
                    found.insert(format!("{}.{field}", word(rest)));
                }
            }
        }
    }
    let known: BTreeSet<String> = FIELDS.map(str::to_owned).into();
    assert_eq!(found, known);
}
