//! What changed between two states of the data: the names of the keys, without the values.
//!
//! A diff stays in its encoded form: most are only kept and handed on.
//!
//! Source: `config.md` §3 and §4.

use std::collections::BTreeSet;
use std::fmt;

use super::data::{Dict, Entry, MAX_DEPTH, Scalar, error, read_scalars, write_scalars, write_string};
use crate::wire::bt::{BtError, BtErrorKind, Kind, Limits, Reader};

/// A scalar that was added or changed.
const CHANGED: &[u8] = b"";

/// A scalar that was removed.
const REMOVED: &[u8] = b"-";

/// How deep the encoded form goes: a set is two lists in a list.
const DEPTH: usize = MAX_DEPTH + 2;

/// Which entries changed. Holds canonical bytes that were checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Diff(Vec<u8>);

/// Shows nothing that names a person.
impl fmt::Debug for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diff")
            .field("bytes", &self.0.len())
            .finish_non_exhaustive()
    }
}

impl Default for Diff {
    fn default() -> Self {
        Self(b"de".to_vec())
    }
}

impl Diff {
    /// Whether it names nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == b"de"
    }

    /// The encoded form.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads a diff and checks its form.
    ///
    /// # Errors
    /// [`BtError`] for strings but `""` and `"-"`, for lists but two lists of sorted scalars,
    /// for keys that do not ascend, and too deep.
    ///
    /// Source: `config.md` §3.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, BtError> {
        let start = reader.offset();
        check_dict(reader, 1)?;
        Ok(Self(reader.since(start).to_vec()))
    }

    /// What changed from `old` to `new`. Both must be pruned.
    ///
    /// Source: `config.md` §3.
    #[must_use]
    pub fn between(old: &Dict, new: &Dict) -> Self {
        let mut out = Vec::new();
        write_dict(old, new, &mut out);
        Self(out)
    }

    /// Makes the changes in `data`, with the values from `source`. Empty sets and dicts may
    /// be left.
    ///
    /// Source: `config.md` §4.
    pub fn apply(&self, data: &mut Dict, source: &Dict) {
        // The bytes were checked when they were read or made: there is no error.
        let _ = apply_dict(&mut self.reader(), data, source);
    }

    const fn reader(&self) -> Reader<'_> {
        let limits = Limits {
            depth: usize::MAX,
            values: usize::MAX,
            string: usize::MAX,
        };
        Reader::new(self.0.as_slice(), limits)
    }
}

fn check_dict(reader: &mut Reader<'_>, depth: usize) -> Result<(), BtError> {
    if depth > DEPTH {
        return Err(error(reader, BtErrorKind::Limit));
    }
    reader.begin_dict()?;
    while reader.next_key()?.is_some() {
        let place = error(reader, BtErrorKind::Type);
        match reader.kind() {
            Kind::String => match reader.string()? {
                CHANGED | REMOVED => {}
                _ => return Err(place),
            },
            Kind::List => drop(read_set(reader)?),
            Kind::Dict => check_dict(reader, depth.saturating_add(1))?,
            Kind::Integer | Kind::End => return Err(place),
        }
    }
    Ok(())
}

/// The elements added and removed.
fn read_set(reader: &mut Reader<'_>) -> Result<(BTreeSet<Scalar>, BTreeSet<Scalar>), BtError> {
    reader.begin_list()?;
    let mut part = || {
        if reader.next_item()? {
            read_scalars(reader)
        } else {
            Err(error(reader, BtErrorKind::End))
        }
    };
    let parts = (part()?, part()?);
    if reader.next_item()? {
        return Err(error(reader, BtErrorKind::Trailing));
    }
    Ok(parts)
}

/// Appends the diff of two dicts; whether there is any.
fn write_dict(old: &Dict, new: &Dict, out: &mut Vec<u8>) -> bool {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    out.push(b'd');
    let start = out.len();
    loop {
        let (before, after) = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some((left, _)), Some((right, _))) if left == right => (old.next(), new.next()),
            (Some((left, _)), Some((right, _))) if left < right => (old.next(), None),
            (Some(_), None) => (old.next(), None),
            (_, Some(_)) => (None, new.next()),
        };
        let Some((key, _)) = before.or(after) else {
            break;
        };
        let mark = out.len();
        write_string(key, out);
        let entries = (before.map(|(_, entry)| entry), after.map(|(_, entry)| entry));
        if !write_entry(entries.0, entries.1, out) {
            out.truncate(mark);
        }
    }
    let changed = out.len() > start;
    out.push(b'e');
    changed
}

/// Appends what became of an entry; whether it changed.
fn write_entry(before: Option<&Entry>, after: Option<&Entry>, out: &mut Vec<u8>) -> bool {
    let nothing = (Dict::new(), BTreeSet::new());
    match (before, after) {
        (None, None) => false,
        (Some(Entry::Scalar(old)), Some(Entry::Scalar(new))) if old == new => false,
        (_, Some(Entry::Scalar(_))) => write_mark(CHANGED, out),
        (Some(Entry::Scalar(_)), None) => write_mark(REMOVED, out),
        (Some(Entry::Dict(old)), Some(Entry::Dict(new))) => write_dict(old, new, out),
        (Some(Entry::Dict(old)), None) => {
            write_dict(old, &nothing.0, out);
            true
        }
        (_, Some(Entry::Dict(new))) => {
            write_dict(&nothing.0, new, out);
            true
        }
        (Some(Entry::Set(old)), Some(Entry::Set(new))) => old != new && write_set(old, new, out),
        (Some(Entry::Set(old)), None) => write_set(old, &nothing.1, out),
        (_, Some(Entry::Set(new))) => write_set(&nothing.1, new, out),
    }
}

fn write_mark(mark: &[u8], out: &mut Vec<u8>) -> bool {
    write_string(mark, out);
    true
}

fn write_set(old: &BTreeSet<Scalar>, new: &BTreeSet<Scalar>, out: &mut Vec<u8>) -> bool {
    out.push(b'l');
    write_scalars(new.difference(old), out);
    write_scalars(old.difference(new), out);
    out.push(b'e');
    true
}

fn apply_dict(reader: &mut Reader<'_>, data: &mut Dict, source: &Dict) -> Result<(), BtError> {
    reader.begin_dict()?;
    while let Some(key) = reader.next_key()? {
        match (reader.kind(), source.get(key)) {
            (Kind::String, Some(Entry::Scalar(value))) => {
                if reader.string()? == REMOVED {
                    data.remove(key);
                } else {
                    data.insert(key, Entry::Scalar(value.clone()));
                }
            }
            (Kind::Dict, Some(Entry::Dict(values))) => match data.dict_mut(key) {
                Some(inner) => apply_dict(reader, inner, values)?,
                None => drop(reader.raw()?),
            },
            (Kind::List, Some(Entry::Set(_))) => {
                let (added, removed) = read_set(reader)?;
                apply_set(data, key, added, &removed);
            }
            // A later diff removes it, or gives it another kind: what is there must not be
            // mixed with that.
            _ => {
                reader.raw()?;
                data.remove(key);
            }
        }
    }
    Ok(())
}

fn apply_set(data: &mut Dict, key: &[u8], added: BTreeSet<Scalar>, removed: &BTreeSet<Scalar>) {
    let mut set = match data.remove(key) {
        Some(Entry::Set(set)) => set,
        Some(Entry::Scalar(_) | Entry::Dict(_)) | None => BTreeSet::new(),
    };
    set.extend(added);
    set.retain(|scalar| !removed.contains(scalar));
    data.insert(key, Entry::Set(set));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &str) -> Dict {
        Dict::read(&mut Reader::new(text.as_bytes(), Limits::default())).unwrap()
    }

    fn diff(text: &str) -> Result<Diff, BtError> {
        Diff::read(&mut Reader::new(text.as_bytes(), Limits::default()))
    }

    fn between(old: &str, new: &str) -> String {
        String::from_utf8(Diff::between(&data(old), &data(new)).0).unwrap()
    }

    fn applied(start: &str, change: &str, source: &str) -> String {
        let mut target = data(start);
        diff(change).unwrap().apply(&mut target, &data(source));
        target.prune();
        let mut out = Vec::new();
        target.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn scalars_are_named_when_added_changed_or_removed() {
        assert_eq!(
            between("d1:ai1e1:bi2e1:ci3ee", "d1:bi4e1:ci3e1:d1:xe"),
            "d1:a1:-1:b0:1:d0:e"
        );
        assert_eq!(between("d1:ai1ee", "d1:ai1ee"), "de");
        assert_eq!(between("d1:ai1ee", "d1:a1:1e"), "d1:a0:e");
    }

    #[test]
    fn dicts_are_named_by_what_changed_inside() {
        let old = "d1:ad1:bi1e1:ci2ee1:dd1:ei1eee";
        assert_eq!(between(old, "d1:ad1:bi1e1:ci3ee1:dd1:ei1eee"), "d1:ad1:c0:ee");
        assert_eq!(between(old, "d1:ad1:bi1e1:ci2eee"), "d1:dd1:e1:-ee");
        assert_eq!(between("de", old), "d1:ad1:b0:1:c0:e1:dd1:e0:ee");
    }

    #[test]
    fn sets_are_named_by_the_elements_added_and_removed() {
        assert_eq!(between("d1:ali1e1:xee", "d1:ali2e1:xee"), "d1:alli2eeli1eeee");
        assert_eq!(between("de", "d1:ali2e1:xee"), "d1:alli2e1:xeleee");
        assert_eq!(
            between("d1:ali2eee", "de"),
            "d1:allelieee".replace("lieee", "li2eeee")
        );
    }

    #[test]
    fn another_kind_counts_as_new_and_the_old_value_is_not_named() {
        assert_eq!(between("d1:ad1:bi1eee", "d1:ai1ee"), "d1:a0:e");
        assert_eq!(between("d1:ai1ee", "d1:ad1:bi1eee"), "d1:ad1:b0:ee");
        assert_eq!(between("d1:ad1:bi1eee", "d1:ali1eee"), "d1:alli1eeleee");
    }

    /// Data of every kind, to go from one to the other.
    const STATES: [&str; 5] = [
        "de",
        "d1:ai1ee",
        "d1:ad1:bd1:ci1e1:dli1e1:xeeee",
        "d1:ad1:bd1:dli2e1:xeee1:z0:e",
        "d1:ali1ei2eee",
    ];

    #[test]
    fn a_diff_applied_to_the_old_data_gives_the_new() {
        for old in STATES {
            for new in STATES {
                assert_eq!(applied(old, &between(old, new), new), new, "{old} → {new}");
            }
        }
    }

    #[test]
    fn what_the_source_has_not_or_as_another_kind_is_removed() {
        assert_eq!(applied("d1:ai1e1:bi2ee", "d1:a0:e", "de"), "d1:bi2ee");
        assert_eq!(applied("d1:ad1:bi1eee", "d1:ad1:c0:ee", "d1:ai1ee"), "de");
        assert_eq!(applied("d1:ali1eee", "d1:alli2eeleee", "d1:ai1ee"), "de");
    }

    #[test]
    fn elements_are_added_before_others_are_removed() {
        assert_eq!(
            applied("d1:ali1ei3eee", "d1:alli2eeli3eeee", "d1:ali2eee"),
            "d1:ali1ei2eee"
        );
        assert_eq!(applied("d1:ai7ee", "d1:alli2eeleee", "d1:ali2eee"), "d1:ali2eee");
    }

    #[test]
    fn only_well_formed_diffs_are_read() {
        let good = [
            "de",
            "d1:a0:1:b1:-e",
            "d1:adee",
            "d1:alleleee",
            "d1:alli1e1:aelee".replace("lee", "leee").as_str(),
        ]
        .map(str::to_owned);
        for text in good {
            assert_eq!(diff(&text).unwrap().as_bytes(), text.as_bytes());
        }
        let bad = [
            "d1:a1:xe",
            "d1:ai1ee",
            "d1:alee",
            "d1:alleee",
            "d1:allelelee",
            "d1:alli2ei1eeleee",
            "d1:b0:1:a0:e",
        ];
        for text in bad {
            assert!(diff(text).is_err(), "{text}");
        }
    }
}
