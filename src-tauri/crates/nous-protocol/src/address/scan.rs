//! Runs of digits in a text.

/// A run of hexadecimal digits, in lower case, without what stood between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) digits: String,
}

/// How many digits an ID has.
const DIGITS: usize = 66;

/// Characters without width, and soft hyphens: dropped wherever they stand.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

/// Blanks, quotation marks and brackets around what was meant.
pub(super) fn surrounds(c: char) -> bool {
    is_blank(c)
        || matches!(
            c,
            '"' | '\'' | '`' | '«' | '»' | '‹' | '›' | '‘'
                ..='‟' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | '.'
        )
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// The digit that a character stands for: full-width forms count.
fn digit(c: char) -> Option<char> {
    let plain = match c {
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff26}' | '\u{ff41}'..='\u{ff46}' => {
            u32::from(c).checked_sub(0xfee0).and_then(char::from_u32)?
        }
        _ => c,
    };
    plain.is_ascii_hexdigit().then(|| plain.to_ascii_lowercase())
}

/// A stretch of letters and digits, and whether only blanks, hyphens or the marks of quoted
/// lines stand between it and the one before.
struct Token {
    text: String,
    joined: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let (mut inside, mut joinable) = (false, false);
    for c in text.chars() {
        if c.is_alphanumeric() || c == '_' {
            if !inside {
                tokens.push(Token {
                    text: String::new(),
                    joined: joinable,
                });
            }
            if let Some(token) = tokens.last_mut() {
                token.text.push(c);
            }
            (inside, joinable) = (true, true);
        } else {
            inside = false;
            joinable = joinable && (is_blank(c) || matches!(c, '-' | '\u{2010}' | '\u{2011}' | '>' | '|'));
        }
    }
    tokens
}

/// The letters of a token as digits, if all of them are.
fn all_digits(token: &Token) -> Option<String> {
    token.text.chars().map(digit).collect()
}

/// Every run of digits that may be an ID. Runs broken by blanks are joined, and a long run is
/// cut where one ID ends and another begins.
pub(super) fn candidates(text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut run: Vec<String> = Vec::new();
    for token in tokens(text) {
        if !token.joined {
            close(&mut run, &mut found);
        }
        match all_digits(&token) {
            Some(digits) => run.push(digits),
            None => {
                close(&mut run, &mut found);
                found.extend(glued(&token.text).map(|digits| Candidate { digits }));
            }
        }
    }
    close(&mut run, &mut found);
    found
}

/// An ID that has other letters stuck to it, as in `x05ab…`: 66 digits between letters that
/// are none.
fn glued(word: &str) -> Option<String> {
    let digits: String = word.chars().map(|c| digit(c).unwrap_or(' ')).collect();
    digits
        .split(' ')
        .find(|part| part.len() == DIGITS)
        .map(ToOwned::to_owned)
}

fn begins_like_an_id(digits: &str) -> bool {
    ["05", "03", "15", "25"]
        .iter()
        .any(|prefix| digits.starts_with(prefix))
}

/// Whether the pieces together begin like an ID: its two digits may be broken apart.
fn begin_like_an_id(pieces: &[String]) -> bool {
    let prefix: String = pieces.iter().flat_map(|piece| piece.chars()).take(2).collect();
    begins_like_an_id(&prefix)
}

/// Ends a run of pieces: IDs made of whole pieces first, then the digits as one.
fn close(run: &mut Vec<String>, found: &mut Vec<Candidate>) {
    let pieces = std::mem::take(run);
    let mut rest = pieces.as_slice();
    let before = found.len();
    while let [first, after @ ..] = rest {
        match leading_id(rest) {
            Some((ids, next)) => {
                found.extend(ids.into_iter().map(|digits| Candidate { digits }));
                rest = next;
            }
            None => {
                if first.len() == DIGITS {
                    found.push(Candidate {
                        digits: first.clone(),
                    });
                }
                rest = after;
            }
        }
    }
    if found.len() == before && !pieces.is_empty() {
        // No ID in it: the longest way of reading it, so that its length can be told.
        let joined = pieces.concat();
        let digits = (0..pieces.len())
            .filter_map(|start| pieces.get(start..))
            .find(|rest| begin_like_an_id(rest))
            .map_or(joined, <[String]>::concat);
        found.push(Candidate { digits });
    }
}

/// The IDs that the first pieces make together, and the pieces after them. Several may be
/// written without anything between them.
fn leading_id(pieces: &[String]) -> Option<(Vec<String>, &[String])> {
    if !begin_like_an_id(pieces) {
        return None;
    }
    let mut joined = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        joined.push_str(piece);
        if joined.len() < DIGITS {
            continue;
        }
        let ids: Vec<String> = cut(&joined);
        let whole = joined.len().is_multiple_of(DIGITS) && ids.iter().all(|id| begins_like_an_id(id));
        let after = pieces.get(index.saturating_add(1)..).unwrap_or_default();
        return whole.then_some((ids, after));
    }
    None
}

/// Pieces of 66 digits.
fn cut(digits: &str) -> Vec<String> {
    let letters: Vec<char> = digits.chars().collect();
    letters
        .chunks(DIGITS)
        .map(|chunk| chunk.iter().collect())
        .collect()
}

/// Stretches without blanks, quotation marks or link parts, and the whole without blanks.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|c: char| is_blank(c) || matches!(c, '/' | ':' | '?' | '=' | '&' | '#'))
        .map(|word| word.trim_matches(surrounds).to_owned())
        .collect();
    words.push(text.chars().filter(|c| !surrounds(*c)).collect());
    words
}
