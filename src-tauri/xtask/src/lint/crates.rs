//! Which crate may depend on which, read from `cargo tree`.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Outcome, command};

/// Our crates and those of ours that each may use (not counting tests).
const EDGES: &[(&str, &[&str])] = &[
    ("entre-nous", &["nous-api", "nous-localnet"]),
    ("nous-api", &["nous-client"]),
    ("nous-cli", &["nous-api", "nous-localnet"]),
    (
        "nous-client",
        &["nous-media", "nous-network", "nous-protocol", "nous-storage"],
    ),
    ("nous-localnet", &["nous-protocol"]),
    ("nous-media", &[]),
    ("nous-network", &["nous-protocol"]),
    ("nous-protocol", &[]),
    ("nous-storage", &["nous-protocol"]),
    ("xtask", &[]),
];

/// What must not be anywhere in the tree of a layer.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "nous-protocol",
        &[
            "tokio",
            "tracing",
            "reqwest",
            "hyper",
            "rusqlite",
            "tauri",
            "libc-print",
        ],
    ),
    (
        "nous-media",
        &["tokio", "tracing", "reqwest", "hyper", "rusqlite", "tauri"],
    ),
    ("nous-network", &["rusqlite", "tauri", "fluent"]),
    ("nous-storage", &["reqwest", "hyper", "tauri"]),
    ("nous-client", &["tauri", "fluent", "clap"]),
    ("nous-api", &["tauri", "clap"]),
    ("nous-localnet", &["rusqlite", "tauri"]),
];

/// What a crate must not use itself, though a crate below it does.
const NOT_DIRECTLY: &[(&str, &[&str])] = &[
    ("nous-client", &["rusqlite", "reqwest"]),
    ("nous-api", &["rusqlite"]),
    ("nous-cli", &["rusqlite"]),
];

/// Crates of which two versions in one tree would be two answers to one question.
const CRYPTO: &[&str] = &[
    "aes",
    "aes-gcm",
    "argon2",
    "blake2",
    "chacha20",
    "chacha20poly1305",
    "cipher",
    "curve25519-dalek",
    "digest",
    "ed25519-dalek",
    "hkdf",
    "hmac",
    "poly1305",
    "ring",
    "salsa20",
    "sha2",
    "subtle",
    "x25519-dalek",
    "zeroize",
];

/// The names and versions in the tree of a crate, itself left out.
fn tree(package: &str, is_direct: bool) -> Outcome<BTreeSet<(String, String)>> {
    let mut cargo = command::cargo(&[
        "tree",
        "--package",
        package,
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]);
    cargo.args(["--no-dedupe", "--format", "{p}"]);
    if is_direct {
        cargo.args(["--depth", "1"]);
    }
    let text = command::output(&mut cargo)?;
    Ok(parse(&text, package))
}

/// Reads lines of the form `name v1.2.3 (path)`.
fn parse(text: &str, package: &str) -> BTreeSet<(String, String)> {
    let pair = |line: &str| {
        let mut words = line.split(' ');
        Some((
            words.next()?.to_owned(),
            words.next()?.trim_start_matches('v').to_owned(),
        ))
    };
    text.lines()
        .filter_map(pair)
        .filter(|(name, _)| name != package)
        .collect()
}

fn is_ours(name: &str) -> bool {
    name.starts_with("nous-") || name == "entre-nous" || name == "xtask"
}

/// Edges between our crates that are not in the table.
pub(super) fn edges() -> Outcome<Vec<String>> {
    let mut against = Vec::new();
    for (package, allowed) in EDGES {
        for (name, _) in tree(package, true)? {
            if is_ours(&name) && !allowed.contains(&name.as_str()) {
                against.push(format!("{package} depends on {name}"));
            }
        }
    }
    Ok(against)
}

/// Crates in the tree of a layer that must not be there.
pub(super) fn forbidden() -> Outcome<Vec<String>> {
    let mut against = Vec::new();
    for (tables, is_direct) in [(FORBIDDEN, false), (NOT_DIRECTLY, true)] {
        for (package, forbidden) in tables {
            let tree = tree(package, is_direct)?;
            let found = tree.iter().filter(|(name, _)| forbidden.contains(&name.as_str()));
            against.extend(found.map(|(name, _)| format!("{package} holds {name}")));
        }
    }
    Ok(against)
}

/// Crypto crates that are there twice.
pub(super) fn duplicates() -> Outcome<Vec<String>> {
    let mut against = Vec::new();
    for package in ["nous-protocol", "nous-network", "nous-storage"] {
        against.extend(twice(&tree(package, false)?).map(|line| format!("{package}: {line}")));
    }
    Ok(against)
}

fn twice(tree: &BTreeSet<(String, String)>) -> impl Iterator<Item = String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, version) in tree.iter().filter(|(name, _)| CRYPTO.contains(&name.as_str())) {
        versions.entry(name).or_default().push(version);
    }
    let several: Vec<String> = versions
        .into_iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, versions)| format!("{name} {}", versions.join(" and ")))
        .collect();
    several.into_iter()
}

/// Shipped programs that link the test kit.
pub(super) fn test_kit() -> Outcome<Vec<String>> {
    let mut against = Vec::new();
    for package in ["entre-nous", "nous-cli"] {
        if tree(package, false)?
            .iter()
            .any(|(name, _)| name == "nous-testkit")
        {
            against.push(format!("{package} links nous-testkit"));
        }
    }
    Ok(against)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_versions_of_a_crypto_crate_are_found_and_of_others_not() {
        let text = "me v0.1.0 (/x)\nsha2 v0.10.9\nsha2 v0.11.0\nsyn v1.0.0\nsyn v2.0.0\nhmac v0.13.0 (*)\n";
        let found: Vec<String> = twice(&parse(text, "me")).collect();
        assert_eq!(found, ["sha2 0.10.9 and 0.11.0"]);
    }
}
