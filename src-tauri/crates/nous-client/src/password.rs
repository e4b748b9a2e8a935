//! How hard a password is to guess.

use nous_storage::secret::Password;
use zxcvbn::zxcvbn;

/// So many guesses, as a power of ten, take hours with a copy of the files: each costs 64 MiB
/// and three passes of Argon2.
const HOURS: f64 = 8.0;
/// So many take years.
const YEARS: f64 = 12.0;

/// How hard a password is to guess, for somebody with a copy of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Its length is not allowed.
    NotAllowed,
    /// Found within hours.
    Weak,
    /// Found within months.
    Fair,
    /// Not found within years.
    Strong,
}

/// Estimates it by the words, names, dates and patterns that people use.
///
/// `known`: what whoever guesses knows of the person.
#[must_use]
pub fn strength_of(password: &str, known: &[&str]) -> Strength {
    if !Password::new(password.to_owned()).has_allowed_length() {
        return Strength::NotAllowed;
    }
    match zxcvbn(password, known).guesses_log10() {
        guesses if guesses < HOURS => Strength::Weak,
        guesses if guesses < YEARS => Strength::Fair,
        _ => Strength::Strong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_patterns_that_people_use_are_weak_however_they_are_written() {
        for weak in [
            "password",
            "Password123!",
            "qwertyuiop",
            "aaaaaaaaaaaa",
            "12.07.1984",
            "Elodie2024",
        ] {
            assert_eq!(strength_of(weak, &[]), Strength::Weak, "{weak}");
        }
        let strong = "x7#Lq9!vTz2p";
        assert_eq!(strength_of(strong, &[strong]), Strength::Weak, "it is known");
    }

    #[test]
    fn several_words_or_real_randomness_are_strong() {
        for strong in [
            "correct horse battery staple",
            "x7#Lq9!vTz2p",
            "tomates graines marché samedi",
        ] {
            assert_eq!(strength_of(strong, &[]), Strength::Strong, "{strong}");
        }
        assert_eq!(strength_of("12345", &[]), Strength::NotAllowed);
        assert_eq!(strength_of(&"long ".repeat(60), &[]), Strength::NotAllowed);
    }
}
