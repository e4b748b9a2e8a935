//! Account IDs in whatever a person pastes.
//!
//! IDs are copied with white space, line breaks inside, invisible characters, quotation marks
//! and text around them, in upper case, or inside a link. [`recognise`] finds them, says
//! what is wrong with what is nearly one, and leaves what may be a name to the network.
//!
//! Source: `product.md` §5, `identity.md` §1.

mod scan;

use crate::account::AccountId;
use crate::ons::OnsName;

use scan::Candidate;

/// The longest text that is looked at, in characters; what follows is ignored.
pub const MAX_TEXT: usize = 1 << 20;

/// What kind of ID stands where an account ID was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OtherKind {
    /// `03`: a group.
    Group,
    /// `15` or `25`: somebody's id on a community server.
    Blinded,
}

/// How a text is nearly an account ID, but is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NearMiss {
    /// One or a few characters are no hexadecimal digits.
    Digit {
        /// Its place among the 66, from 1, for people.
        place: usize,
        /// The character found there.
        found: char,
    },
    /// Too few or too many digits; holds how many there are.
    Length(usize),
    /// 66 digits that begin with another prefix; holds the first two digits.
    Prefix(String),
}

/// What a pasted text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// Nothing but blanks.
    Empty,
    /// One account ID.
    Account(AccountId),
    /// Several different account IDs, in the order of the text.
    Several(Vec<AccountId>),
    /// The own account ID, and no other: Note to Self.
    Own,
    /// No account ID, but an ID of another kind.
    Other(OtherKind),
    /// Nearly an account ID.
    Nearly(NearMiss),
    /// What may be a name to look up.
    Name(OnsName),
    /// Nothing that can be understood.
    Nothing,
}

/// Says what a pasted or typed text is.
///
/// `own`: the account that reads, whose own ID is told apart.
///
/// Source: `product.md` §5.
#[must_use]
pub fn recognise(text: &str, own: Option<&AccountId>) -> Recognised {
    let text: String = text
        .chars()
        .take(MAX_TEXT)
        .filter(|c| !scan::is_invisible(*c))
        .collect();
    if text.trim_matches(scan::surrounds).is_empty() {
        return Recognised::Empty;
    }
    let candidates = scan::candidates(&text);
    accounts(&candidates, own)
        .or_else(|| other_kind(&candidates).map(Recognised::Other))
        .or_else(|| near_miss(&candidates, &text).map(Recognised::Nearly))
        .or_else(|| name(&text).map(Recognised::Name))
        .unwrap_or(Recognised::Nothing)
}

/// The account IDs of a text, each once, in order; the own ID is among them.
#[must_use]
pub fn account_ids(text: &str) -> Vec<AccountId> {
    let text: String = text
        .chars()
        .take(MAX_TEXT)
        .filter(|c| !scan::is_invisible(*c))
        .collect();
    distinct(&scan::candidates(&text))
}

fn distinct(candidates: &[Candidate]) -> Vec<AccountId> {
    let mut seen = std::collections::BTreeSet::new();
    candidates
        .iter()
        .filter_map(|candidate| AccountId::from_hex(&candidate.digits).ok())
        .filter(|id| seen.insert(*id))
        .collect()
}

fn accounts(candidates: &[Candidate], own: Option<&AccountId>) -> Option<Recognised> {
    let mut found = distinct(candidates);
    if found.len() > 1 {
        found.retain(|id| Some(id) != own);
    }
    match found.as_slice() {
        [] => None,
        [only] if Some(only) == own => Some(Recognised::Own),
        [only] => Some(Recognised::Account(*only)),
        _ => Some(Recognised::Several(found)),
    }
}

fn other_kind(candidates: &[Candidate]) -> Option<OtherKind> {
    candidates
        .iter()
        .filter(|candidate| candidate.digits.len() == 66)
        .find_map(|candidate| match candidate.digits.get(..2) {
            Some("03") => Some(OtherKind::Group),
            Some("15" | "25") => Some(OtherKind::Blinded),
            _ => None,
        })
}

/// Fewer digits than this are no attempt at an ID.
const ATTEMPT: usize = 50;

/// So many digits are one all the same if nothing else stands there and they begin with `05`: no
/// name looks so.
const BEGUN: usize = 12;

/// More digits than this are something else.
const FAR_TOO_LONG: usize = 80;

fn near_miss(candidates: &[Candidate], text: &str) -> Option<NearMiss> {
    let whole = candidates.iter().find(|candidate| candidate.digits.len() == 66);
    if let Some(prefix) = whole.and_then(|candidate| candidate.digits.get(..2)) {
        return Some(NearMiss::Prefix(prefix.to_owned()));
    }
    wrong_digit(text).or_else(|| begun(text)).or_else(|| {
        let lengths = candidates.iter().map(|candidate| candidate.digits.len());
        lengths
            .filter(|length| (ATTEMPT..=FAR_TOO_LONG).contains(length))
            .max()
            .map(NearMiss::Length)
    })
}

/// The beginning of an ID, and nothing else.
fn begun(text: &str) -> Option<NearMiss> {
    let word = text.trim_matches(scan::surrounds);
    let is_id = word.starts_with("05") && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_id && (BEGUN..66).contains(&word.len())).then_some(NearMiss::Length(word.len()))
}

/// A run of 66 characters that begins with `05` and holds one to three that are no digits.
fn wrong_digit(text: &str) -> Option<NearMiss> {
    scan::words(text).into_iter().find_map(|word| {
        let letters: Vec<char> = word.chars().collect();
        let begins = matches!(letters.as_slice(), ['0' | 'O' | 'o', '5', ..]);
        let wrong = letters.iter().filter(|c| !c.is_ascii_hexdigit()).count();
        if letters.len() != 66 || !begins || !(1..=3).contains(&wrong) {
            return None;
        }
        let place = letters.iter().position(|c| !c.is_ascii_hexdigit())?;
        let found = letters.get(place).copied()?;
        Some(NearMiss::Digit {
            place: place.saturating_add(1),
            found,
        })
    })
}

fn name(text: &str) -> Option<OnsName> {
    OnsName::parse(text.trim_matches(scan::surrounds)).ok()
}

#[cfg(test)]
mod tests;
