//! What this device tells others without being asked, and shows of what they tell.
//!
//! Both are off until the person turns them on, and symmetrical: off is neither sent nor
//! shown. They stay on this device.
//!
//! Source: `product.md` §14, `messages.md` §8, `config.md` §14.

use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::{outbox, settings};

use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;

const RECEIPTS: &str = "privacy.readReceipts";
const TYPING: &str = "privacy.typingIndicators";

/// What a person allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Privacy {
    /// Read receipts.
    pub read_receipts: bool,
    /// Typing indicators.
    pub typing_indicators: bool,
}

/// What is allowed now.
///
/// # Errors
/// What the database said.
pub fn load(reader: &Reader<'_>) -> Result<Privacy, StorageError> {
    Ok(Privacy {
        read_receipts: settings::get(reader, RECEIPTS)?.unwrap_or_default(),
        typing_indicators: settings::get(reader, TYPING)?.unwrap_or_default(),
    })
}

/// Keeps what is allowed. What was allowed before and has not left is not sent any more.
///
/// # Errors
/// What the database said.
pub async fn set(core: &Core, privacy: Privacy) -> Result<(), ClientError> {
    let before = core.db.write(move |writer| keep(writer, privacy)).await?;
    if !privacy.typing_indicators {
        core.typing.forget();
        core.hub.announce([Change::Typing]);
    }
    core.hub.announce([Change::Settings]);
    if before.read_receipts != privacy.read_receipts {
        // Every state shown may be another one now.
        core.hub.announce([Change::Resync]);
    }
    Ok(())
}

fn keep(writer: &mut Writer<'_>, privacy: Privacy) -> Result<Privacy, StorageError> {
    let before = load(&writer.reader())?;
    settings::set(writer, RECEIPTS, &privacy.read_receipts)?;
    settings::set(writer, TYPING, &privacy.typing_indicators)?;
    if !privacy.read_receipts {
        outbox::drop_receipts(writer)?;
    }
    Ok(before)
}
