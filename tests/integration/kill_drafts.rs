//! The process is killed while a message is taken back, and started again: what it says is a message
//! still, or stands in the draft.

use crate::child::{Child, End};
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_message_is_taken_back_its_text_goes_out_or_stands_in_the_draft() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let alice_id = alice.id.clone();
    alice.send(&bob.id, "hello").await;
    bob.until_text(&alice_id, "hello").await;
    alice.app.shutdown().await;
    // Nothing leaves meanwhile.
    scene.control().stop_all().await.unwrap();
    let child = Child::of(&scene, "Alice");
    for (step, text) in [("send.takingBack", "meant"), ("send.takenBack", "regretted")] {
        let regret = ["regret", &bob.id, text, "and then"];
        assert_eq!(child.run(step, 1, &regret).await, End::Killed(step.to_owned()));
    }
    scene.control().start_all().await.unwrap();
    let alice = alice.restart().await;
    bob.until_text(&alice_id, "meant").await;
    assert_eq!(alice.texts(&bob.id).await, ["hello", "meant"]);
    assert_eq!(bob.texts(&alice_id).await, ["hello", "meant"]);
    let rows = alice.list().await;
    let with_bob = rows.iter().find(|row| row.id.0 == bob.id);
    let draft = with_bob.map(|row| row.draft.as_str());
    assert_eq!(draft, Some("regretted\nand then"));
}
