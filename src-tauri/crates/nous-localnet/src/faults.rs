//! Misbehaviour on command.
//!
//! Source: `network.md` §3.6.

use std::collections::BTreeMap;
use std::time::Duration;

/// Which server misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The storage node with this number.
    Node(usize),
    /// The seed.
    Seed,
    /// The file server.
    FileServer,
}

/// At which of a server's doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What comes directly: a node's `/storage_rpc/v1`, the seed's `/json_rpc`. At the file
    /// server: the post of the last hop, so that its status is passed through.
    Direct,
    /// An onion request that reaches a node, as guard, hop or destination, before its layer
    /// is opened: the answer is not sealed.
    Path,
    /// What was in an onion for this node or for the file server: the answer is sealed.
    Destination,
}

/// What happens instead of, or before, the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A status with this text.
    Status(u16, String),
    /// The answer comes so much later.
    Delay(Duration),
    /// The connection ends without an answer.
    Drop,
    /// The connection stays open without an answer.
    Silent,
    /// The connection ends in the middle of the answer.
    Cut,
    /// Status 200 and bytes without meaning.
    Garbage,
    /// Status 200 and 10 MiB of them.
    TooMuch,
    /// Status 200 and no bytes.
    Nothing,
}

/// A rule for one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it applies.
    pub level: Level,
    /// What happens.
    pub effect: Effect,
    /// Only for requests with this storage method (of a batch, any of them). Methods are
    /// known at [`Level::Direct`] and [`Level::Destination`].
    pub method: Option<String>,
    /// So many times, then no more; `None`: until it is taken away.
    pub times: Option<u32>,
}

impl Fault {
    /// A fault at `level` until it is taken away.
    #[must_use]
    pub const fn new(level: Level, effect: Effect) -> Self {
        Self {
            level,
            effect,
            method: None,
            times: None,
        }
    }

    /// Only so many times.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Only for this storage method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: BTreeMap<Place, Vec<Fault>>,
}

impl Faults {
    /// Adds a rule; it comes after those that are there.
    pub(crate) fn add(&mut self, place: Place, fault: Fault) {
        self.rules.entry(place).or_default().push(fault);
    }

    /// Takes all rules of a server away.
    pub(crate) fn clear(&mut self, place: Place) {
        self.rules.remove(&place);
    }

    /// Takes all rules away.
    pub(crate) fn clear_all(&mut self) {
        self.rules.clear();
    }

    /// What happens to a request: every delay that applies, and the first other effect.
    /// `methods`: what the request asks for, as far as it is known.
    pub(crate) fn strike(
        &mut self,
        place: Place,
        level: Level,
        methods: &[&str],
    ) -> (Duration, Option<Effect>) {
        let mut delay = Duration::ZERO;
        let mut effect = None;
        for fault in self.rules.get_mut(&place).into_iter().flatten() {
            let applies = fault.level == level
                && fault.times != Some(0)
                && fault
                    .method
                    .as_deref()
                    .is_none_or(|method| methods.contains(&method));
            let is_delay = matches!(fault.effect, Effect::Delay(_));
            if !applies || (effect.is_some() && !is_delay) {
                continue;
            }
            fault.times = fault.times.map(|times| times - 1);
            match &fault.effect {
                Effect::Delay(more) => delay += *more,
                other => effect = Some(other.clone()),
            }
        }
        (delay, effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: Place = Place::Node(1);

    fn status(code: u16) -> Effect {
        Effect::Status(code, String::new())
    }

    #[test]
    fn a_fault_ends_after_its_times() {
        let mut faults = Faults::default();
        faults.add(NODE, Fault::new(Level::Path, status(500)).times(1));
        assert_eq!(faults.strike(NODE, Level::Path, &[]).1, Some(status(500)));
        assert_eq!(faults.strike(NODE, Level::Path, &[]).1, None);
    }

    #[test]
    fn level_place_and_method_must_fit() {
        let mut faults = Faults::default();
        faults.add(NODE, Fault::new(Level::Destination, status(500)).method("store"));
        assert_eq!(faults.strike(NODE, Level::Path, &["store"]).1, None);
        assert_eq!(faults.strike(Place::Seed, Level::Destination, &["store"]).1, None);
        assert_eq!(faults.strike(NODE, Level::Destination, &["retrieve"]).1, None);
        let hit = faults.strike(NODE, Level::Destination, &["retrieve", "store"]);
        assert_eq!(hit.1, Some(status(500)));
    }

    #[test]
    fn delays_add_up_and_go_with_another_effect() {
        let mut faults = Faults::default();
        let second = Duration::from_secs(1);
        faults.add(NODE, Fault::new(Level::Direct, Effect::Delay(second)));
        faults.add(NODE, Fault::new(Level::Direct, status(500)).times(1));
        faults.add(NODE, Fault::new(Level::Direct, status(501)));
        faults.add(NODE, Fault::new(Level::Direct, Effect::Delay(second)));
        let hit = faults.strike(NODE, Level::Direct, &[]);
        assert_eq!(hit, (second * 2, Some(status(500))));
        assert_eq!(faults.strike(NODE, Level::Direct, &[]).1, Some(status(501)));
        faults.clear(NODE);
        assert_eq!(faults.strike(NODE, Level::Direct, &[]), (Duration::ZERO, None));
    }
}
