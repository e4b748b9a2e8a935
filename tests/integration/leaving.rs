//! Restoring an account with everything in it, and leaving it.

use nous_api::rows::GroupKind;
use nous_api::{account, conversations, groups};
use nous_tests::phone;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_third_device_has_all_that_the_first_and_a_phone_know() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "hello").await;
    bob.send(&alice.id, "read").await;
    alice.until_text(&bob.id, "read").await;
    let with_bob = alice.conversation(&bob.id).await;
    conversations::mark_read(&alice.app, with_bob.clone())
        .await
        .expect("read");
    conversations::set_pinned(&alice.app, with_bob, true)
        .await
        .expect("a pin");
    alice.send(&alice.id, "a note").await;
    bob.send(&alice.id, "not read yet").await;
    alice.until_text(&bob.id, "not read yet").await;
    let words = account::get_recovery_phrase(&alice.app, None)
        .await
        .expect("a phrase")
        .words;
    phone::join_groups(scene.network(), &words).await.expect("groups");

    let third = alice.second_device(&scene, "Alice's third").await;
    third.until_text(&bob.id, "not read yet").await;
    third.until_text(&alice.id, "a note").await;
    let shown = third
        .until("groups are shown", async |third| {
            let shown = groups::list_kept_groups(&third.app).await.expect("groups");
            (!shown.is_empty()).then_some(shown)
        })
        .await;
    let shown: Vec<_> = shown
        .iter()
        .map(|row| (row.kind, row.name.as_deref(), row.is_pinned))
        .collect();
    assert_eq!(
        shown,
        [
            (GroupKind::Group, Some("Jardin partagé"), true),
            (GroupKind::Community, Some("Seeds"), false),
        ]
    );
    third
        .until("what the first knows is there", async |third| {
            let own = account::get_account(&third.app).await.expect("an account");
            let rows = third.list().await;
            let bob_row = rows.iter().find(|row| row.account_id == bob.id)?;
            let is_there = own.display_name == "Alice"
                && !own.is_restoring
                && bob_row.is_pinned
                && bob_row.unread_count == 1
                && bob_row.name.as_deref() == Some("Bob")
                && rows.iter().any(|row| row.account_id == alice.id);
            is_there.then_some(())
        })
        .await;
    assert_eq!(third.texts(&bob.id).await, ["hello", "read", "not read yet"]);
}
