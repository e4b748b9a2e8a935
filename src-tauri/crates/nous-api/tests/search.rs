//! Messages are found by their words.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{BOB, alice, write};
use nous_api::ids::{ConversationId, Cursor};
use nous_api::requests::{SearchHas, SearchRequest};
use nous_api::rows::SearchPage;
use nous_api::{App, ErrorCode, messages, search};

fn asked(text: &str) -> SearchRequest {
    SearchRequest {
        text: text.into(),
        conversation: None,
        author: None,
        after: None,
        before: None,
        has: Vec::new(),
        cursor: None,
        limit: 50,
    }
}

async fn found(app: &App, request: SearchRequest) -> SearchPage {
    search::search_messages(app, request).await.unwrap()
}

#[tokio::test]
async fn a_message_is_found_by_the_beginnings_of_its_words_until_it_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    write(&app, "somewhere else", "t0").await;
    let id = write(&app, "🍅 À demain, au marché", "t1").await;
    let page = found(&app, asked("MARCHE dem")).await;
    assert_eq!(page.rows.len(), 1);
    let row = &page.rows[0];
    assert_eq!(
        (&row.message.id, row.snippet.as_str()),
        (&id, "🍅 À demain, au marché")
    );
    let hits: Vec<(u32, u32)> = row.hits.iter().map(|hit| (hit.start, hit.length)).collect();
    assert_eq!(hits, [(5, 3), (16, 6)], "in units of UTF-16");
    assert_eq!((page.next, page.total, page.is_complete), (None, None, true));
    messages::delete_messages(&app, vec![id]).await.unwrap();
    assert!(found(&app, asked("marche")).await.rows.is_empty());
}

#[tokio::test]
async fn a_search_is_narrowed_counted_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    for n in 0..5 {
        write(&app, &format!("again {n}"), &format!("t{n}")).await;
    }
    write(&app, "again https://example.org", "link").await;
    let here = || SearchRequest {
        conversation: Some(ConversationId(BOB.into())),
        limit: 4,
        ..asked("again")
    };
    let first = found(&app, here()).await;
    assert_eq!((first.rows.len(), first.total), (4, Some(6)));
    let rest = found(
        &app,
        SearchRequest {
            cursor: first.next.clone(),
            ..here()
        },
    )
    .await;
    assert_eq!((rest.rows.len(), rest.next), (2, None::<Cursor>));
    assert!(
        first
            .rows
            .iter()
            .all(|row| rest.rows.iter().all(|other| other.message.id != row.message.id))
    );
    let links = SearchRequest {
        has: vec![SearchHas::Link],
        ..asked("")
    };
    assert_eq!(found(&app, links).await.rows.len(), 1);
    let theirs = SearchRequest {
        author: Some(BOB.into()),
        ..asked("again")
    };
    assert!(found(&app, theirs).await.rows.is_empty());
}

#[tokio::test]
async fn a_search_for_nothing_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    for text in ["", "a", "!?", "\"* OR"] {
        let answer = search::search_messages(&app, asked(text)).await;
        let wanted = if text.contains("OR") {
            None
        } else {
            Some(ErrorCode::NothingToSearch)
        };
        assert_eq!(answer.err().map(|error| error.code), wanted, "{text}");
    }
    let nowhere = SearchRequest {
        conversation: Some(ConversationId("05".repeat(33))),
        ..asked("word")
    };
    let answer = search::search_messages(&app, nowhere).await;
    assert_eq!(answer.unwrap_err().code, ErrorCode::ConversationNotFound);
}
