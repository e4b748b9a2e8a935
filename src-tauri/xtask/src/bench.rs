//! Measuring, and long runs.
//!
//! | Module | What it does |
//! | --- | --- |
//! | `budgets` | what may take how long or be how large |
//! | `criterion` | runs the benches of the crates, reads what they wrote |
//! | `programs` | builds the app and measures it in its window |
//! | `report` | figures, the table, the JSON |

mod budgets;
mod criterion;
mod programs;
mod report;

use std::fs;

use crate::doctor::Purpose;
use crate::{Outcome, clock, command, place, setup, test};

use report::Figure;

/// Runs the benches of every crate that has some, then measures the built app; prints one
/// table, and writes it as JSON.
///
/// `filter`: a part of the names of what is wanted.
///
/// # Errors
/// A sentence, when something does not build or nothing was measured.
pub(crate) fn bench(filter: Option<&str>) -> Outcome {
    setup::prepare(Purpose::Test)?;
    let start = clock::now();
    let mut figures = criterion::measure(filter)?;
    figures.extend(programs::measure(filter)?);
    if figures.is_empty() {
        return Err("nothing was measured".to_owned());
    }
    let figures: Vec<Figure> = budgets::in_order(figures);
    let machine = report::machine();
    println!("\n{machine} · {:.0} s", start.elapsed().as_secs_f64());
    print!("{}", report::table(&figures));
    let file = place::target().join("bench.json");
    fs::write(&file, report::json(&machine, &figures))
        .map_err(|error| format!("{}: {error}", file.display()))?;
    println!("{}", file.display());
    Ok(())
}

/// Runs the soak test of the test package, as it is shipped.
///
/// # Errors
/// A sentence, when there is none or it fails.
pub(crate) fn soak(arguments: &[String]) -> Outcome {
    if !test::test_names()?.iter().any(|name| name == "soak") {
        return Err("the test package has no test `soak`".to_owned());
    }
    let mut cargo = command::cargo(&[
        "test",
        "--release",
        "--package",
        "nous-tests",
        "--test",
        "soak",
        "--",
        "--nocapture",
    ]);
    command::run(cargo.args(arguments))
}
