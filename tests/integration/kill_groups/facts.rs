//! What a group says of itself: name, description and timer; its picture.

use nous_api::rows::GroupEvent;

use super::{Cast, Killed, OF_EVERY_PUSH, told, until_group, until_joined};
use crate::person::Person;
use crate::pictures::until_seen;

/// A timer that nothing of the test outlives.
const TIMER_S: u32 = 86_400;

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_renaming_describing_and_setting_the_timer_all_of_it_is_done_once() {
    let cast = Cast::meet().await;
    let bob = &cast.bob;
    let alice = Killed::instead_of(&cast.scene, &cast.alice, "Alice").await;
    alice.finish(&["group-create", "first", &bob.id]).await;
    let id = until_joined(bob, "first").await;
    bob.send(&id.0, "before the first").await;
    let timer = TIMER_S.to_string();
    let in_peace = ["group-change", "first", "in peace", "On Sundays", &timer];
    let steps = alice.steps(&in_peace, &OF_EVERY_PUSH).await;
    let mut names = vec!["in peace".to_owned()];
    for (turn, step) in (1_u32..).zip(&steps) {
        bob.send(&id.0, &format!("before {step}")).await;
        let name = format!("killed at {step}");
        let description = format!("It was {step}");
        let timer = (TIMER_S + turn).to_string();
        let before = names.last().expect("a name");
        let change = ["group-change", before, &name, &description, &timer];
        alice.kill(step, &change).await;
        until_group(bob, &id, &name, |group| {
            let is_described = group.name.as_ref() == Some(&name) && group.description == description;
            is_described && group.timer_seconds == TIMER_S + turn
        })
        .await;
        names.push(name);
    }
    let last = names.last().expect("a name");
    alice.finish(&["group-say", last, "the end"]).await;
    bob.until_text(&id.0, "the end").await;
    for (turn, name) in (0_u32..).zip(&names) {
        let is_named = |event: &GroupEvent| matches!(event, GroupEvent::Named { name: told } if told == name);
        assert_eq!(told(bob, &id, is_named).await, 1, "{name}");
        let timed = GroupEvent::TimerChanged {
            seconds: TIMER_S + turn,
        };
        assert_eq!(
            told(bob, &id, |event| *event == timed).await,
            1,
            "the timer, {name}"
        );
    }
}

async fn until_bare(person: &Person, of: &str, what: &str) {
    person
        .until(what, async |person| {
            let rows = person.list().await;
            let group = rows.into_iter().find(|row| row.account_id == of)?;
            group.picture.is_none().then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_a_groups_picture_it_is_set_once_and_taken_away_once() {
    let cast = Cast::meet().await;
    let bob = &cast.bob;
    let alice = Killed::instead_of(&cast.scene, &cast.alice, "Alice").await;
    alice.finish(&["group-create", "Rowers", &bob.id]).await;
    let id = until_joined(bob, "Rowers").await;
    let portray = |shade: &'static str| ["group-portray", "Rowers", shade];
    let unportray = ["group-unportray", "Rowers"];
    bob.send(&id.0, "before the first").await;
    let of_pictures = ["group.pictureChosen", "group.pictureUploaded"];
    let expected = [&OF_EVERY_PUSH[..], &of_pictures].concat();
    let setting = alice.steps(&portray("200"), &expected).await;
    until_seen(bob, &id.0, 200).await;
    bob.send(&id.0, "before the second").await;
    let removing = alice.steps(&unportray, &OF_EVERY_PUSH).await;
    until_bare(bob, &id.0, "without a picture").await;
    // It is written down when it was chosen, and again when it is at the server.
    let mut setting: Vec<(&str, u64)> = setting.iter().map(|step| (step.as_str(), 1)).collect();
    setting.push(("group.edited", 2));
    let rounds = setting.len().max(removing.len());
    for turn in 0..rounds {
        let at = setting.get(turn).or(setting.first()).expect("a step");
        // Not the same twice in a row.
        let (shade, seen) = if turn % 2 == 0 { ("90", 90) } else { ("150", 150) };
        bob.send(&id.0, &format!("before setting, {turn}")).await;
        alice.kill_at(*at, &portray(shade)).await;
        until_seen(bob, &id.0, seen).await;
        let step = removing.get(turn).or(removing.first()).expect("a step");
        bob.send(&id.0, &format!("before removing, {turn}")).await;
        alice.kill(step, &unportray).await;
        until_bare(bob, &id.0, &format!("none, killed at {step}")).await;
    }
    alice.finish(&["group-say", "Rowers", "the end"]).await;
    bob.until_text(&id.0, "the end").await;
    let is_it = |event: &GroupEvent| *event == GroupEvent::PictureChanged;
    assert_eq!(told(bob, &id, is_it).await, 2 * (rounds + 1), "each once");
}
