//! Rules about the texts of the screens (`ui/messages/*.ftl`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::sources;
use crate::{Outcome, place};

/// Id (with `.attribute` if it is one) → the arguments that its text mentions.
type Texts = BTreeMap<String, BTreeSet<String>>;

fn load(language: &str) -> Outcome<Texts> {
    let file = place::ui().join("messages").join(format!("{language}.ftl"));
    let text = fs::read_to_string(&file).map_err(|error| format!("ui/messages/{language}.ftl: {error}"))?;
    Ok(parse(&text))
}

fn parse(text: &str) -> Texts {
    let mut texts = Texts::new();
    let mut message = String::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let id = line.split_once('=').map(|(id, _)| id.trim_end());
        match id {
            Some(id) if is_id(id) => {
                id.clone_into(&mut message);
                id.clone_into(&mut current);
                texts.entry(current.clone()).or_default();
            }
            Some(id) if id.trim_start().strip_prefix('.').is_some_and(is_id) => {
                current = format!("{message}{}", id.trim_start());
                texts.entry(current.clone()).or_default();
            }
            _ => {}
        }
        if let Some(arguments) = texts.get_mut(&current) {
            arguments.extend(arguments_of(line));
        }
    }
    texts
}

fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn arguments_of(line: &str) -> impl Iterator<Item = String> {
    let name = |rest: &str| {
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
            .collect()
    };
    line.split('$').skip(1).map(name)
}

/// Ids that one language lacks, or whose arguments differ.
pub(super) fn languages() -> Outcome<Vec<String>> {
    let (english, french) = (load("en")?, load("fr")?);
    Ok(differences(&english, &french))
}

fn differences(english: &Texts, french: &Texts) -> Vec<String> {
    let ids: BTreeSet<&String> = english.keys().chain(french.keys()).collect();
    let wrong = |id: &&String| match (english.get(*id), french.get(*id)) {
        (Some(_), None) => Some(format!("{id}: not in fr.ftl")),
        (None, Some(_)) => Some(format!("{id}: not in en.ftl")),
        (Some(a), Some(b)) if a != b => Some(format!("{id}: the arguments differ")),
        _ => None,
    };
    ids.iter().filter_map(wrong).collect()
}

/// Ids that no source mentions, whole or as a form like `error-${code}`.
pub(super) fn unused() -> Outcome<Vec<String>> {
    let mut code = String::new();
    for path in sources(&place::ui().join("src"), &[".ts", ".svelte"]) {
        if !path.ends_with("i18n/ids.ts") {
            code.push_str(&fs::read_to_string(&path).map_err(|error| error.to_string())?);
        }
    }
    let used = mentioned(&code);
    let beginnings: Vec<String> = used
        .iter()
        .filter_map(|id| id.strip_suffix("${").map(str::to_owned))
        .collect();
    let texts = load("en")?;
    let ids: BTreeSet<&str> = texts
        .keys()
        .map(|id| id.split('.').next().unwrap_or(id))
        .collect();
    let is_used = |id: &str| {
        used.contains(id)
            || beginnings
                .iter()
                .any(|b| !b.is_empty() && id.starts_with(b.as_str()))
    };
    Ok(ids
        .into_iter()
        .filter(|id| !is_used(id))
        .map(|id| format!("{id} is not used"))
        .collect())
}

/// Every piece of the code between quotes, and the beginnings of templates up to `${`.
fn mentioned(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for piece in code.split(['"', '\'', '`']) {
        let beginning = piece.split_inclusive("${").next().unwrap_or(piece);
        found.insert(beginning.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_attributes_and_arguments_are_read() {
        let texts = parse(
            "# c = d\na-b = Hi { $name }\n    .title = T { $n ->\n        [one] x\n       *[other] { $m }\n    }\nplain = x = y\n",
        );
        let arguments = |id: &str| {
            texts
                .get(id)
                .map(|set| set.iter().cloned().collect::<Vec<_>>().join(","))
        };
        assert_eq!(arguments("a-b"), Some("name".into()));
        assert_eq!(arguments("a-b.title"), Some("m,n".into()));
        assert_eq!(arguments("plain"), Some(String::new()));
        assert_eq!(texts.len(), 3);
    }

    #[test]
    fn missing_ids_and_other_arguments_are_named() {
        let found = differences(&parse("a = { $x }\nb = 1\n"), &parse("a = { $y }\nc = 1\n"));
        assert_eq!(
            found,
            ["a: the arguments differ", "b: not in fr.ftl", "c: not in en.ftl"]
        );
    }

    #[test]
    fn ids_are_found_whole_and_by_their_beginning() {
        let found = mentioned(r#"t("send-now"); t(`error-${code}`)"#);
        assert!(found.contains("send-now") && found.contains("error-${"));
    }
}
