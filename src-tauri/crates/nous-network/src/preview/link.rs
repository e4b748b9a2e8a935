//! Which links are looked at. Pure.
//!
//! A link that could mislead, or that leads to no site of the public net, is left alone.
//!
//! Source: `messages.md` §13.

use url::{Host, Url};

/// The longest link, in code points.
const LONGEST: usize = 4_096;
const SCHEME: &str = "https://";
/// Names that no server of the public net knows: asking for them only tells who asks.
const NOT_OF_THE_NET: [&str; 5] = ["internal", "local", "localhost", "loki", "onion"];

/// Reads a link as it stands in a text; `None` if it is not one to look at: not `https`, with a
/// name and password, longer than 4,096 characters, with a host of one label or with an address in
/// its place, with `%` or letters of several kinds in the host, or with signs behind the host that
/// belong in no link.
#[must_use]
pub fn parse(text: &str) -> Option<Url> {
    let is_https = text.get(..SCHEME.len())?.eq_ignore_ascii_case(SCHEME);
    if !is_https || text.chars().count() > LONGEST {
        return None;
    }
    let rest = text.get(SCHEME.len()..)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at_checked(end)?;
    if !is_plain_host(authority) || !behind.bytes().all(is_of_links) {
        return None;
    }
    Url::parse(text).ok().filter(may_visit)
}

/// Whether an address, wherever it comes from, is one that is asked: `https`, a name of several
/// labels, and nobody's password.
#[must_use]
pub fn may_visit(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else {
        return false;
    };
    let has_user = !url.username().is_empty() || url.password().is_some();
    url.scheme() == "https" && !has_user && is_name(host)
}

/// Whether a host has several labels, none of them empty, and is of the net.
fn is_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let mut labels = host.rsplit('.');
    let last = labels.next().unwrap_or_default().to_ascii_lowercase();
    let has_more = labels.clone().next().is_some();
    has_more
        && !last.is_empty()
        && labels.all(|label| !label.is_empty())
        && !NOT_OF_THE_NET.contains(&last.as_str())
}

/// Whether host and port mislead nobody.
fn is_plain_host(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) => return false,
        None => authority,
    };
    let has_ascii = host.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let is_mixed = has_ascii && !host.is_ascii();
    // Letters that are written in ASCII are others on the screen.
    let is_encoded = host.split('.').any(|label| {
        label
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    });
    let is_strange = host.contains(['@', '%', '[', ']', '\\']) || host.chars().any(char::is_whitespace);
    !is_mixed && !is_encoded && !is_strange && is_name(host)
}

/// Whether a byte may stand behind the host.
///
/// Source: RFC 3986 §2.
const fn is_of_links(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b':'
                | b'/'
                | b'?'
                | b'#'
                | b'['
                | b']'
                | b'@'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b'%'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_sites_are_looked_at() {
        for link in [
            "https://example.org",
            "HTTPS://Example.org/a_(b)?c=d&e=%C3%A9#f",
            "https://a.b.example.org:8443/",
            "https://example.org./",
            "https://пример.испытание/",
        ] {
            assert!(parse(link).is_some(), "{link}");
        }
    }

    #[test]
    fn links_that_mislead_are_not() {
        for link in [
            "http://example.org/",
            "ftp://example.org/",
            "example.org",
            "https://",
            "https:///a",
            "https://me@example.org/",
            "https://me:secret@example.org/",
            "https://example/",
            "https://example./",
            "https://ex%61mple.org/",
            "https://exаmple.org/",
            "https://xn--exmple-4nf.org/",
            "https://example.org/\u{202e}a",
            "https://example.org/é",
            "https://example.org\\@evil.example/",
            "https://example..org/",
            "https://example.org:a/",
        ] {
            assert!(parse(link).is_none(), "{link}");
        }
        let long = format!("https://example.org/{}", "a".repeat(LONGEST));
        assert!(parse(&long).is_none());
    }

    #[test]
    fn addresses_and_names_of_no_site_are_not() {
        for link in [
            "https://127.0.0.1/",
            "https://8.8.8.8/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[2606:4700::1111]/",
            "https://localhost/",
            "https://printer.local/",
            "https://a.localhost/",
            "https://abc.onion/",
            "https://abc.loki/",
        ] {
            assert!(parse(link).is_none(), "{link}");
        }
    }

    #[test]
    fn redirects_are_looked_at_like_links() {
        let may = |text: &str| Url::parse(text).is_ok_and(|url| may_visit(&url));
        assert!(may("https://xn--e1afmkfd.xn--80akhbyknj4f/"));
        for refused in [
            "http://example.org/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://me@example.org/",
            "data:text/html,x",
            "file:///etc/passwd",
        ] {
            assert!(!may(refused), "{refused}");
        }
    }
}
