//! One line per result: JSON for scripts, words for people.

use std::io::{self, Write};

use serde_json::Value;

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints one object and flushes it, so that what was read is known to have left.
    pub(crate) fn line(self, object: &Value) -> io::Result<()> {
        let text = if self.json {
            object.to_string()
        } else {
            for_people(object)
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        out.flush()
    }

    /// Prints an error to standard error.
    pub(crate) fn failure(self, failure: &crate::exit::Failure) {
        let mut err = io::stderr().lock();
        // A closed standard error changes nothing about the exit code.
        let _ = if self.json {
            writeln!(
                err,
                "{}",
                serde_json::json!({ "error": failure.error, "message": failure.message })
            )
        } else {
            writeln!(err, "{}", failure.message)
        };
    }
}

/// `name: value` pairs on one line, without empty ones.
fn for_people(object: &Value) -> String {
    let Value::Object(fields) = object else {
        return plain(object);
    };
    let shown = fields.iter().filter(|(_, value)| !value.is_null());
    shown
        .map(|(name, value)| format!("{name}: {}", plain(value)))
        .collect::<Vec<_>>()
        .join("  ")
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), |text| text.replace('\n', " ⏎ "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_people_is_one_line_without_empty_fields() {
        let object = serde_json::json!({ "body": "one\ntwo", "error": null, "sentAt": 5 });
        assert_eq!(for_people(&object), "body: one ⏎ two  sentAt: 5");
    }
}
