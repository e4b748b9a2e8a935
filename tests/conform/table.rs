//! The table of operations, and how an answer is compared with the recorded one.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{anyhow, bail};
use serde_json::{Map, Value};

use crate::fields::MissingField;

/// Computes the `out` of a case from its `in`. An error means that the operation failed,
/// which is right where the recorded answer is an error.
pub(crate) type Operation = fn(&Value) -> anyhow::Result<Value>;

/// Brings an answer, recorded or computed, into the form that is compared; gets the `in` of
/// the case too.
pub(crate) type Normal = fn(&Value, Value) -> anyhow::Result<Value>;

/// The same for a case that needs others of its file; gets the file too.
pub(crate) type InFile = fn(&Value, &Value) -> anyhow::Result<Value>;

/// Runs a case that counts as several: gets the whole file (for what stands beside
/// `cases`) and the case, and gives one result for each step.
pub(crate) type Scenario = fn(&Value, &Value) -> Vec<anyhow::Result<()>>;

enum Entry {
    Operation(Operation, Option<Normal>),
    InFile(InFile),
    Scenario(Scenario),
}

/// Name of the operation → how it is run.
#[derive(Default)]
pub(crate) struct Table(BTreeMap<&'static str, Entry>);

/// How many cases passed and failed.
#[derive(Default)]
pub(crate) struct Tally {
    /// Cases that agreed.
    pub(crate) passed: usize,
    /// Cases that did not, or whose operation is unknown.
    pub(crate) failed: usize,
}

impl Tally {
    /// Counts one case.
    pub(crate) fn count(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    /// Adds the counts of another file.
    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Table {
    /// Adds an operation whose answer is compared with `out`.
    pub(crate) fn operation(&mut self, name: &'static str, run: Operation) {
        self.0.insert(name, Entry::Operation(run, None));
    }

    /// Adds an operation whose answer and `out` are brought into one form before they are
    /// compared.
    pub(crate) fn normalised(&mut self, name: &'static str, run: Operation, normal: Normal) {
        self.0.insert(name, Entry::Operation(run, Some(normal)));
    }

    /// Adds an operation that looks at other cases of its file.
    pub(crate) fn in_file(&mut self, name: &'static str, run: InFile) {
        self.0.insert(name, Entry::InFile(run));
    }

    /// Adds an operation whose every step counts as a case.
    pub(crate) fn scenario(&mut self, name: &'static str, run: Scenario) {
        self.0.insert(name, Entry::Scenario(run));
    }

    /// Runs one case: its operation's name, and one result for each case counted.
    pub(crate) fn run<'a>(&self, file: &Value, case: &'a Value) -> (&'a str, Vec<anyhow::Result<()>>) {
        let op = case.get("op").and_then(Value::as_str).unwrap_or("(none)");
        let work = || match self.0.get(op) {
            None => vec![Err(anyhow!("unknown operation"))],
            Some(Entry::Operation(run, normal)) => vec![run_operation(*run, *normal, case)],
            Some(Entry::InFile(run)) => vec![run_operation(|input| run(file, input), None, case)],
            Some(Entry::Scenario(run)) => run(file, case),
        };
        let results = catch_unwind(AssertUnwindSafe(work));
        (op, results.unwrap_or_else(|_| vec![Err(anyhow!("panicked"))]))
    }
}

fn run_operation(
    run: impl Fn(&Value) -> anyhow::Result<Value>,
    normal: Option<Normal>,
    case: &Value,
) -> anyhow::Result<()> {
    let input = case.get("in").ok_or_else(|| anyhow!("no input"))?;
    let expected = case
        .get("out")
        .and_then(Value::as_object)
        .ok_or_else(|| anyhow!("no answer recorded"))?;
    match (expected.contains_key("error"), run(input)) {
        // A field that this runner misses is no failure of the operation.
        (true, Err(error)) if error.is::<MissingField>() => Err(error),
        (true, Err(_)) => Ok(()),
        (true, Ok(_)) => bail!("must fail, but did not"),
        (false, Err(error)) => Err(error),
        (false, Ok(actual)) => match normal {
            None => compare(expected, &actual),
            Some(normal) => {
                let expected = normal(input, Value::Object(expected.clone()))?;
                let expected = expected.as_object().cloned().unwrap_or_default();
                compare(&expected, &normal(input, actual)?)
            }
        },
    }
}

/// Compares every recorded key but those for readers.
fn compare(expected: &Map<String, Value>, actual: &Value) -> anyhow::Result<()> {
    for (key, wanted) in expected {
        if is_note(key) {
            continue;
        }
        match actual.get(key) {
            None => bail!("no `{key}` in the answer"),
            Some(found) if without_notes(found) != without_notes(wanted) => {
                bail!("`{key}` is {}, not {}", short(found), short(wanted))
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Without the keys for readers inside.
fn without_notes(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(key, _)| !is_note(key));
            let kept = kept.map(|(key, value)| (key.clone(), without_notes(value)));
            Value::Object(kept.collect())
        }
        other => other.clone(),
    }
}

/// Whether a key is for readers.
fn is_note(key: &str) -> bool {
    key.ends_with("_text") || key == "note"
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}… ({} bytes)", text.get(..end).unwrap_or(""), text.len()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn twice(input: &Value) -> anyhow::Result<Value> {
        let number = input["n"].as_u64().ok_or_else(|| anyhow!("no number"))?;
        Ok(json!({ "n": number * 2 }))
    }

    fn agrees(case: &Value) -> bool {
        let mut table = Table::default();
        table.operation("twice", twice);
        table.run(&Value::Null, case).1.iter().all(Result::is_ok)
    }

    #[test]
    fn an_equal_answer_passes_and_another_fails() {
        assert!(agrees(
            &json!({ "op": "twice", "in": { "n": 2 }, "out": { "n": 4 } })
        ));
        assert!(!agrees(
            &json!({ "op": "twice", "in": { "n": 2 }, "out": { "n": 5 } })
        ));
    }

    #[test]
    fn a_missing_key_fails_and_keys_for_readers_are_left_out() {
        assert!(!agrees(
            &json!({ "op": "twice", "in": { "n": 2 }, "out": { "m": 4 } })
        ));
        let out = json!({ "n": 4, "note": "x", "n_text": "four" });
        assert!(agrees(&json!({ "op": "twice", "in": { "n": 2 }, "out": out })));
    }

    #[test]
    fn a_recorded_error_must_be_an_error() {
        assert!(agrees(
            &json!({ "op": "twice", "in": {}, "out": { "error": true } })
        ));
        assert!(!agrees(
            &json!({ "op": "twice", "in": { "n": 1 }, "out": { "error": true } })
        ));
    }

    #[test]
    fn a_field_that_the_runner_misses_is_no_recorded_error() {
        fn reads(input: &Value) -> anyhow::Result<Value> {
            crate::fields::bytes(input, "data").map(|_| json!({}))
        }
        let mut table = Table::default();
        table.operation("reads", reads);
        let passes = |input: Value| {
            let case = json!({ "op": "reads", "in": input, "out": { "error": true } });
            table.run(&Value::Null, &case).1.iter().all(Result::is_ok)
        };
        assert!(!passes(json!({})));
        assert!(passes(json!({ "data": "not hex" })));
    }

    #[test]
    fn an_unknown_operation_fails_even_where_an_error_is_recorded() {
        assert!(!agrees(
            &json!({ "op": "thrice", "in": {}, "out": { "error": true } })
        ));
    }
}
