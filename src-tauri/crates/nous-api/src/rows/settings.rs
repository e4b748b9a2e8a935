//! What the person has set.

use serde::{Deserialize, Serialize};

/// Light, dark, or what the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The language of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// As the system; English if it is neither.
    #[default]
    System,
    /// English.
    En,
    /// French.
    Fr,
}

/// Settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct SettingsRow {
    /// Theme.
    pub theme: Theme,
    /// Language.
    pub language: Language,
    /// 90 to 200.
    pub text_size_percent: u32,
    /// Enter sends, Shift+Enter breaks the line; else the other way round.
    pub enter_sends: bool,
    /// Spell check in the composer.
    pub spell_check: bool,
    /// Width of the list, 240 to 480 px.
    pub list_width_px: u32,
    /// Tells friends what was read, and shows what they read.
    pub read_receipts: bool,
    /// Tells friends that the person types, and shows that they do.
    pub typing_indicators: bool,
    /// People of communities may send message requests; the same on all devices of the account.
    pub community_requests: bool,
    /// The app locks when nobody used it for so long, 0 to 60; 0: never.
    pub auto_lock_minutes: u32,
    /// Groups show also the names that members who are no contacts give themselves.
    pub member_names: bool,
    /// Files of those who are trusted for it are fetched without a click.
    pub auto_download: bool,
    /// Behind a voice message that was heard to its end, the one that follows it plays.
    pub play_next_voice: bool,
    /// Links that are written get a preview: their sites see the address of this device.
    pub link_previews: bool,
}

impl Default for SettingsRow {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: Language::System,
            text_size_percent: 100,
            enter_sends: true,
            spell_check: true,
            list_width_px: 328,
            read_receipts: false,
            typing_indicators: false,
            community_requests: false,
            auto_lock_minutes: 0,
            member_names: false,
            auto_download: true,
            play_next_voice: true,
            link_previews: false,
        }
    }
}
