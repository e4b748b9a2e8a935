//! Notices log lines that hold what must not be logged.

use std::collections::VecDeque;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber, span};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// A layer that remembers every line with one of the words of a run: texts, names, IDs, keys.
#[derive(Debug, Clone, Default)]
pub struct ForbiddenWords {
    words: Arc<Mutex<Vec<String>>>,
    found: Arc<Mutex<Vec<String>>>,
    last: Arc<Mutex<VecDeque<String>>>,
}

/// How many lines are kept for a test that fails.
const KEPT: usize = 400;

impl ForbiddenWords {
    /// Nothing is forbidden yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forbids a word from now on; empty ones are ignored.
    pub fn forbid(&self, word: impl Into<String>) {
        let word = word.into();
        if !word.is_empty() {
            self.words
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(word);
        }
    }

    /// The lines that held one.
    #[must_use]
    pub fn found(&self) -> Vec<String> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last lines of the run, oldest first.
    #[must_use]
    pub fn last(&self) -> Vec<String> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.iter().cloned().collect()
    }

    fn keep(&self, line: String) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == KEPT {
            last.pop_front();
        }
        last.push_back(line);
    }

    fn look_at(&self, line: &str) {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        if words.iter().any(|word| line.contains(word.as_str())) {
            drop(words);
            self.found
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line.to_owned());
        }
    }
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing into a string cannot fail.
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

impl<S: Subscriber> Layer<S> for ForbiddenWords {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        self.look_at(&line.0);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        self.keep(format!("{level} {target} {}", line.0));
    }

    fn on_new_span(&self, attributes: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        let mut line = Line::default();
        attributes.record(&mut line);
        self.look_at(&line.0);
    }
}
