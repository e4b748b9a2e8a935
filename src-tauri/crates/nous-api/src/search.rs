//! Searching messages.

use std::collections::{BTreeMap, BTreeSet};

use nous_client::client::MessageSearch;
use nous_client::protocol::account::{AccountId, ConversationId as With};
use nous_client::protocol::time::Timestamp;
use nous_client::storage::search::{Has, Hit, Snippet};

use crate::app::App;
use crate::convert::{arrival_cursor, arrival_key, conversation_of, message_rows};
use crate::errors::{ApiError, ErrorCode};
use crate::ids::TimestampMs;
use crate::requests::{SearchHas, SearchRequest};
use crate::rows::{SearchHit, SearchPage, SearchRow};

/// The most rows of a page.
const MOST_ROWS: u32 = 100;
/// So many letters of what was typed count.
const MOST_TYPED: usize = 500;

/// A page of the messages that a search finds, newest first: by the beginnings of words, whatever
/// their case and accents. Without words by their author or by what they have.
///
/// # Errors
/// `NothingToSearch`, `ConversationNotFound`, `NotAnAccountId`, or what the database said.
pub async fn search_messages(app: &App, request: SearchRequest) -> Result<SearchPage, ApiError> {
    app.client.own_id()?;
    let before = request.cursor.as_ref().map(arrival_key).transpose()?;
    let limit = request.limit.clamp(1, MOST_ROWS);
    let page = app.client.search(asked(&request)?, before, limit).await?;
    let (messages, snippets): (Vec<_>, Vec<Snippet>) = page.rows.into_iter().unzip();
    let peers: BTreeSet<With> = messages.iter().map(|message| message.peer).collect();
    let known = app.client.conversations_with(peers.into_iter().collect()).await?;
    let names: BTreeMap<With, String> = known.into_iter().map(|row| (row.id, row.name)).collect();
    let called: Vec<Option<String>> = messages
        .iter()
        .map(|message| names.get(&message.peer).filter(|name| !name.is_empty()).cloned())
        .collect();
    let rows = message_rows(app, messages).await?.into_iter();
    Ok(SearchPage {
        rows: rows
            .zip(called)
            .zip(snippets)
            .map(|((message, conversation_name), snippet)| SearchRow {
                message,
                conversation_name,
                hits: hits(&snippet),
                snippet: snippet.text,
            })
            .collect(),
        next: page.next.map(arrival_cursor),
        total: page.total,
        is_complete: page.is_complete,
    })
}

fn hits(snippet: &Snippet) -> Vec<SearchHit> {
    let row = |hit: &Hit| SearchHit {
        start: hit.start,
        length: hit.length,
    };
    snippet.hits.iter().map(row).collect()
}

fn asked(request: &SearchRequest) -> Result<MessageSearch, ApiError> {
    let moment = |at: TimestampMs| Timestamp::from_ms(at.0);
    let author = request.author.as_deref().map(AccountId::from_hex).transpose();
    Ok(MessageSearch {
        text: request.text.chars().take(MOST_TYPED).collect(),
        conversation: request.conversation.as_ref().map(conversation_of).transpose()?,
        author: author.map_err(|_| ApiError::new(ErrorCode::NotAnAccountId))?,
        after: request.after.map(moment),
        before: request.before.map(moment),
        has: Has {
            file: request.has.contains(&SearchHas::File),
            link: request.has.contains(&SearchHas::Link),
            picture: request.has.contains(&SearchHas::Picture),
        },
    })
}
