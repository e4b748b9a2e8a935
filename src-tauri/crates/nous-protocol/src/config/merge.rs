//! What becomes of several messages.
//!
//! The later seqno wins, at equal seqno the greater hash, for each scalar and for each
//! element of a set; independent changes both survive. The order of the messages does not
//! matter.
//!
//! Source: `config.md` §4.

use std::collections::{BTreeMap, BTreeSet};

use super::data::Dict;
use super::diff::Diff;
use super::message::{ConfigMessage, LAG, MessageId};

/// What several messages come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// One of them, by its index, holds all others.
    Unmerged(usize),
    /// A new message holds what several of them say. Its diff and its hash are not set.
    Merged(Box<ConfigMessage>),
}

/// Resolves messages; `None` if there are none.
///
/// `can_write`: whether a new message may come of it; else the greatest is taken.
///
/// Source: `config.md` §4.
#[must_use]
pub fn resolve(messages: &[&ConfigMessage], can_write: bool) -> Option<Resolution> {
    let left = not_redundant(messages);
    let (greatest, others) = left.split_last()?;
    if others.is_empty() || !can_write {
        return Some(Resolution::Unmerged(greatest.1));
    }
    let left: Vec<&ConfigMessage> = left
        .iter()
        .filter_map(|(_, index)| messages.get(*index).copied())
        .collect();
    merge(&left).map(|merged| Resolution::Merged(Box::new(merged)))
}

/// The messages that no other one holds, ascending, with their indices.
fn not_redundant(messages: &[&ConfigMessage]) -> Vec<(MessageId, usize)> {
    let included: BTreeSet<MessageId> = messages
        .iter()
        .flat_map(|message| message.lags.keys().copied())
        .collect();
    let max = messages.iter().map(|message| message.id.seqno).max();
    let mut left = BTreeMap::new();
    for (index, message) in messages.iter().enumerate() {
        let too_old = max.is_some_and(|max| is_too_old(message.id.seqno, max));
        if !too_old && !included.contains(&message.id) {
            left.entry(message.id).or_insert(index);
        }
    }
    left.into_iter().collect()
}

/// Whether a message of `seqno` is left out when there is one of `max`.
const fn is_too_old(seqno: i64, max: i64) -> bool {
    seqno.saturating_add(LAG) <= max
}

/// Merges messages in ascending order.
fn merge(messages: &[&ConfigMessage]) -> Option<ConfigMessage> {
    let greatest = messages.last()?;
    let mut replay: BTreeMap<MessageId, (&Dict, &Diff)> = BTreeMap::new();
    for message in messages.iter().rev() {
        let own = std::iter::once((&message.id, &message.diff));
        for (id, diff) in own.chain(&message.lags) {
            replay.entry(*id).or_insert((&message.data, diff));
        }
    }
    let seqno = greatest.id.seqno.saturating_add(1);
    let mut merged = ConfigMessage::unsealed(seqno, greatest.data.clone());
    for (id, (source, diff)) in replay {
        diff.apply(&mut merged.data, source);
        merged.lags.insert(id, diff.clone());
    }
    merged.data.prune();
    merged.drop_lags();
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::data::{Entry, Scalar};

    fn sealed(mut message: ConfigMessage, origin: &Dict) -> ConfigMessage {
        message.diff = Diff::between(origin, &message.data);
        ConfigMessage::parse(&message.serialise(None), None).unwrap()
    }

    fn changed(parent: &ConfigMessage, key: &str, value: &str) -> ConfigMessage {
        let mut next = parent.next();
        next.data
            .put(&[key.as_bytes()], Entry::Scalar(Scalar::from(value)));
        sealed(next, &parent.data)
    }

    fn merged(messages: &[&ConfigMessage]) -> ConfigMessage {
        let resolution = resolve(messages, true);
        let Some(Resolution::Merged(message)) = resolution else {
            unreachable!("{resolution:?}");
        };
        *message
    }

    fn text(message: &ConfigMessage, key: &str) -> Option<String> {
        let bytes = message.data.string(key.as_bytes())?;
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn independent_changes_both_survive_and_the_greater_hash_wins_the_same_key() {
        let base = changed(&ConfigMessage::default(), "n", "base");
        let one = changed(&changed(&base, "a", "1"), "n", "one");
        let two = changed(&changed(&base, "b", "2"), "n", "two");
        let result = merged(&[&one, &two, &base]);
        assert_eq!(result, merged(&[&two, &base, &one, &one]));
        assert_eq!(result.id.seqno, 4);
        assert_eq!(
            (text(&result, "a"), text(&result, "b")),
            (Some("1".into()), Some("2".into()))
        );
        let winner = if one.id > two.id { "one" } else { "two" };
        assert_eq!(text(&result, "n").unwrap(), winner);
        let seqnos: Vec<i64> = result.lags.keys().map(|id| id.seqno).collect();
        assert_eq!(seqnos, [0, 1, 2, 2, 3, 3]);
    }

    #[test]
    fn a_message_among_the_lags_of_another_one_is_redundant() {
        let base = changed(&ConfigMessage::default(), "n", "1");
        let next = changed(&base, "n", "2");
        for messages in [[&base, &next], [&next, &base]] {
            let index = messages.iter().position(|message| **message == next).unwrap();
            assert_eq!(resolve(&messages, true), Some(Resolution::Unmerged(index)));
        }
    }

    #[test]
    fn of_equal_messages_the_first_counts() {
        let base = changed(&ConfigMessage::default(), "n", "1");
        assert_eq!(resolve(&[&base, &base], true), Some(Resolution::Unmerged(0)));
        assert_eq!(resolve(&[], true), None);
    }

    #[test]
    fn a_message_five_behind_is_too_old_and_one_four_behind_is_merged() {
        let mut ahead = ConfigMessage::default();
        for turn in 0..6 {
            ahead = changed(&ahead, "a", &turn.to_string());
        }
        let mut behind = changed(&ConfigMessage::default(), "b", "1");
        assert_eq!(resolve(&[&behind, &ahead], true), Some(Resolution::Unmerged(1)));
        behind = changed(&behind, "b", "2");
        let result = merged(&[&behind, &ahead]);
        assert_eq!((result.id.seqno, text(&result, "b").unwrap().as_str()), (7, "2"));
    }

    #[test]
    fn who_cannot_write_takes_the_greatest() {
        let one = changed(&ConfigMessage::default(), "n", "1");
        let two = changed(&ConfigMessage::default(), "n", "2");
        let index = usize::from(two.id > one.id);
        assert_eq!(resolve(&[&one, &two], false), Some(Resolution::Unmerged(index)));
    }

    #[test]
    fn unknown_keys_of_the_outermost_dict_do_not_outlive_a_merge() {
        let text = b"d1:#i1e1:$i1e1:&d1:ai1ee1:<le1:=d1:a0:ee";
        let one = ConfigMessage::parse(text, None).unwrap();
        let two = changed(&ConfigMessage::default(), "n", "2");
        assert!(merged(&[&one, &two]).unknown.is_empty());
    }
}
