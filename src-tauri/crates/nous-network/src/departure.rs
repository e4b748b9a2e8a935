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
    Departed,
    CalledBack,
}

/// The departure of one store: it happens once, or is called back before.
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
        self.move_on(Stage::Departed)
    }

    /// Keeps it from leaving; `false` if it has left already.
    pub fn call_back(&self) -> bool {
        self.move_on(Stage::CalledBack)
    }

    /// Whether bytes have left: nobody knows then whether a node stored them.
    #[must_use]
    pub fn has_departed(&self) -> bool {
        *self.0.borrow() == Stage::Departed
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

    /// The first of two that disagree decides.
    fn move_on(&self, to: Stage) -> bool {
        let mut now = to;
        self.0.send_if_modified(|stage| {
            let is_first = *stage == Stage::Waiting;
            if is_first {
                *stage = to;
            }
            now = *stage;
            is_first
        });
        now == to
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

    #[tokio::test]
    async fn who_waits_hears_of_being_called_back() {
        let departure = std::sync::Arc::new(Departure::new());
        let waiting = std::sync::Arc::clone(&departure);
        let ((), was_first) = tokio::join!(waiting.called_back(), async { departure.call_back() });
        assert!(was_first);
    }
}
