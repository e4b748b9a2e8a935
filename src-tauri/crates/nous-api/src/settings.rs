//! Settings. They stay on this device, but for community message requests: those belong to the
//! account and follow it to its other devices.
//!
//! Source: `product.md` §14, `config.md` §10, §14.

use nous_client::files::policy::BY_ITSELF;
use nous_client::previews::MADE;
use nous_client::privacy::Privacy;

use crate::app::App;
use crate::errors::ApiError;
use crate::requests::SetSettingsRequest;
use crate::rows::SettingsRow;

/// The name under which they are kept.
const KEY: &str = nous_client::client::FACE_SETTINGS;

/// All settings; the defaults while the profile is not open.
///
/// # Errors
/// What the database said.
pub async fn get_settings(app: &App) -> Result<SettingsRow, ApiError> {
    let kept: SettingsRow = app.client.setting(KEY).await?.unwrap_or_default();
    let privacy = app.client.privacy().await?;
    Ok(SettingsRow {
        read_receipts: privacy.read_receipts,
        typing_indicators: privacy.typing_indicators,
        community_requests: app.client.takes_community_requests().await?,
        auto_download: app.client.setting(BY_ITSELF).await?.unwrap_or(true),
        link_previews: app.client.setting(MADE).await?.unwrap_or(false),
        ..kept
    })
}

/// Changes some of them. Numbers beyond their bounds become the nearest bound.
///
/// # Errors
/// What the database said, or that the profile is not open.
pub async fn set_settings(app: &App, request: SetSettingsRequest) -> Result<SettingsRow, ApiError> {
    let before = get_settings(app).await?;
    let row = SettingsRow {
        theme: request.theme.unwrap_or(before.theme),
        language: request.language.unwrap_or(before.language),
        text_size_percent: request
            .text_size_percent
            .unwrap_or(before.text_size_percent)
            .clamp(90, 200),
        enter_sends: request.enter_sends.unwrap_or(before.enter_sends),
        spell_check: request.spell_check.unwrap_or(before.spell_check),
        list_width_px: request
            .list_width_px
            .unwrap_or(before.list_width_px)
            .clamp(240, 480),
        read_receipts: request.read_receipts.unwrap_or(before.read_receipts),
        typing_indicators: request.typing_indicators.unwrap_or(before.typing_indicators),
        community_requests: request.community_requests.unwrap_or(before.community_requests),
        auto_lock_minutes: request
            .auto_lock_minutes
            .unwrap_or(before.auto_lock_minutes)
            .min(60),
        member_names: request.member_names.unwrap_or(before.member_names),
        auto_download: request.auto_download.unwrap_or(before.auto_download),
        play_next_voice: request.play_next_voice.unwrap_or(before.play_next_voice),
        link_previews: request.link_previews.unwrap_or(before.link_previews),
    };
    if request.read_receipts.is_some() || request.typing_indicators.is_some() {
        // The engine keeps these: it acts by them.
        let privacy = Privacy {
            read_receipts: row.read_receipts,
            typing_indicators: row.typing_indicators,
        };
        app.client.set_privacy(privacy).await?;
    }
    if let Some(auto_download) = request.auto_download {
        app.client.set_setting(BY_ITSELF, auto_download).await?;
    }
    if let Some(made) = request.link_previews {
        app.client.set_setting(MADE, made).await?;
    }
    if let Some(accepts) = request.community_requests {
        app.client.set_community_requests(accepts).await?;
    }
    app.client.set_setting(KEY, row.clone()).await?;
    Ok(row)
}
