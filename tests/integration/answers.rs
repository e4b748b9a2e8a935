//! Everything that the contract answers about people, as JSON: wherever a name or a picture
//! of somebody may stand.

use nous_api::ids::{ConversationId, Cursor};
use nous_api::requests::{
    Anchor, ContactList, GalleryKind, GalleryRequest, ListContactsRequest, ListConversationsRequest,
    ListDirectoryRequest, ListMessagesRequest, ListRequestsRequest, SearchRequest,
};
use nous_api::{
    ApiError, account, addresses, attachments, boot, contacts, conversations, directory, groups, leaving,
    message_requests, messages, network, reading, search, settings, sync,
};
use serde::Serialize;
use serde_json::Value;

use crate::person::Person;

/// An answer, by the function that gave it.
pub(crate) struct Answer {
    pub(crate) of: &'static str,
    pub(crate) value: Value,
}

/// What asking gave so far.
#[derive(Default)]
struct Asked(Vec<Answer>);

impl Asked {
    fn keep<T: Serialize>(&mut self, of: &'static str, answer: Result<T, ApiError>) -> Option<T> {
        let kept = match &answer {
            Ok(row) => serde_json::to_value(row),
            Err(error) => serde_json::to_value(error),
        };
        let value = kept.expect("JSON");
        self.0.push(Answer { of, value });
        answer.ok()
    }
}

/// Whatever somebody is shown, who knows of these accounts; but for the inside of requests.
pub(crate) async fn all(person: &Person, about: &[String]) -> Vec<Answer> {
    let mut asked = Asked::default();
    of_the_app(&mut asked, person).await;
    lists(&mut asked, person).await;
    for account in about {
        of_somebody(&mut asked, person, account).await;
    }
    asked.0
}

/// The same as one text.
pub(crate) async fn text(person: &Person, about: &[String]) -> String {
    let answers = all(person, about).await;
    answers
        .iter()
        .map(|answer| format!("{}: {}\n", answer.of, answer.value))
        .collect()
}

async fn of_the_app(asked: &mut Asked, person: &Person) {
    let app = &person.app;
    asked.keep("get_boot_state", boot::get_boot_state(app).await);
    asked.keep("get_account", account::get_account(app).await);
    asked.keep("get_settings", settings::get_settings(app).await);
    asked.keep("get_connectivity", network::get_connectivity(app).await);
    asked.keep("get_sync_status", sync::get_sync_status(app).await);
    asked.keep("get_deletion", leaving::get_deletion(app).await);
    asked.keep("list_kept_groups", groups::list_kept_groups(app).await);
    asked.keep("list_group_sync", groups::list_group_sync(app).await);
    asked.keep("list_typing", reading::list_typing(app).await);
    asked.keep("list_outbox", network::list_outbox(app).await);
    asked.keep("list_failed_messages", messages::list_failed_messages(app).await);
}

/// Rows of a page: every row stands in a cursor too.
const ONE: u32 = 1;

impl Asked {
    /// Asks for every page of a list; `next`: where a page goes on.
    async fn keep_pages<T: Serialize>(
        &mut self,
        of: &'static str,
        fetch: impl AsyncFn(Option<Cursor>) -> Result<T, ApiError>,
        next: impl Fn(T) -> Option<Cursor>,
    ) {
        let mut cursor = None;
        loop {
            cursor = self.keep(of, fetch(cursor).await).and_then(&next);
            if cursor.is_none() {
                return;
            }
        }
    }
}

async fn lists(asked: &mut Asked, person: &Person) {
    let app = &person.app;
    let fetch = async |cursor| {
        let request = ListConversationsRequest {
            cursor,
            limit: ONE,
            filter: String::new(),
        };
        conversations::list_conversations(app, request).await
    };
    asked
        .keep_pages("list_conversations", fetch, |page| page.next)
        .await;
    let fetch = async |cursor| {
        let request = ListRequestsRequest { cursor, limit: ONE };
        message_requests::list_requests(app, request).await
    };
    asked.keep_pages("list_requests", fetch, |page| page.next).await;
    for list in [
        ContactList::Contacts,
        ContactList::Blocked,
        ContactList::Everybody,
    ] {
        let fetch = async |cursor| {
            let request = ListContactsRequest {
                list,
                cursor,
                limit: ONE,
                filter: String::new(),
            };
            contacts::list_contacts(app, request).await
        };
        asked.keep_pages("list_contacts", fetch, |page| page.next).await;
    }
    let fetch = async |cursor| {
        let request = ListDirectoryRequest {
            cursor,
            limit: ONE,
            search: String::new(),
        };
        directory::list_directory(app, request).await
    };
    asked.keep_pages("list_directory", fetch, |page| page.next).await;
    received(asked, person).await;
}

/// What a watching program is told of what arrived.
async fn received(asked: &mut Asked, person: &Person) {
    let mut after: Option<Cursor> = None;
    loop {
        let page = messages::received_since(&person.app, after.clone(), 100).await;
        match asked.keep("received_since", page) {
            Some(page) if !page.rows.is_empty() => after = Some(page.cursor),
            _ => return,
        }
    }
}

async fn of_somebody(asked: &mut Asked, person: &Person, account: &str) {
    let app = &person.app;
    let id = ConversationId(account.to_owned());
    let row = conversations::get_conversations(app, vec![id.clone()]).await;
    if asked
        .keep("get_conversations", row)
        .is_some_and(|row| row.is_empty())
    {
        return;
    }
    let row = conversations::open_conversation(app, account.to_owned()).await;
    asked.keep("open_conversation", row);
    asked.keep("get_contact", contacts::get_contact(app, id.clone()).await);
    let entry = directory::get_directory_entry(app, account.to_owned()).await;
    asked.keep("get_directory_entry", entry);
    let recognised = addresses::recognise_address(app, account.to_owned()).await;
    asked.keep("recognise_address", recognised);
    let request = SearchRequest {
        text: String::new(),
        conversation: Some(id.clone()),
        author: Some(account.to_owned()),
        after: None,
        before: None,
        has: Vec::new(),
        cursor: None,
        limit: 100,
    };
    asked.keep("search_messages", search::search_messages(app, request).await);
    let staged = attachments::list_staged_files(app, id.clone()).await;
    asked.keep("list_staged_files", staged);
    for kind in [GalleryKind::Media, GalleryKind::Files, GalleryKind::Links] {
        let request = GalleryRequest {
            conversation: id.clone(),
            kind,
            cursor: None,
            limit: 100,
        };
        asked.keep("gallery", attachments::gallery(app, request).await);
    }
    let request = ListMessagesRequest {
        conversation: id,
        anchor: Anchor::Latest,
        limit: 100,
    };
    let page = messages::list_messages(app, request).await;
    let page = asked.keep("list_messages", page);
    let rows = page.map(|page| page.rows).unwrap_or_default();
    let ids: Vec<_> = rows.into_iter().map(|row| row.id).collect();
    for id in &ids {
        let info = messages::get_message_info(app, id.clone()).await;
        asked.keep("get_message_info", info);
    }
    asked.keep("get_messages", messages::get_messages(app, ids).await);
}
