//! The sentences that are written in our name: those who read them may use another app.
//!
//! The face gives them, in the person's language.

use std::sync::{Mutex, MutexGuard, PoisonError};

use nous_protocol::account::AccountId;

/// Where the mention of a person stands in a sentence.
const PERSON: &str = "{person}";
/// Where the name of a group stands.
const GROUP: &str = "{group}";

/// Sentences with places to fill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupWords {
    /// Asks the admins to add `{person}`.
    pub please_add: String,
    /// Asks to be let in to `{group}` again.
    pub let_me_in: String,
}

impl GroupWords {
    /// Whoever is mentioned is shown by name.
    pub(super) fn asking_to_add(&self, person: &AccountId) -> String {
        filled(&self.please_add, PERSON, &format!("@{person}"))
    }

    pub(super) fn asking_to_be_let_in(&self, group: &str) -> String {
        filled(&self.let_me_in, GROUP, group)
    }
}

/// A sentence without the place ends with what belongs there.
fn filled(sentence: &str, place: &str, text: &str) -> String {
    if sentence.contains(place) {
        sentence.replace(place, text)
    } else {
        format!("{sentence} {text}").trim().to_owned()
    }
}

/// The words that count now.
#[derive(Debug, Default)]
pub(crate) struct CurrentWords(Mutex<GroupWords>);

impl CurrentWords {
    pub(crate) const fn new(words: GroupWords) -> Self {
        Self(Mutex::new(words))
    }

    /// From now on these.
    pub(crate) fn set(&self, words: GroupWords) {
        *self.lock() = words;
    }

    pub(super) fn get(&self) -> GroupWords {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, GroupWords> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_wherever_they_stand() {
        let words = GroupWords {
            please_add: "Veuillez ajouter {person} au groupe.".to_owned(),
            let_me_in: "Let me in:".to_owned(),
        };
        let person = AccountId::from_x25519([7; 32]);
        let asked = words.asking_to_add(&person);
        assert_eq!(asked, format!("Veuillez ajouter @{person} au groupe."));
        assert_eq!(words.asking_to_be_let_in("Rowers"), "Let me in: Rowers");
        assert!(GroupWords::default().asking_to_add(&person).starts_with("@05"));
    }
}
