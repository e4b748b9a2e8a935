//! The built programs, measured from outside and in their window.

use std::path::PathBuf;
use std::process::Command;

use super::budgets::{self, Source};
use super::report::{Figure, Unit};
use crate::{Outcome, app, command, place};

/// Builds what is needed as it is shipped, and measures it.
///
/// # Errors
/// A sentence, when something does not build or cannot be measured.
pub(super) fn measure(filter: Option<&str>) -> Outcome<Vec<Figure>> {
    let names = budgets::wanted(Source::Program, filter);
    let mut figures = Vec::new();
    if !names.is_empty() {
        app::build_ui()?;
        figures.extend(run(&names, &Programs::build()?)?);
    }
    if !budgets::wanted(Source::Script, filter).is_empty() {
        app::build_ui()?;
        figures.extend(script()?);
    }
    Ok(figures)
}

struct Programs {
    app: PathBuf,
    cli: PathBuf,
    bare: PathBuf,
}

impl Programs {
    fn build() -> Outcome<Self> {
        let app = app::build(true)?;
        command::run(&mut command::cargo(&[
            "build",
            "--release",
            "--package",
            "nous-cli",
        ]))?;
        let example = [
            "build",
            "--release",
            "--package",
            "entre-nous",
            "--example",
            "bare_window",
        ];
        command::run(&mut command::cargo(&example))?;
        let release = place::target().join("release");
        Ok(Self {
            app,
            cli: release.join("nous-cli"),
            bare: release.join("examples/bare_window"),
        })
    }
}

/// Runs the bench of the test package on a message bus of its own.
fn run(names: &[&str], programs: &Programs) -> Outcome<Vec<Figure>> {
    // As it is shipped: the engine also runs in what measures.
    let cargo = command::cargo(&[
        "bench",
        "--profile",
        "release",
        "--package",
        "nous-tests",
        "--bench",
        "budgets",
        "--",
    ]);
    let mut session = Command::new("dbus-run-session");
    command::cargo_inside(session.arg("--"), &cargo);
    session
        .args(names)
        // Profiles that are made there do not wait for a keyring.
        .env("ENTRE_NOUS_KEYRING", "off")
        .env("ENTRE_NOUS_BINARY", &programs.app)
        .env("NOUS_CLI_BINARY", &programs.cli)
        .env("BARE_WINDOW_BINARY", &programs.bare);
    let (text, is_good) = command::watch(&mut session)?;
    if is_good {
        Ok(text.lines().filter_map(figure).collect())
    } else {
        Err("the programs could not be measured to the end".to_owned())
    }
}

/// Reads `figure⇥name⇥unit⇥values`.
fn figure(line: &str) -> Option<Figure> {
    let mut fields = line.split('\t');
    if fields.next()? != "figure" {
        return None;
    }
    let (name, (unit, factor)) = (fields.next()?, unit(fields.next()?)?);
    let values: Option<Vec<f64>> = fields
        .next()?
        .split(' ')
        .map(|value| Some(value.parse::<f64>().ok()? * factor))
        .collect();
    Figure::of(name, unit, &values?)
}

fn unit(word: &str) -> Option<(Unit, f64)> {
    match word {
        "ms" => Some((Unit::Time, 1e6)),
        "MB" => Some((Unit::Size, 1e6)),
        "%" => Some((Unit::Percent, 1.0)),
        "/s" => Some((Unit::Rate, 1.0)),
        "frames" => Some((Unit::Count, 1.0)),
        _ => None,
    }
}

/// The size of the screens' script.
fn script() -> Outcome<Option<Figure>> {
    let (text, _) = command::watch(&mut command::npm(&["run", "--silent", "size"]))?;
    let kilobytes = text.lines().find_map(|line| {
        line.strip_prefix("scripts ")?
            .split(' ')
            .next()?
            .parse::<f64>()
            .ok()
    });
    let size = kilobytes.ok_or("the size of the scripts is not known")? * 1e3;
    Ok(Figure::of("script of the main window, gzip", Unit::Size, &[size]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_figures_are_read_and_others_passed_over() {
        let read = figure("figure\tstart\tms\t1.5 2.5 0.5").expect("a figure");
        assert_eq!(
            (read.name.as_str(), read.median, read.least, read.most),
            ("start", 1.5e6, 0.5e6, 2.5e6)
        );
        assert!(figure("start 5").is_none());
        assert!(figure("figure\tstart\tfurlongs\t1").is_none());
    }
}
