use nous_storage::ids::MessageKey;
use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_800_000_000_000;
const HOUR: i64 = 3_600;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(NOW + ms)
}

const fn timer(start: TimerStart, seconds: i64) -> Timer {
    Timer { start, seconds }
}

/// A message of somebody else, unread, that was stored a minute ago.
fn arrival(timer: Timer, expires_in_ms: i64) -> Arrival {
    Arrival {
        timer,
        is_own: false,
        is_read: false,
        stored: at(-60_000),
        expires: at(expires_in_ms),
        now: at(0),
    }
}

fn open(ends_ms: i64) -> OpenLife {
    OpenLife {
        message: MessageKey(1),
        hash: "h".into(),
        seconds: HOUR,
        ends: at(ends_ms),
        order: at(-600_000),
        task: LifeTask::Ask,
    }
}

#[test]
fn what_begins_when_it_is_sent_ends_when_the_swarm_forgets_it() {
    let life = arrival(timer(TimerStart::Sent, HOUR), HOUR * 1_000 - 60_000).life();
    assert_eq!(life.ends, Some(at(HOUR * 1_000 - 60_000)));
    assert_eq!(life.task, LifeTask::None);
}

#[test]
fn a_swarm_that_keeps_it_for_longer_or_shorter_changes_no_life() {
    let day = 86_400_000;
    let longer = arrival(timer(TimerStart::Sent, HOUR), 14 * day).life();
    assert_eq!(longer.ends, Some(at(HOUR * 1_000)), "it began at the latest now");
    let month = arrival(timer(TimerStart::Sent, 30 * 86_400), 14 * day - 60_000).life();
    assert_eq!(
        month.ends,
        Some(at(30 * day - 60_000)),
        "it began when it was stored"
    );
}

#[test]
fn what_begins_when_it_is_read_waits_for_that() {
    let unread = arrival(timer(TimerStart::Read, HOUR), 14 * 86_400_000);
    assert_eq!(unread.life().ends, None);
    let here = Arrival {
        is_read: true,
        ..unread
    };
    assert_eq!(
        (here.life().ends, here.life().task),
        (Some(at(HOUR * 1_000)), LifeTask::Shorten)
    );
    let elsewhere = Arrival {
        expires: at(600_000),
        ..here
    };
    assert_eq!(
        (elsewhere.life().ends, elsewhere.life().task),
        (Some(at(HOUR * 1_000 - 60_000)), LifeTask::None),
        "another device told the swarm, but nobody reads what is not there yet"
    );
    let own = Arrival {
        is_own: true,
        expires: at(HOUR * 1_000 - 1_000),
        ..unread
    };
    assert_eq!(own.life().ends, Some(at(HOUR * 1_000 - 1_000)));
}

#[test]
fn contents_say_what_they_live_and_unknown_kinds_stay() {
    let said = |kind, seconds| Disappearing { kind, seconds };
    let read = said(DisappearKind::AfterRead, 300);
    assert_eq!(of_content(read, true), Some(timer(TimerStart::Read, 300)));
    assert_eq!(of_content(read, false), Some(timer(TimerStart::Sent, 300)));
    assert_eq!(of_content(said(DisappearKind::Off, 300), true), None);
    assert_eq!(of_content(said(DisappearKind::AfterSend, 0), true), None);
    assert_eq!(to_content(of_content(read, true)), read);
    assert_eq!(to_content(None), Disappearing::default());
}

#[test]
fn what_must_be_seen_begins_when_it_is_read() {
    let sent = Some(timer(TimerStart::Sent, 60));
    assert_eq!(until_seen(sent), Some(timer(TimerStart::Read, 60)));
    assert_eq!(seen_by_us(until_seen(sent)), sent);
    assert_eq!(until_seen(None), None);
}

#[test]
fn swarms_keep_only_what_begins_when_it_is_read_for_as_long_as_anything() {
    let two_weeks = 14 * 86_400_000;
    let after_read = Some(timer(TimerStart::Read, HOUR));
    let after_send = Some(timer(TimerStart::Sent, HOUR));
    assert_eq!(ttl_ms(after_read, false), two_weeks);
    assert_eq!(ttl_ms(after_read, true), HOUR * 1_000, "we have read it");
    assert_eq!(ttl_ms(after_send, false), HOUR * 1_000);
    assert_eq!(ttl_ms(after_send, true), HOUR * 1_000);
    assert_eq!(ttl_ms(None, true), two_weeks);
    assert_eq!(ttl_ms(Some(timer(TimerStart::Sent, 1)), false), 10_000);
}

#[test]
fn only_times_of_the_menu_are_offered() {
    assert!(is_offered(timer(TimerStart::Read, 300)));
    assert!(!is_offered(timer(TimerStart::Sent, 300)));
    assert!(is_offered(timer(TimerStart::Sent, 1_209_600)));
    assert!(!is_offered(timer(TimerStart::Sent, 7)));
    assert!(!is_offered(timer(TimerStart::Sent, -1)));
}

#[test]
fn the_swarm_says_when_another_device_read_it() {
    let life = open(HOUR * 1_000);
    assert_eq!(
        read_elsewhere(&life, Some(at(HOUR * 1_000 - 5_000))),
        (Some(at(HOUR * 1_000 - 5_000)), LifeTask::None)
    );
    assert_eq!(
        read_elsewhere(&life, Some(at(86_400_000))),
        (None, LifeTask::Shorten),
        "that device could not tell it"
    );
    assert_eq!(
        read_elsewhere(&life, None),
        (None, LifeTask::None),
        "what is not there says nothing"
    );
}

#[test]
fn most_members_say_when_a_message_ends() {
    let life = open(HOUR * 1_000);
    let said = vec![at(HOUR * 1_000), at(HOUR * 1_000 - 1_000), at(-1)];
    assert_eq!(shortened(&life, said), Some(at(HOUR * 1_000 - 1_000)));
    assert_eq!(shortened(&life, Vec::new()), None);
}

#[test]
fn a_clock_that_is_set_or_a_machine_that_slept_is_noticed() {
    let start = nous_network::clock::monotonic();
    let minute = Duration::from_secs(60);
    let mut watch = ClockWatch::new(at(0), start);
    watch.look(at(60_000), start + minute);
    assert_eq!(watch.moved(), None);
    watch.look(at(0), start + minute);
    assert_eq!(watch.moved(), Some(start + minute), "set back");
    watch.look(at(1_000), start + minute + Duration::from_secs(1));
    assert!(
        watch
            .settles_at(start + minute + Duration::from_secs(1))
            .is_some()
    );
    assert_eq!(watch.settles_at(start + 2 * minute), None);
    watch.look(at(3_600_000), start + 2 * minute);
    assert_eq!(watch.moved(), Some(start + 2 * minute), "slept");
}

fn any_timer() -> impl Strategy<Value = Timer> {
    (any::<bool>(), -10_i64..40_000_000).prop_map(|(is_read, seconds)| Timer {
        start: if is_read {
            TimerStart::Read
        } else {
            TimerStart::Sent
        },
        seconds,
    })
}

proptest! {
    /// Whatever a swarm and a sender say, a message lives as long as it says, give or take when it was
    /// stored and when it came.
    #[test]
    fn no_life_is_longer_or_shorter_than_its_timer_allows(
        timer in any_timer().prop_filter("a timer", |timer| timer.seconds > 0),
        (is_own, is_read) in any::<(bool, bool)>(),
        stored_ms in -1_209_600_000_i64..1_000,
        expires_ms in -60_000_i64..1_209_600_000,
    ) {
        let arrival = Arrival {
            timer,
            is_own,
            is_read,
            stored: at(stored_ms),
            expires: at(expires_ms),
            now: at(0),
        };
        if let Some(ends) = arrival.life().ends {
            let length = length(timer.seconds);
            prop_assert!(ends <= at(0) + length);
            prop_assert!(ends >= at(stored_ms.min(0)) + length);
        }
    }

    /// What another device or the swarm says never makes a message live longer.
    #[test]
    fn no_word_of_the_swarm_makes_a_life_longer(
        ends_ms in -60_000_i64..1_209_600_000,
        said in prop::collection::vec(-1_209_600_000_i64..2_000_000_000, 0..8),
    ) {
        let life = open(ends_ms);
        let said: Vec<Timestamp> = said.into_iter().map(at).collect();
        let (ends, _) = read_elsewhere(&life, said.first().copied());
        prop_assert!(ends.is_none_or(|ends| ends <= life.ends));
        prop_assert!(shortened(&life, said).is_none_or(|ends| ends <= life.ends));
    }

    /// Nodes refuse lives beyond these bounds.
    #[test]
    fn every_life_in_a_swarm_is_one_that_nodes_take(timer in any_timer(), is_own in any::<bool>()) {
        let ttl = ttl_ms(Some(timer), is_own);
        prop_assert!((10_000..=1_209_600_000).contains(&ttl));
    }
}
