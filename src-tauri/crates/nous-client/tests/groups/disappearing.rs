//! Messages of groups that disappear.

use nous_client::disappearing::setting;
use nous_client::groups::error::GroupError;
use nous_protocol::config::fields::{Timer, TimerStart};
use nous_storage::messages::GroupEvent;

use crate::device::World;
use crate::life::of_two;

const HALF_A_DAY: i64 = 43_200;

#[tokio::test(flavor = "multi_thread")]
async fn admins_set_how_long_messages_live_and_they_are_gone_in_time_for_all() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let timer = Some(Timer {
        start: TimerStart::Read,
        seconds: HALF_A_DAY,
    });
    let refused = setting::set(&bob.core, id.into(), timer).await;
    assert!(matches!(refused, Err(GroupError::NotAdmin)));
    alice.write(id, "stays").await;
    bob.until_texts(id, &["stays"]).await;
    setting::set(&alice.core, id.into(), timer).await.unwrap();
    let told = GroupEvent::TimerChanged { seconds: 43_200 };
    bob.until("told", || async {
        let details = bob.details(id).await;
        let is_shown = details.is_some_and(|details| details.timer_s == HALF_A_DAY);
        is_shown && bob.events(id).await.contains(&told)
    })
    .await;
    bob.write(id, "goes").await;
    for device in [&alice, &bob] {
        device.until_texts(id, &["stays", "goes"]).await;
        device
            .until("an end", || async {
                let row = device.timeline(id).await.pop();
                row.is_some_and(|row| row.ends.is_some())
            })
            .await;
        let row = device.timeline(id).await.pop();
        let start = row.and_then(|row| row.timer).map(|timer| timer.start);
        assert_eq!(
            start,
            Some(TimerStart::Sent),
            "in a group it begins when it is sent"
        );
    }
    world.control().advance_ms(HALF_A_DAY * 1_000 + 60_000);
    for device in [&alice, &bob] {
        device.until_texts(id, &["stays"]).await;
        device
            .until("no line", || async { !device.events(id).await.contains(&told) })
            .await;
    }
}
