//! One document for programs: a head, then a message a line.

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use nous_storage::messages::GroupEvent;
use serde::Serialize;

use super::entry::{Entry, FileEntry, QuoteEntry, ReactionEntry};
use super::html::machine_time;

/// The document's name.
pub(super) const NAME: &str = "messages.json";

/// What is in the document, and in which form. A later form has another number.
const FORMAT: &str = "entre-nous-conversation";
const VERSION: u32 = 1;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'t> {
    format: &'static str,
    version: u32,
    exported_at: String,
    conversation: Conversation<'t>,
}

#[derive(Serialize)]
struct Conversation<'t> {
    id: String,
    name: &'t str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'e> {
    id: String,
    from: String,
    /// Of others.
    from_name: Option<&'e str>,
    is_own: bool,
    sent_at: String,
    received_at: String,
    kind: &'static str,
    text: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'e GroupEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<Quote<'e>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reactions: Vec<Reaction<'e>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<File<'e>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Quote<'e> {
    from: String,
    sent_at: String,
    text: Option<&'e str>,
}

#[derive(Serialize)]
struct Reaction<'e> {
    emoji: &'e str,
    count: u32,
    from: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'e> {
    name: &'e str,
    /// Where it is, beside this document; `null`: it was not on the device.
    file: Option<&'e str>,
    size_bytes: Option<u64>,
    content_type: &'e str,
    #[serde(skip_serializing_if = "str::is_empty")]
    caption: &'e str,
}

/// The beginning, up to the list of messages.
pub(super) fn head(id: ConversationId, name: &str, now: Timestamp) -> serde_json::Result<String> {
    let head = Head {
        format: FORMAT,
        version: VERSION,
        exported_at: machine_time(now),
        conversation: Conversation {
            id: id.to_string(),
            name,
        },
    };
    let mut text = serde_json::to_string(&head)?;
    // The list and what follows it belong to the same object.
    text.pop();
    text.push_str(",\"messages\":[");
    Ok(text)
}

/// A message, on a line of its own.
pub(super) fn entry(entry: &Entry, is_first: bool) -> serde_json::Result<String> {
    let message = Message {
        id: entry.key.0.to_string(),
        from: entry.author.to_string(),
        from_name: (!entry.is_own).then_some(entry.name.as_str()),
        is_own: entry.is_own,
        sent_at: machine_time(entry.sent),
        received_at: machine_time(entry.received),
        kind: entry.kind,
        text: &entry.raw_text,
        event: entry.event.as_ref(),
        quote: entry.quote.as_ref().map(quote),
        reactions: entry.reactions.iter().map(reaction).collect(),
        attachments: entry.files.iter().map(file).collect(),
    };
    let separator = if is_first { "\n" } else { ",\n" };
    Ok(format!("{separator}{}", serde_json::to_string(&message)?))
}

/// The end.
pub(super) fn foot(left_out: u32) -> String {
    format!("\n],\"leftOut\":{left_out}}}\n")
}

fn quote(quoted: &QuoteEntry) -> Quote<'_> {
    Quote {
        from: quoted.author.to_string(),
        sent_at: machine_time(quoted.sent),
        text: quoted.text.as_deref(),
    }
}

fn reaction(reacted: &ReactionEntry) -> Reaction<'_> {
    Reaction {
        emoji: &reacted.emoji,
        count: reacted.count,
        from: reacted.people.iter().map(ToString::to_string).collect(),
    }
}

fn file(file: &FileEntry) -> File<'_> {
    File {
        name: &file.name,
        file: file.saved.as_deref(),
        size_bytes: file.size,
        content_type: &file.content_type,
        caption: &file.caption,
    }
}
