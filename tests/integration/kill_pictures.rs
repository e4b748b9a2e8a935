//! The process is killed at every named step of a picture, ours or somebody's, and started again.

use std::collections::BTreeSet;

use nous_api::account;
use nous_api::rows::PictureUpload;

use crate::child::{Child, End};
use crate::person::Person;
use crate::pictures::{own_shade, until_seen};
use crate::scene::Scene;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Small and large as they are shown, and what is uploaded.
const OWN_FILES: usize = 3;
/// Small and large.
const FILES: usize = 2;

/// What is left on the disk after one more round of a program: each begins with a sweep.
async fn files(scene: &Scene, name: &str) -> usize {
    Child::of(scene, name).finish("picture.", &["round"]).await;
    let folder = scene.profile(name).join("attachments");
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

fn names(steps: BTreeSet<String>) -> Vec<String> {
    steps.into_iter().collect()
}

async fn until_own(device: &Person, what: &str, shade: Option<u8>) {
    device
        .until(what, async |device| {
            let is = match (own_shade(device).await, shade) {
                (Some(seen), Some(wanted)) => seen.abs_diff(wanted) < 8,
                (seen, wanted) => seen == wanted,
            };
            is.then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_setting_a_picture_the_old_or_the_new_one_is_everywhere() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let alice_id = alice.id.clone();
    alice.send(&bob.id, "may I").await;
    bob.until_text(&alice_id, "may I").await;
    bob.send(&alice_id, "yes").await;
    alice.until_text(&bob.id, "yes").await;
    let second = alice.second_device(&scene, "Alice's second").await;
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let mut shade = 20_u8;
    let steps = child.finish("picture.", &["portray", "20"]).await;
    assert_eq!(names(steps), SET_STEPS);
    assert_eq!(files(&scene, "Alice").await, OWN_FILES);
    for step in SET_STEPS {
        let next = shade + 30;
        let end = child.run(step, 1, &["portray", &next.to_string()]).await;
        assert_eq!(end, End::Killed(step.to_owned()));
        child.finish("picture.", &["settle"]).await;
        // Before it is written down, nothing was promised.
        if !["picture.choosing", "picture.sealed"].contains(&step) {
            shade = next;
        }
        assert_eq!(files(&scene, "Alice").await, OWN_FILES, "{step}");
        until_own(&second, step, Some(shade)).await;
        let text = format!("killed at {step}");
        child.finish("send.", &["send", &bob.id, &text]).await;
        bob.until_text(&alice_id, &text).await;
        until_seen(&bob, &alice_id, shade).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_removing_a_picture_it_is_here_or_gone_everywhere() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    let second = alice.second_device(&scene, "Alice's second").await;
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    child.finish("picture.", &["portray", "20"]).await;
    let steps = child.finish("picture.remov", &["unportray"]).await;
    assert_eq!(names(steps), REMOVE_STEPS);
    for (step, is_gone) in REMOVE_STEPS.into_iter().zip([true, false]) {
        child.finish("picture.", &["portray", "90"]).await;
        until_own(&second, "the picture", Some(90)).await;
        let end = child.run(step, 1, &["unportray"]).await;
        assert_eq!(end, End::Killed(step.to_owned()));
        child.finish("picture.", &["settle"]).await;
        let (shade, count) = if is_gone { (None, 0) } else { (Some(90), OWN_FILES) };
        assert_eq!(files(&scene, "Alice").await, count, "{step}");
        until_own(&second, step, shade).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_renewing_a_picture_it_is_renewed_at_the_next_start() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    alice.app.shutdown().await;
    let control = scene.control();
    let child = Child::of(&scene, "Alice");
    child.finish("picture.", &["portray", "20"]).await;
    control.advance_ms(3 * HOUR_MS);
    let steps = child.finish("picture.renew", &["round"]).await;
    assert_eq!(names(steps), RENEW_STEPS);
    for step in RENEW_STEPS {
        control.advance_ms(10 * DAY_MS);
        let end = child.run(step, 1, &["round"]).await;
        assert_eq!(end, End::Killed(step.to_owned()));
        // Longer than an attempt is waited for of which nothing was heard.
        control.advance_ms(HOUR_MS);
        child.finish("picture.", &["round"]).await;
        // Without any renewal it would have ended after 14 days.
        control.advance_ms(7 * DAY_MS);
        assert_eq!(control.files().len(), 1, "{step}");
        child.finish("picture.", &["round"]).await;
    }
    let alice = alice.restart().await;
    let row = account::get_account(&alice.app).await.expect("an account");
    assert_eq!(row.picture_upload, PictureUpload::Done);
    until_own(&alice, "the same picture", Some(20)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_fetching_a_picture_it_is_there_at_the_next_start() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let (alice_id, bob_id) = (alice.id.clone(), bob.id.clone());
    alice.send(&bob_id, "may I").await;
    bob.until_text(&alice_id, "may I").await;
    bob.send(&alice_id, "yes").await;
    alice.until_text(&bob_id, "yes").await;
    let second = alice.second_device(&scene, "Alice's second").await;
    for person in [&alice, &bob, &second] {
        person.app.shutdown().await;
    }
    let of_alice = Child::of(&scene, "Alice");
    let others = [("Bob", FILES), ("Alice's second", OWN_FILES)].map(|(name, count)| {
        let child = Child::of(&scene, name);
        (name, child, count)
    });
    for (turn, step) in FETCH_STEPS.into_iter().enumerate() {
        let shade = (20 + 40 * u8::try_from(turn).expect("few")).to_string();
        of_alice.finish("picture.", &["portray", &shade]).await;
        let text = format!("before {step}");
        of_alice.finish("send.", &["send", &bob_id, &text]).await;
        for (name, child, count) in &others {
            let see = ["see", &alice_id, &shade];
            let end = child.run(step, 1, &see).await;
            assert_eq!(end, End::Killed(step.to_owned()), "{name}");
            let steps = child.finish("fetch.", &see).await;
            if step == "fetch.begun" {
                assert_eq!(names(steps), FETCH_STEPS, "{name}");
            }
            assert_eq!(files(&scene, name).await, *count, "{name}, {step}");
        }
    }
}

/// Every step of a picture on its way to the server.
const SET_STEPS: [&str; 7] = [
    "picture.choosing",
    "picture.chosen",
    "picture.committed",
    "picture.committing",
    "picture.sealed",
    "picture.uploaded",
    "picture.uploading",
];
const REMOVE_STEPS: [&str; 2] = ["picture.removed", "picture.removing"];
const RENEW_STEPS: [&str; 2] = ["picture.renewed", "picture.renewing"];
/// Every step of somebody's picture, or of ours on another device.
const FETCH_STEPS: [&str; 5] = [
    "fetch.begun",
    "fetch.committed",
    "fetch.committing",
    "fetch.downloaded",
    "fetch.sealed",
];
