//! Whether bytes have left this machine: until then they can be called back.
//!
//! A store waits for paths and members, perhaps for long. Who deletes a message meanwhile
//! must know which it was: never sent, or perhaps stored.
//!
//! Source: `architecture.md` §5.1, deleting a row while an attempt runs.

use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    /// In so many exchanges; never in none.
    Departed(u32),
    CalledBack,
}

/// The departure of one store: it happens, in one exchange or in several, or is called back before.
#[derive(Debug)]
pub struct Departure(watch::Sender<Stage>);

impl Default for Departure {
    fn default() -> Self {
        Self::new()
    }
}

impl Departure {
    /// Nothing has left yet.
    #[must_use]
    pub fn new() -> Self {
        Self(watch::Sender::new(Stage::Waiting))
    }

    /// Asked before any byte leaves; `false` if it was called back: then none may.
    pub fn depart(&self) -> bool {
        let now = self.move_on(|stage| match stage {
            Stage::Waiting => Stage::Departed(1),
            Stage::Departed(count) => Stage::Departed(count.saturating_add(1)),
            Stage::CalledBack => Stage::CalledBack,
        });
        now != Stage::CalledBack
    }

    /// Takes one [`depart`](Self::depart) back: there was no connection, so not a byte has left with it.
    pub fn stay(&self) {
        self.move_on(|stage| match stage {
            Stage::Departed(count) if count > 1 => Stage::Departed(count - 1),
            Stage::Departed(_) => Stage::Waiting,
            other => other,
        });
    }

    /// Keeps it from leaving; `false` if it has left already.
    pub fn call_back(&self) -> bool {
        let now = self.move_on(|stage| match stage {
            Stage::Waiting => Stage::CalledBack,
            other => other,
        });
        now == Stage::CalledBack
    }

    /// Whether bytes have left: nobody knows then whether a node stored them.
    #[must_use]
    pub fn has_departed(&self) -> bool {
        matches!(*self.0.borrow(), Stage::Departed(_))
    }

    /// Ends when it was called back, never otherwise.
    pub async fn called_back(&self) {
        // The sender lives as long as this borrow: the wait cannot fail.
        let _ = self
            .0
            .subscribe()
            .wait_for(|stage| *stage == Stage::CalledBack)
            .await;
    }

    /// The first of two that disagree decides. Answers how it stands then.
    fn move_on(&self, next: impl FnOnce(Stage) -> Stage) -> Stage {
        let mut now = Stage::Waiting;
        self.0.send_if_modified(|stage| {
            now = next(*stage);
            std::mem::replace(stage, now) != now
        });
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_called_back_never_departs() {
        let departure = Departure::new();
        assert!(departure.call_back());
        assert!(!departure.depart());
        assert!(!departure.has_departed());
        assert!(departure.call_back());
    }

    #[test]
    fn what_departed_cannot_be_called_back() {
        let departure = Departure::new();
        assert!(departure.depart());
        assert!(!departure.call_back());
        assert!(departure.has_departed());
        assert!(departure.depart());
    }

    #[test]
    fn what_found_no_connection_has_not_departed_and_can_be_called_back() {
        let departure = Departure::new();
        assert!(departure.depart());
        departure.stay();
        assert!(!departure.has_departed());
        assert!(departure.call_back());
        departure.stay();
        assert!(!departure.depart());
    }

    #[test]
    fn what_left_by_one_of_two_ways_has_departed() {
        let departure = Departure::new();
        assert!(departure.depart() && departure.depart());
        departure.stay();
        assert!(departure.has_departed());
        assert!(!departure.call_back());
        departure.stay();
        assert!(!departure.has_departed());
    }

    #[tokio::test]
    async fn who_waits_hears_of_being_called_back() {
        let departure = std::sync::Arc::new(Departure::new());
        let waiting = std::sync::Arc::clone(&departure);
        let ((), was_first) = tokio::join!(waiting.called_back(), async { departure.call_back() });
        assert!(was_first);
    }
}
