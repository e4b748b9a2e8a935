//! The two kinds of time: what waits are measured with, and what is written on the wire.
//!
//! Network time is the local clock corrected by what the nodes report. One value of each of
//! the last ten nodes is kept; their median counts, and those a minute off from it do not.
//!
//! Source: `network.md` §6.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nous_protocol::time::Timestamp;

use crate::node::NodeKey;

/// How many nodes' values count.
const SAMPLES: usize = 10;
/// So many that agree end a doubt.
const ENOUGH: usize = 3;
/// A value so far from the median is a broken node's.
const OUTLIER_MS: i64 = 60_000;
/// So many nodes confirm the time.
const CONFIRMING: usize = 2;
/// Times below this are no network time (end of 2020).
const EARLIEST_MS: i64 = 1_609_419_600_000;

/// Now, for waiting. Follows tokio's clock, so paused time works in tests.
#[must_use]
pub fn monotonic() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Waits until then; without an end for `None`.
pub async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// Now, as the machine's clock says.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "the clock module")]
pub fn local() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Timestamp::from_wire(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Where the local time comes from: the machine, or a test.
pub type LocalClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a node said.
#[derive(Debug, Clone, Copy)]
struct Sample {
    node: NodeKey,
    offset_ms: i64,
    /// When it said so.
    at: Instant,
    /// What this machine's clock said then.
    wall: Timestamp,
}

#[derive(Default)]
struct Learnt {
    samples: VecDeque<Sample>,
    offset_ms: Option<i64>,
    /// The offset holds until two nodes agree on another.
    is_doubted: bool,
}

impl Learnt {
    fn take(&mut self, sample: Sample) {
        let offset = sample.offset_ms;
        self.samples.retain(|other| other.node != sample.node);
        self.samples.push_back(sample);
        while self.samples.len() > SAMPLES {
            self.samples.pop_front();
        }
        if self.is_doubted {
            let agrees = |other: i64| is_near(other, offset);
            let said = self.samples.iter().filter(|other| agrees(other.offset_ms));
            if said.count() < 2 && !self.offset_ms.is_some_and(agrees) {
                return;
            }
            self.samples.retain(|other| agrees(other.offset_ms));
            // Of two the median may be the wrong one.
            self.is_doubted = self.samples.len() < ENOUGH;
        }
        self.offset_ms = agreed(self.samples.iter().map(|sample| sample.offset_ms).collect());
    }
}

/// Network time. Clones share what was learnt.
#[derive(Clone)]
pub struct NetworkClock {
    local: LocalClock,
    learnt: Arc<Mutex<Learnt>>,
}

impl fmt::Debug for NetworkClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkClock")
            .field("offset_ms", &self.lock().offset_ms)
            .finish_non_exhaustive()
    }
}

impl NetworkClock {
    /// Over the machine's clock; `hint_ms`: the offset saved by an earlier run.
    #[must_use]
    pub fn new(hint_ms: Option<i64>) -> Self {
        Self::with_source(Arc::new(local), hint_ms)
    }

    /// Over another local clock.
    #[must_use]
    pub fn with_source(local: LocalClock, hint_ms: Option<i64>) -> Self {
        let learnt = Learnt {
            offset_ms: hint_ms,
            ..Learnt::default()
        };
        Self {
            local,
            learnt: Arc::new(Mutex::new(learnt)),
        }
    }

    /// Network time now; the local time as long as nothing is known.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_ms((self.local)().as_ms().saturating_sub(self.offset_ms()))
    }

    /// The local clock's time now.
    #[must_use]
    pub fn local_now(&self) -> Timestamp {
        (self.local)()
    }

    /// Whether a node said in this run (a saved hint does not count) what counts as the time now. As long
    /// as one node alone contradicts what held before, neither is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        let learnt = self.lock();
        let agrees = |offset: i64| {
            learnt
                .samples
                .iter()
                .any(|sample| is_near(sample.offset_ms, offset))
        };
        learnt.offset_ms.is_some_and(agrees)
    }

    /// Whether two nodes said what counts as the time now: in this run, and after `since`.
    #[must_use]
    pub fn is_confirmed(&self, since: Option<Instant>) -> bool {
        let learnt = self.lock();
        let Some(offset) = learnt.offset_ms else {
            return false;
        };
        let agrees = |sample: &&Sample| {
            is_near(sample.offset_ms, offset) && since.is_none_or(|since| sample.at > since)
        };
        learnt.samples.iter().filter(agrees).count() >= CONFIRMING
    }

    /// Network time now if it is sure: two nodes told it in this run, and this machine's clock has gone on
    /// as it should since each of them did. Only by this may anything be forgotten for good.
    #[must_use]
    pub fn sure_now(&self) -> Option<Timestamp> {
        let now = self.moment();
        let learnt = self.lock();
        let offset = learnt.offset_ms?;
        let tells = |sample: &&Sample| {
            let passed = now.mono.saturating_duration_since(sample.at).as_millis();
            let passed = i64::try_from(passed).unwrap_or(i64::MAX);
            let moved = now.wall.as_ms().saturating_sub(sample.wall.as_ms());
            is_near(sample.offset_ms, offset) && moved.abs_diff(passed) <= OUTLIER_MS.unsigned_abs()
        };
        let told = learnt.samples.iter().filter(tells).count();
        (told >= CONFIRMING).then(|| Timestamp::from_ms(now.wall.as_ms().saturating_sub(offset)))
    }

    /// Local time minus network time, in milliseconds; 0 as long as nothing is known.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        self.lock().offset_ms.unwrap_or(0)
    }

    /// The offset to save for the next start; `None` if nothing is known.
    #[must_use]
    pub fn hint_ms(&self) -> Option<i64> {
        self.lock().offset_ms
    }

    /// The two clocks now: when something is asked.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment {
            wall: self.local_now(),
            mono: monotonic(),
        }
    }

    /// A node answered just now that it is `node_time`. If the machine slept meanwhile, or its clock
    /// was set, that is no measure of anything.
    pub fn heard(&self, node: NodeKey, node_time: Timestamp, asked: Moment) {
        let heard = self.moment();
        if !asked.is_jump_to(heard) && heard.wall.as_ms().saturating_sub(asked.wall.as_ms()) >= -JUMP_MS {
            let round_trip = heard.mono.saturating_duration_since(asked.mono);
            self.observe(node, node_time, round_trip);
        }
    }

    /// A node said that it is `node_time`. `round_trip`: from sending to the answer, which
    /// came just now; half of it is taken as the way back.
    pub fn observe(&self, node: NodeKey, node_time: Timestamp, round_trip: Duration) {
        if node_time.as_ms() < EARLIEST_MS {
            return;
        }
        let half = i64::try_from(round_trip.as_millis() / 2).unwrap_or(0);
        let wall = self.local_now();
        let offset_ms = wall
            .as_ms()
            .saturating_sub(half)
            .saturating_sub(node_time.as_ms());
        let at = monotonic();
        self.lock().take(Sample {
            node,
            offset_ms,
            at,
            wall,
        });
    }

    /// Forgets what nodes said, keeping the offset until the next answer: after sleep.
    pub fn forget_samples(&self) {
        let mut learnt = self.lock();
        learnt.samples.clear();
        learnt.is_doubted = false;
    }

    /// Forgets what nodes said, because one refused our time. The offset holds until a node
    /// confirms it, or two agree on another: the refusing one alone may be wrong.
    pub fn doubt(&self) {
        let mut learnt = self.lock();
        learnt.samples.clear();
        learnt.is_doubted = true;
    }

    fn lock(&self) -> MutexGuard<'_, Learnt> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment by both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    wall: Timestamp,
    mono: Instant,
}

/// The jump that means sleep, or a clock set by hand.
const JUMP_MS: i64 = 10_000;

impl Moment {
    /// Whether the machine slept, or its clock was set forward, until a later moment: the wall clock
    /// moved further than the monotonic one.
    fn is_jump_to(self, later: Self) -> bool {
        let passed = later.mono.saturating_duration_since(self.mono).as_millis();
        let passed = i64::try_from(passed).unwrap_or(i64::MAX);
        let moved = later.wall.as_ms().saturating_sub(self.wall.as_ms());
        moved.saturating_sub(passed) > JUMP_MS
    }
}

/// Whether two offsets are of one time.
const fn is_near(offset_ms: i64, other_ms: i64) -> bool {
    offset_ms.abs_diff(other_ms) <= OUTLIER_MS.unsigned_abs()
}

/// The median, then the median of those near it.
fn agreed(mut offsets: Vec<i64>) -> Option<i64> {
    let first = median(&mut offsets)?;
    offsets.retain(|offset| offset.saturating_sub(first).saturating_abs() <= OUTLIER_MS);
    median(&mut offsets)
}

fn median(offsets: &mut [i64]) -> Option<i64> {
    offsets.sort_unstable();
    offsets.get(offsets.len() / 2).copied()
}

/// Notices sleep: the wall clock moved more than 10 s further than the monotonic one.
#[derive(Debug)]
pub struct SleepWatch(Moment);

impl SleepWatch {
    /// From the two clocks now.
    #[must_use]
    pub const fn new(wall: Timestamp, mono: Instant) -> Self {
        Self(Moment { wall, mono })
    }

    /// Whether the machine slept, or its clock was set forward, since the last call.
    pub fn slept(&mut self, wall: Timestamp, mono: Instant) -> bool {
        let before = std::mem::replace(&mut self.0, Moment { wall, mono });
        before.is_jump_to(self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    const LOCAL: i64 = 1_700_000_000_000;

    fn clock() -> NetworkClock {
        NetworkClock::with_source(Arc::new(|| Timestamp::from_ms(LOCAL)), None)
    }

    fn says(clock: &NetworkClock, node: u8, ahead_ms: i64) {
        clock.observe(
            NodeKey([node; 32]),
            Timestamp::from_ms(LOCAL + ahead_ms),
            Duration::ZERO,
        );
    }

    #[test]
    fn half_the_round_trip_is_taken_off() {
        let clock = clock();
        let round_trip = Duration::from_secs(2);
        clock.observe(NodeKey([1; 32]), Timestamp::from_ms(LOCAL - 1_000), round_trip);
        assert_eq!(clock.offset_ms(), 0);
    }

    #[test]
    fn an_answer_to_what_was_asked_before_the_machine_slept_is_no_measure() {
        let wall = Arc::new(AtomicI64::new(LOCAL));
        let source = Arc::clone(&wall);
        let local = move || Timestamp::from_ms(source.load(Ordering::Relaxed));
        let clock = NetworkClock::with_source(Arc::new(local), None);
        for slept_ms in [3_600_000, -3_600_000] {
            let asked = clock.moment();
            wall.fetch_add(slept_ms, Ordering::Relaxed);
            clock.heard(NodeKey([1; 32]), Timestamp::from_ms(LOCAL), asked);
            assert!(!clock.is_known());
        }
        let asked = clock.moment();
        clock.heard(NodeKey([1; 32]), Timestamp::from_ms(LOCAL), asked);
        assert!(clock.is_known());
    }

    #[test]
    fn the_median_of_the_nodes_counts() {
        let clock = clock();
        [(1, 10_000), (2, 11_000), (3, 40_000)]
            .iter()
            .for_each(|(node, ahead)| says(&clock, *node, *ahead));
        assert_eq!(clock.now().as_ms(), LOCAL + 11_000);
    }

    #[test]
    fn a_node_an_hour_off_is_ignored() {
        let clock = clock();
        [(1, 0), (2, 100), (3, 3_600_000), (4, 200)]
            .iter()
            .for_each(|(node, ahead)| says(&clock, *node, *ahead));
        assert_eq!(clock.now().as_ms(), LOCAL + 100);
    }

    #[test]
    fn one_node_counts_once() {
        let clock = clock();
        [(1, 0), (2, 0), (3, 50_000), (3, 50_000), (3, 50_000)]
            .iter()
            .for_each(|(node, ahead)| says(&clock, *node, *ahead));
        assert_eq!(clock.now().as_ms(), LOCAL);
    }

    #[test]
    fn only_the_last_ten_nodes_count() {
        let clock = clock();
        (0..10).for_each(|node| says(&clock, node, 0));
        (10..20).for_each(|node| says(&clock, node, 5_000));
        assert_eq!(clock.now().as_ms(), LOCAL + 5_000);
    }

    #[test]
    fn a_doubted_time_holds_until_two_agree_on_another() {
        let clock = clock();
        (0..3).for_each(|node| says(&clock, node, 0));
        clock.doubt();
        says(&clock, 1, 3_600_000);
        assert_eq!(clock.now().as_ms(), LOCAL, "one alone");
        says(&clock, 1, 3_600_000);
        assert_eq!(clock.now().as_ms(), LOCAL, "the same one again");
        says(&clock, 2, -3_600_000);
        assert_eq!(clock.now().as_ms(), LOCAL, "two that disagree");
        assert!(!clock.is_known(), "nobody said in this run what holds");
        says(&clock, 3, 3_600_100);
        assert!(clock.is_known());
        assert_eq!(clock.now().as_ms(), LOCAL + 3_600_000, "two that agree");
    }

    #[test]
    fn a_doubted_time_is_confirmed_by_one_node() {
        let clock = clock();
        says(&clock, 1, 0);
        for wrong in [3_600_000, -3_600_000] {
            clock.doubt();
            says(&clock, 2, wrong);
            says(&clock, 3, 500);
            assert_eq!(clock.now().as_ms(), LOCAL + 500);
            says(&clock, 4, 2 * wrong);
            assert_eq!(clock.now().as_ms(), LOCAL + 500, "the next is wrong as well");
        }
    }

    #[test]
    fn after_sleep_the_first_node_counts() {
        let clock = clock();
        says(&clock, 1, 0);
        clock.doubt();
        clock.forget_samples();
        says(&clock, 2, 3_600_000);
        assert_eq!(clock.now().as_ms(), LOCAL + 3_600_000);
    }

    #[test]
    fn two_nodes_confirm_the_time_and_a_hint_does_not() {
        let clock = NetworkClock::with_source(Arc::new(|| Timestamp::from_ms(LOCAL)), Some(0));
        assert!(!clock.is_confirmed(None));
        says(&clock, 1, 0);
        says(&clock, 1, 0);
        assert!(!clock.is_confirmed(None), "one node alone");
        says(&clock, 2, 3_600_000);
        assert!(!clock.is_confirmed(None), "two that disagree");
        says(&clock, 3, 100);
        assert!(clock.is_confirmed(None));
        let later = monotonic() + Duration::from_secs(1);
        assert!(!clock.is_confirmed(Some(later)), "nobody said so since");
        clock.forget_samples();
        assert!(!clock.is_confirmed(None));
    }

    #[test]
    fn the_time_is_sure_until_this_machines_clock_is_set() {
        let wall = Arc::new(AtomicI64::new(LOCAL));
        let source = Arc::clone(&wall);
        let local = move || Timestamp::from_ms(source.load(Ordering::Relaxed));
        let clock = NetworkClock::with_source(Arc::new(local), Some(0));
        assert_eq!(clock.sure_now(), None, "a hint is no node");
        says(&clock, 1, 0);
        assert_eq!(clock.sure_now(), None, "one node alone");
        says(&clock, 2, 100);
        assert_eq!(clock.sure_now(), Some(clock.now()));
        for set_ms in [10 * 365 * 86_400_000, -3_600_000] {
            wall.store(LOCAL + set_ms, Ordering::Relaxed);
            assert!(clock.is_confirmed(None) && clock.sure_now().is_none());
        }
        wall.store(LOCAL, Ordering::Relaxed);
        assert!(clock.sure_now().is_some(), "it is right again");
    }

    #[test]
    fn times_before_the_network_are_ignored() {
        let clock = clock();
        clock.observe(NodeKey([1; 32]), Timestamp::from_ms(0), Duration::ZERO);
        assert!(!clock.is_known());
    }

    #[test]
    fn a_hint_serves_until_a_node_speaks() {
        let clock = NetworkClock::with_source(Arc::new(|| Timestamp::from_ms(LOCAL)), Some(7_000));
        assert_eq!((clock.now().as_ms(), clock.is_known()), (LOCAL - 7_000, false));
        says(&clock, 1, 0);
        assert_eq!((clock.now().as_ms(), clock.is_known()), (LOCAL, true));
    }

    #[test]
    fn sleep_is_a_jump_of_the_wall_clock_alone() {
        let start = monotonic();
        let mut watch = SleepWatch::new(Timestamp::from_ms(LOCAL), start);
        let minute = Duration::from_secs(60);
        assert!(!watch.slept(Timestamp::from_ms(LOCAL + 60_000), start + minute));
        assert!(watch.slept(Timestamp::from_ms(LOCAL + 3_600_000), start + minute));
        assert!(!watch.slept(Timestamp::from_ms(LOCAL + 3_600_000), start + minute));
    }
}
