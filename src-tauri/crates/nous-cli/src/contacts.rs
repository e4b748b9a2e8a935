//! `contacts`, `contact set`.

use nous_api::ids::ConversationId;
use nous_api::requests::{ContactList, ListContactsRequest, SetNicknameRequest};
use nous_api::rows::ContactRow;
use nous_api::{App, attachments, contacts, conversations};
use serde_json::{Value, json};

use crate::arguments::{ContactCommand, Switch};
use crate::exit::Failure;
use crate::output::Output;
use crate::pages::{self, PAGE};
use crate::session::account_id;

/// Everybody who accepted us, was accepted, or is blocked; one line each, by name.
pub(crate) async fn list(app: &App, output: Output) -> Result<(), Failure> {
    let fetch = async |cursor| {
        let request = ListContactsRequest {
            list: ContactList::Everybody,
            cursor,
            limit: PAGE,
            filter: String::new(),
        };
        let page = contacts::list_contacts(app, request).await?;
        Ok((page.rows, page.next))
    };
    pages::each(fetch, |rows| {
        rows.iter().try_for_each(|row| Ok(output.line(&line(row))?))
    })
    .await
}

/// Changes one person, and prints how they stand then.
pub(crate) async fn change(app: &App, command: ContactCommand, output: Output) -> Result<(), Failure> {
    let ContactCommand::Set {
        id,
        nickname,
        block,
        unblock,
        pin,
        trust,
    } = command;
    let account_id = account_id(app, &id).await?;
    conversations::open_conversation(app, account_id.clone()).await?;
    let conversation = ConversationId(account_id);
    if let Some(nickname) = nickname {
        let request = SetNicknameRequest {
            conversation: conversation.clone(),
            nickname,
        };
        contacts::set_nickname(app, request).await?;
    }
    if block || unblock {
        contacts::set_blocked(app, conversation.clone(), block).await?;
    }
    if let Some(priority) = pin {
        contacts::set_priority(app, conversation.clone(), priority).await?;
    }
    let details = contacts::get_contact(app, conversation.clone()).await?;
    let mut line = line(&details.contact);
    if let Some(trust) = trust {
        let is_trusted = trust == Switch::On;
        attachments::trust_downloads(app, conversation, is_trusted).await?;
        if let Some(fields) = line.as_object_mut() {
            fields.insert("isTrusted".to_owned(), json!(is_trusted));
        }
    }
    Ok(output.line(&line)?)
}

fn line(row: &ContactRow) -> Value {
    json!({
        "accountId": row.account_id, "name": row.name, "nickname": row.nickname,
        "isApproved": row.is_approved, "didApproveMe": row.did_approve_me,
        "isBlocked": row.is_blocked, "priority": row.priority,
    })
}
