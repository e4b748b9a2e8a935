//! The contract with the window: one list of commands, used for the handler and for the
//! TypeScript side (`ui/src/ipc/bindings.ts`). The only file that knows tauri-specta.

use std::path::Path;

use specta_typescript::Typescript;
use tauri_specta::{Builder, collect_commands};

use crate::commands;

/// Every command, typed.
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::new().disable_serde_phases().commands(collect_commands![
        commands::boot::get_boot_state,
        commands::boot::unlock,
        commands::boot::lock,
        commands::boot::restore_backup,
        commands::boot::create_account,
        commands::boot::discard_account,
        commands::boot::check_phrase,
        commands::boot::start_restore,
        commands::boot::cancel_job,
        commands::account::get_account,
        commands::account::set_display_name,
        commands::account::get_recovery_phrase,
        commands::account::set_phrase_seen,
        commands::account::set_password,
        commands::account::set_protection_asked,
        commands::leaving::delete_account,
        commands::leaving::get_deletion,
        commands::leaving::retry_deletion,
        commands::leaving::cancel_deletion,
        commands::leaving::end_deletion,
        commands::leaving::erase_profile,
        commands::leaving::note_use,
        commands::leaving::check_password,
        commands::addresses::recognise_address,
        commands::addresses::lookup_name,
        commands::addresses::read_qr_file,
        commands::addresses::read_qr_clipboard,
        commands::addresses::save_own_qr,
        commands::conversations::list_conversations,
        commands::conversations::get_conversations,
        commands::conversations::open_conversation,
        commands::conversations::set_draft,
        commands::conversations::mark_read,
        commands::reading::mark_read_to,
        commands::reading::set_typing,
        commands::reading::list_typing,
        commands::conversations::set_pinned,
        commands::conversations::delete_conversation,
        commands::message_requests::list_requests,
        commands::message_requests::get_request,
        commands::message_requests::accept_request,
        commands::message_requests::decline_request,
        commands::message_requests::block_request,
        commands::message_requests::clear_requests,
        commands::groups::list_kept_groups,
        commands::groups::create_group,
        commands::groups::get_group,
        commands::groups::change_group,
        commands::groups::set_group_picture,
        commands::groups::add_group_members,
        commands::groups::act_on_group_members,
        commands::groups::leave_group,
        commands::groups::reconnect_group,
        commands::groups::ask_for_invitation,
        commands::groups::set_group_words,
        commands::deleting::delete_for_everyone,
        commands::groups::list_group_sync,
        commands::contacts::list_contacts,
        commands::contacts::get_contact,
        commands::contacts::set_nickname,
        commands::contacts::set_blocked,
        commands::contacts::set_notify,
        commands::contacts::set_mute,
        commands::contacts::mark_unread,
        commands::contacts::clear_messages,
        commands::contacts::delete_contact,
        commands::contacts::set_note_hidden,
        commands::directory::list_directory,
        commands::directory::get_directory_entry,
        commands::directory::save_directory_entry,
        commands::directory::delete_directory_entries,
        commands::directory::set_directory_nickname,
        commands::directory::start_directory_import,
        commands::directory::start_dropped_import,
        commands::directory::get_directory_import,
        commands::directory::write_directory_import,
        commands::directory::discard_directory_import,
        commands::directory::save_directory_export,
        commands::messages::list_messages,
        commands::messages::get_messages,
        commands::messages::send_message,
        commands::messages::retry_message,
        commands::messages::retry_all_failed,
        commands::messages::delete_messages,
        commands::messages::get_message_info,
        commands::messages::list_failed_messages,
        commands::reactions::react,
        commands::reactions::recent_reactions,
        commands::messages::forward_messages,
        commands::messages::share_text,
        commands::deleting::delete_on_all_devices,
        commands::reading::mark_all_read,
        commands::messages::message_at_date,
        commands::deleting::take_back_queued,
        commands::timers::set_timer,
        commands::timers::follow_timer,
        commands::search::search_messages,
        commands::network::get_connectivity,
        commands::network::rotate_paths,
        commands::network::test_connection,
        commands::network::list_outbox,
        commands::network::send_now,
        commands::pictures::stage_picture,
        commands::pictures::stage_dropped_picture,
        commands::pictures::discard_staged_picture,
        commands::pictures::set_picture,
        commands::pictures::remove_picture,
        commands::attachments::stage_piece,
        commands::attachments::stage_file,
        commands::attachments::stage_dropped_files,
        commands::attachments::stage_dropped_file,
        commands::attachments::list_staged_files,
        commands::attachments::discard_staged_file,
        commands::attachments::stage_attachment,
        commands::attachments::set_video_poster,
        commands::attachments::download_attachment,
        commands::attachments::cancel_transfer,
        commands::attachments::retry_attachment,
        commands::attachments::save_attachment,
        commands::attachments::open_attachment,
        commands::attachments::copy_picture,
        commands::attachments::trust_downloads,
        commands::attachments::gallery,
        commands::previews::preview_link,
        commands::previews::discard_link_preview,
        commands::storage::storage_usage,
        commands::storage::count_files,
        commands::storage::delete_files,
        commands::storage::count_old_messages,
        commands::storage::clear_old_messages,
        commands::export::start_export,
        commands::export::get_export,
        commands::voice::voice_record,
        commands::voice::voice_recording,
        commands::voice::voice_finish,
        commands::voice::voice_status,
        commands::voice::voice_play,
        commands::voice::voice_playback,
        commands::settings::get_settings,
        commands::settings::set_settings,
        commands::events::subscribe,
        commands::events::ack_events,
        commands::events::set_window_focus,
        commands::desktop::open_url,
        commands::desktop::copy_text,
        commands::desktop::copy_secret,
        commands::desktop::watch_drops,
    ])
}

/// Writes the TypeScript side into `path`.
///
/// # Errors
/// When a type has no form in TypeScript, or the file cannot be written.
pub fn export(path: &Path) -> Result<(), specta_typescript::Error> {
    builder().export(Typescript::default().header(HEADER), path)
}

const HEADER: &str = "// Made by `cargo xtask codegen` from the commands of the shell. Not to be edited.\n";

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::command_names::COMMANDS;

    fn root(path: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    fn exported() -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bindings.ts");
        export(&file).unwrap();
        fs::read_to_string(file).unwrap()
    }

    #[test]
    fn bindings_in_the_repository_are_those_of_the_commands() {
        let kept = fs::read_to_string(root("ui/src/ipc/bindings.ts")).unwrap();
        assert!(
            kept == exported(),
            "ui/src/ipc/bindings.ts is stale: run `cargo xtask codegen`"
        );
    }

    #[test]
    fn build_script_lists_the_commands_of_the_handler() {
        let text = exported();
        let called: BTreeSet<&str> = text
            .split("__TAURI_INVOKE(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(called, COMMANDS.iter().copied().collect());
        assert_eq!(called.len(), COMMANDS.len(), "a command is listed twice");
    }

    #[test]
    fn capability_of_the_main_window_lists_every_command_and_nothing_else() {
        let text = fs::read_to_string(root("src-tauri/capabilities/main.json")).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let allowed: BTreeSet<String> = file["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p.as_str().unwrap().to_owned())
            .collect();
        let wanted = COMMANDS
            .iter()
            .map(|name| format!("allow-{}", name.replace('_', "-")))
            .collect();
        assert_eq!(allowed, wanted);
    }
}
