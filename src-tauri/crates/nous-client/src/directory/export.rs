//! A directory as a file for other programs, and as a page to print.
//!
//! Source: `product.md` §5.

use std::fmt::Write as _;

use nous_storage::directory::Entry;

use crate::qr;

/// The most entries of a page to print.
pub const MOST_PRINTED: usize = 1_000;

/// Texts of the page to print, in the person's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageTexts {
    /// The language as a BCP 47 tag.
    pub language: String,
    /// The heading.
    pub title: String,
    /// What an ID deserves.
    pub warning: String,
}

/// Whether a spreadsheet would take a cell for a formula.
pub(super) fn is_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r'])
}

/// A cell that no spreadsheet runs.
fn guarded(cell: &str) -> String {
    if is_formula(cell) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Entries as comma separated values with a line of headings. Begins with the mark of UTF-8,
/// without which spreadsheets spoil accents; cells that they would run begin with `'`.
#[must_use]
pub fn csv(entries: &[Entry]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    // Writing into memory cannot fail, and every row has three cells.
    let _ = writer.write_record(["name", "account_id", "note"]);
    for entry in entries {
        let _ = writer.write_record([
            guarded(&entry.name),
            entry.account.to_string(),
            guarded(&entry.note),
        ]);
    }
    writer.into_inner().unwrap_or_default()
}

/// Entries as a page to print (HTML without a script and without an address), each with the
/// QR code of its account ID.
///
/// `entries`: what is over [`MOST_PRINTED`] is left out.
#[must_use]
pub fn page(entries: &[Entry], texts: &PageTexts) -> String {
    let mut page = String::with_capacity(entries.len().min(MOST_PRINTED) * 8_192);
    let (language, title) = (escaped(&texts.language), escaped(&texts.title));
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{}</p>\n<ul>\n",
        escaped(&texts.warning)
    );
    for entry in entries.iter().take(MOST_PRINTED) {
        let id = entry.account.to_string();
        let name = if entry.name.is_empty() {
            entry.account.short()
        } else {
            entry.name.clone()
        };
        let _ = writeln!(
            page,
            "<li>{}<div><h2><bdi>{}</bdi></h2><code>{id}</code><p><bdi>{}</bdi></p></div></li>",
            qr::svg(&id),
            escaped(&name),
            escaped(&entry.note)
        );
    }
    page.push_str("</ul>\n</body>\n</html>\n");
    page
}

const STYLE: &str = "\
body{font:11pt/1.4 sans-serif;color:#000;background:#fff;margin:1.5cm}\
h1{font-size:16pt;margin:0 0 .5em}ul{list-style:none;margin:1em 0 0;padding:0}\
li{display:flex;gap:.6cm;padding:.4cm 0;border-top:1px solid #999;break-inside:avoid}\
svg{flex:none;width:2.8cm;height:2.8cm}li div{min-width:0}\
h2{font-size:12pt;margin:0 0 .2em}code{font:9.5pt/1.4 monospace;overflow-wrap:anywhere}p{margin:.3em 0 0}";

/// Text as HTML text or attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
