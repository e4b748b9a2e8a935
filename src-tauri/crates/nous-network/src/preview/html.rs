//! Title and pictures in the head of a page. Pure, and no more of HTML than that.
//!
//! A page may hold anything: this only walks over tags, and never reads further than it was given.

/// What the head of a page says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Head {
    /// In one line, at most [`LONGEST_TITLE`] code points.
    pub(super) title: Option<String>,
    /// Addresses of pictures as they stand there, the best first.
    pub(super) pictures: Vec<String>,
}

/// The longest title, in code points.
const LONGEST_TITLE: usize = 200;
/// The longest address of a picture, in bytes.
const LONGEST_ADDRESS: usize = 4_096;
/// The most attributes of a tag that are read.
const MOST_ATTRIBUTES: usize = 32;

/// A page's bytes as text. `content_type`: what its server says, in lower case.
pub(super) fn text_of(bytes: &[u8], content_type: &str) -> String {
    let start = bytes.get(..1_024).unwrap_or(bytes);
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let said = charset(content_type).or_else(|| charset(&start));
    match said {
        Some("iso-8859-1" | "latin1" | "iso-8859-15" | "windows-1252" | "cp1252") => {
            bytes.iter().map(|byte| western(*byte)).collect()
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// What stands behind `charset=`.
fn charset(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("charset=")?;
    let rest = rest.trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    rest.get(..end.unwrap_or(rest.len()))
}

/// A letter of Windows-1252, which pages mean when they say Latin-1.
fn western(byte: u8) -> char {
    const FROM_0X80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let place = usize::from(byte).checked_sub(0x80);
    place
        .and_then(|place| FROM_0X80.get(place).copied())
        .unwrap_or(char::from(byte))
}

/// How good a word of a page is for a title or a picture; the smaller, the better.
type Rank = u8;

/// Reads the head of a page.
pub(super) fn head_of(page: &str) -> Head {
    let mut titles: Vec<(Rank, String)> = Vec::new();
    let mut pictures: Vec<(Rank, String)> = Vec::new();
    let mut rest = page;
    while let Some(tag) = next_tag(&mut rest) {
        match tag.name.as_str() {
            "meta" => {
                let Some(content) = tag.value("content") else {
                    continue;
                };
                let said = tag.value("property").or_else(|| tag.value("name"));
                let said = said.unwrap_or_default().to_ascii_lowercase();
                if let Some(rank) = rank_of_title(&said) {
                    titles.push((rank, content.to_owned()));
                } else if let Some(rank) = rank_of_picture(&said) {
                    pictures.push((rank, content.to_owned()));
                }
            }
            "link" => {
                let kind = tag.value("rel").unwrap_or_default().to_ascii_lowercase();
                if let (Some(rank), Some(address)) = (rank_of_link(&kind), tag.value("href")) {
                    pictures.push((rank, address.to_owned()));
                }
            }
            "title" => titles.push((2, inside(&mut rest, "title").to_owned())),
            "script" | "style" | "noscript" | "template" | "svg" => {
                inside(&mut rest, &tag.name);
            }
            "body" | "/head" => break,
            _ => {}
        }
    }
    // Of equal ones the first counts.
    titles.sort_by_key(|(rank, _)| *rank);
    pictures.sort_by_key(|(rank, _)| *rank);
    let title = titles.iter().map(|(_, title)| line(title));
    let pictures = pictures
        .iter()
        .filter(|(_, address)| address.len() <= LONGEST_ADDRESS)
        .map(|(_, address)| plain(address).trim().to_owned());
    Head {
        title: title.into_iter().find(|title| !title.is_empty()),
        pictures: pictures.filter(|address| !address.is_empty()).collect(),
    }
}

fn rank_of_title(said: &str) -> Option<Rank> {
    match said {
        "og:title" => Some(0),
        "twitter:title" => Some(1),
        _ => None,
    }
}

fn rank_of_picture(said: &str) -> Option<Rank> {
    match said {
        "og:image" | "og:image:secure_url" | "og:image:url" => Some(0),
        "twitter:image" | "twitter:image:src" => Some(1),
        _ => None,
    }
}

fn rank_of_link(kind: &str) -> Option<Rank> {
    let is = |wanted: &str| kind.split_ascii_whitespace().any(|word| word == wanted);
    if is("image_src") {
        Some(2)
    } else if is("apple-touch-icon") || is("apple-touch-icon-precomposed") {
        Some(3)
    } else if is("icon") {
        Some(4)
    } else {
        None
    }
}

/// A tag, its name in lower case; of an end tag with the stroke.
#[derive(Debug, PartialEq, Eq)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn value(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The next tag; `rest` stands behind it.
fn next_tag(rest: &mut &str) -> Option<Tag> {
    loop {
        let (_, behind) = rest.split_once('<')?;
        *rest = behind;
        if let Some(comment) = behind.strip_prefix("!--") {
            let (_, behind) = comment.split_once("-->")?;
            *rest = behind;
            continue;
        }
        let end = behind
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '/' || c == '-'))
            .unwrap_or(behind.len());
        let name = behind.get(..end).unwrap_or_default();
        let first = name.trim_start_matches('/').chars().next();
        // Anything else is a sign of its own.
        if !first.is_some_and(|c| c.is_ascii_alphabetic()) {
            continue;
        }
        let is_end = name.starts_with('/');
        let bare = name.trim_matches('/').to_ascii_lowercase();
        *rest = behind.get(end..).unwrap_or_default();
        return Some(Tag {
            name: if is_end { format!("/{bare}") } else { bare },
            attributes: attributes(rest),
        });
    }
}

/// The attributes up to the end of the tag; `rest` stands behind that.
fn attributes(rest: &mut &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        *rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(behind) = rest.strip_prefix('>') {
            *rest = behind;
            return found;
        }
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'));
        // A value without a name, or a sign that belongs nowhere.
        let end = end.unwrap_or(rest.len()).max(usize::from(rest.starts_with('=')));
        let (name, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        *rest = behind;
        let value = value(rest);
        if found.len() < MOST_ATTRIBUTES {
            found.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
}

/// The value behind a name, if there is one; `rest` stands behind it.
fn value<'t>(rest: &mut &'t str) -> &'t str {
    let Some(behind) = rest.trim_ascii_start().strip_prefix('=') else {
        return "";
    };
    let behind = behind.trim_ascii_start();
    for quote in ['"', '\''] {
        if let Some(inside) = behind.strip_prefix(quote) {
            let (value, behind) = inside.split_once(quote).unwrap_or((inside, ""));
            *rest = behind;
            return value;
        }
    }
    let end = behind.find(|c: char| c.is_ascii_whitespace() || c == '>');
    let (value, behind) = behind
        .split_at_checked(end.unwrap_or(behind.len()))
        .unwrap_or((behind, ""));
    *rest = behind;
    value
}

/// What stands in an element that holds no tags; `rest` stands behind it, or at the end of the page.
fn inside<'t>(rest: &mut &'t str, name: &str) -> &'t str {
    let whole = *rest;
    let ends = whole.match_indices("</").map(|(at, _)| at);
    let is_end = |at: &usize| {
        let named = whole.get(at + 2..at + 2 + name.len());
        named.is_some_and(|named| named.eq_ignore_ascii_case(name))
    };
    let end = ends.into_iter().find(is_end).unwrap_or(whole.len());
    let (text, behind) = whole.split_at_checked(end).unwrap_or((whole, ""));
    *rest = behind;
    text
}

/// A text in one line, without what stands for signs, and cut.
fn line(text: &str) -> String {
    let plain = plain(text);
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_TITLE).collect()
}

/// Signs in the place of what stands for them.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        plain.push_str(before);
        // No name is longer.
        let end = behind.char_indices().take(10).find(|(_, c)| *c == ';');
        let named = end.and_then(|(end, _)| Some((sign(behind.get(..end)?)?, behind.get(end + 1..)?)));
        if let Some((sign, behind)) = named {
            plain.push(sign);
            rest = behind;
        } else {
            plain.push('&');
            rest = behind;
        }
    }
    plain.push_str(rest);
    plain
}

/// The sign of a name, or of a number.
fn sign(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(number).filter(|sign| *sign != '\0');
    }
    let found = NAMED.iter().find(|(one, _)| *one == name);
    found.map(|(_, sign)| *sign)
}

/// Those that stand in titles of pages in our languages.
const NAMED: [(&str, char); 47] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("middot", '·'),
    ("bull", '•'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("euro", '€'),
    ("deg", '°'),
    ("times", '×'),
    ("agrave", 'à'),
    ("acirc", 'â'),
    ("auml", 'ä'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("icirc", 'î'),
    ("iuml", 'ï'),
    ("ocirc", 'ô'),
    ("ouml", 'ö'),
    ("ugrave", 'ù'),
    ("ucirc", 'û'),
    ("uuml", 'ü'),
    ("oelig", 'œ'),
    ("aelig", 'æ'),
    ("szlig", 'ß'),
    ("ntilde", 'ñ'),
    ("Agrave", 'À'),
    ("Ccedil", 'Ç'),
    ("Egrave", 'È'),
    ("Eacute", 'É'),
    ("OElig", 'Œ'),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn title(page: &str) -> Option<String> {
        head_of(page).title
    }

    #[test]
    fn what_a_page_says_for_previews_goes_before_its_title() {
        let page = r#"<!doctype html><html><head>
            <title>Site &ndash; page</title>
            <meta name="twitter:title" content="For birds">
            <meta property='og:title' content='For  everybody &amp; &quot;all&quot;'/>
            <meta content="https://cdn.test/a.png" property="og:image">
            <meta name=twitter:image content=/b.png>
            <link rel="shortcut icon" href="/favicon.ico">
            <link rel="apple-touch-icon" href="touch.png">
            </head><body><meta property="og:title" content="no"></body>"#;
        let head = head_of(page);
        assert_eq!(head.title.as_deref(), Some("For everybody & \"all\""));
        assert_eq!(
            head.pictures,
            ["https://cdn.test/a.png", "/b.png", "touch.png", "/favicon.ico"]
        );
    }

    #[test]
    fn a_title_is_one_line_of_signs() {
        assert_eq!(
            title("<TITLE>\n D&eacute;j&#224;\t vu &#x2014; &unknown; &</TITLE>").as_deref(),
            Some("Déjà vu — &unknown; &")
        );
        assert_eq!(title("<title></title>"), None);
        assert_eq!(title("<title> &#0; "), Some("&#0;".to_owned()));
        let long = format!("<title>{}</title>", "é".repeat(5_000));
        assert_eq!(
            title(&long).map(|title| title.chars().count()),
            Some(LONGEST_TITLE)
        );
    }

    #[test]
    fn scripts_styles_and_comments_say_nothing() {
        let page = r#"<script>var a = "<title>no</title>";</script><style>a{}</style>
            <!-- <title>no</title> --><title>yes</title>"#;
        assert_eq!(title(page).as_deref(), Some("yes"));
    }

    #[test]
    fn pages_that_are_cut_or_broken_are_read_as_far_as_they_go() {
        for page in [
            "",
            "<",
            "<<",
            "<title",
            "<title>",
            "<meta content=",
            "<meta content=\"a",
            "<!--",
            "<a =b>",
            "<a ='",
            "</",
            "</ >",
            "<meta ==== >",
            "< title>",
            "<\u{e9}>",
            "&",
            "<title>&#xffffffff;</title>",
            "<script><title>a</title>",
        ] {
            let head = head_of(page);
            assert!(head.pictures.is_empty(), "{page}");
        }
        assert_eq!(title("<p class=<title>x</title>"), None);
        assert_eq!(
            title("<meta property=og:title content=short>").as_deref(),
            Some("short")
        );
    }

    #[test]
    fn old_pages_have_accents_too() {
        let bytes = b"<title>D\xe9j\xe0 vu \x96 caf\xe9</title>";
        let latin = text_of(bytes, "text/html; charset=iso-8859-1");
        assert_eq!(title(&latin).as_deref(), Some("Déjà vu – café"));
        let page = [b"<meta charset=\"windows-1252\">".as_slice(), bytes].concat();
        assert_eq!(
            title(&text_of(&page, "text/html")).as_deref(),
            Some("Déjà vu – café")
        );
        let utf8 = text_of("<title>é</title>".as_bytes(), "text/html; charset=\"utf-8\"");
        assert_eq!(title(&utf8).as_deref(), Some("é"));
    }
}
