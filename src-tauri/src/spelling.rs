//! Spelling: the web engine checks it with the word lists of the system. Which field is checked is said
//! by the page, which follows the setting.
//!
//! Source: `product.md` §6.

use tauri::WebviewWindow;

/// What is checked where the system names no language.
const USUAL: &str = "en_US";

/// Lets the web engine check in the languages of the system. It does not by itself.
#[cfg(target_os = "linux")]
pub(crate) fn allow(window: &WebviewWindow) {
    use webkit2gtk::{WebContextExt, WebViewExt};

    let languages = languages(sys_locale::get_locales());
    let allowed = window.with_webview(move |webview| {
        if let Some(context) = webview.inner().context() {
            let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
            context.set_spell_checking_languages(&languages);
            context.set_spell_checking_enabled(true);
        }
    });
    if let Err(error) = allowed {
        tracing::warn!(%error, "spelling cannot be checked");
    }
}

/// Other engines check by themselves.
#[cfg(not(target_os = "linux"))]
pub(crate) const fn allow(_: &WebviewWindow) {}

/// The languages of the system as word lists are called: `fr_CA`, `fr`.
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "other engines ask the system")
)]
fn languages(system: impl Iterator<Item = String>) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for name in system.filter_map(|tag| word_list(&tag)) {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    if known.is_empty() {
        known.push(USUAL.to_owned());
    }
    known
}

/// The word list of a BCP 47 tag; `None` for what names no language, as `C` does.
fn word_list(tag: &str) -> Option<String> {
    let mut parts = tag.split(['-', '_', '.', '@']);
    let language = parts.next().filter(|part| is_of(part, 2..=3))?;
    let region = parts.find(|part| is_of(part, 2..=2));
    let language = language.to_ascii_lowercase();
    Some(region.map_or_else(
        || language.clone(),
        |region| format!("{language}_{}", region.to_ascii_uppercase()),
    ))
}

fn is_of(part: &str, letters: std::ops::RangeInclusive<usize>) -> bool {
    letters.contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tags: &[&str]) -> Vec<String> {
        languages(tags.iter().map(|tag| (*tag).to_owned()))
    }

    #[test]
    fn word_lists_are_called_as_the_languages_of_the_system() {
        assert_eq!(of(&["fr-CA", "en", "sr-Latn-RS"]), ["fr_CA", "en", "sr_RS"]);
        assert_eq!(of(&["fr-FR", "fr_FR"]), ["fr_FR"], "each once");
    }

    #[test]
    fn a_system_without_a_language_is_checked_in_the_usual_one() {
        let none: &[&str] = &[];
        for tags in [none, &["C"], &["POSIX", ""]] {
            assert_eq!(of(tags), [USUAL]);
        }
    }
}
