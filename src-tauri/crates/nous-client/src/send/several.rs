//! What goes to several conversations is written down for all of them in one transaction: a process that
//! dies has sent it to all, or to nobody.

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;

use super::plan::{Plan, Written};
use super::{Forwarded, Refused, tell};
use crate::core::Core;
use crate::error::ClientError;
use crate::files::staging;
use crate::step::step;

/// What goes into one message.
pub(super) struct Letter {
    pub(super) text: String,
    /// Chosen files, made for this message.
    pub(super) files: Vec<String>,
    /// The same token sends once.
    pub(super) token: Option<String>,
}

/// What goes to one conversation.
pub(super) struct Post {
    pub(super) to: ConversationId,
    /// What is said, in order: each in as many messages as that takes.
    pub(super) said: Vec<Vec<Letter>>,
    /// Why what comes after it does not go.
    pub(super) stopped: Option<ClientError>,
}

impl Post {
    fn files(&self) -> impl Iterator<Item = &String> {
        self.said.iter().flatten().flat_map(|letter| &letter.files)
    }
}

/// What became of it in one conversation.
struct Posted {
    to: ConversationId,
    /// The messages that are written down.
    keys: Vec<MessageKey>,
    /// How much of what is said goes there.
    sent: u32,
    refused: Option<ClientError>,
}

/// Writes everything down, or nothing; the worker does the rest. What was being written in the
/// conversations stays. Where files do not go, what has a text goes without them.
///
/// # Errors
/// What the database said: then nothing was sent.
pub(super) async fn submit(core: &Core, posts: Vec<Post>) -> Result<Forwarded, ClientError> {
    let files: Vec<String> = posts.iter().flat_map(Post::files).cloned().collect();
    let desk = Desk {
        own: core.own,
        now: core.clock.now(),
        local: core.clock.local_now(),
        is_time_known: core.clock.is_known(),
    };
    let written = core.db.write(move |writer| {
        let written = posts.into_iter().map(|post| desk.write_down(writer, post));
        written.collect::<Result<Vec<Posted>, StorageError>>()
    });
    let written = match written.await {
        Ok(written) => written,
        Err(error) => {
            staging::discard(core, files).await?;
            return Err(error.into());
        }
    };
    step!("forward.sent");
    let mut forwarded = Forwarded::default();
    for posted in written {
        tell(core, posted.to, posted.keys, !files.is_empty());
        match posted.refused {
            None => forwarded.sent += 1,
            Some(error) => forwarded.refused.push(Refused {
                to: posted.to,
                sent: posted.sent,
                error,
            }),
        }
    }
    if !files.is_empty() {
        // Those that go are chosen no more.
        staging::discard(core, files).await?;
    }
    Ok(forwarded)
}

/// What every message needs to be written down.
struct Desk {
    own: AccountId,
    now: Timestamp,
    /// What this machine's clock says.
    local: Timestamp,
    is_time_known: bool,
}

impl Desk {
    fn write_down(&self, writer: &mut Writer<'_>, post: Post) -> Result<Posted, StorageError> {
        let mut posted = Posted {
            to: post.to,
            keys: Vec::new(),
            sent: 0,
            refused: None,
        };
        let mut has_refused = false;
        for letters in post.said {
            let mut has_sent = false;
            for letter in &letters {
                match self.write(writer, post.to, letter)?.keys() {
                    Ok(keys) => {
                        posted.keys.extend(keys);
                        has_sent = true;
                    }
                    Err(ClientError::NotAccepted) => {}
                    Err(error) => {
                        posted.refused = Some(error);
                        return Ok(posted);
                    }
                }
            }
            posted.sent += u32::from(has_sent);
            has_refused |= !has_sent;
        }
        let is_in_vain = has_refused && posted.sent == 0;
        let in_vain = is_in_vain.then_some(ClientError::NotAccepted);
        posted.refused = post.stopped.or(in_vain);
        Ok(posted)
    }

    fn write(
        &self,
        writer: &mut Writer<'_>,
        to: ConversationId,
        letter: &Letter,
    ) -> Result<Written, StorageError> {
        let plan = |files: Vec<String>| Plan {
            own: self.own,
            to,
            body: letter.text.clone(),
            token: letter.token.clone(),
            quote: None,
            quoted: None,
            files,
            preview: None,
            keeps_typed: true,
            now: self.now,
            local: self.local,
            is_time_known: self.is_time_known,
        };
        let written = plan(letter.files.clone()).write_down(writer)?;
        match written {
            Written::ToStranger if !letter.text.is_empty() => plan(Vec::new()).write_down(writer),
            written => Ok(written),
        }
    }
}
