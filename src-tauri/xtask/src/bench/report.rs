//! Figures, the table, the JSON.

use std::fmt::Write as _;
use std::fs;

use crate::doctor;

/// What a figure counts; its values are in the smallest part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Nanoseconds.
    Time,
    /// Bytes.
    Size,
    /// Percent: of one core, of a size.
    Percent,
    /// Times a second.
    Rate,
    /// A number.
    Count,
}

impl Unit {
    const fn word(self) -> &'static str {
        match self {
            Self::Time => "ns",
            Self::Size => "bytes",
            Self::Percent => "percent",
            Self::Rate => "perSecond",
            Self::Count => "count",
        }
    }

    fn shown(self, value: f64) -> String {
        match self {
            Self::Time => match value {
                n if n < 1e3 => format!("{n:.1} ns"),
                n if n < 1e6 => format!("{:.2} µs", n / 1e3),
                n if n < 1e9 => format!("{:.2} ms", n / 1e6),
                n => format!("{:.2} s", n / 1e9),
            },
            Self::Size if value.abs() < 1e6 => format!("{:.1} kB", value / 1e3),
            Self::Size => format!("{:.1} MB", value / 1e6),
            Self::Percent => format!("{value:.2} %"),
            Self::Rate => format!("{value:.1}/s"),
            Self::Count => format!("{value:.0}"),
        }
    }
}

/// One figure.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) unit: Unit,
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
    /// The most that is allowed.
    pub(super) budget: Option<f64>,
}

impl Figure {
    /// The figure of these values; `None` without any.
    pub(super) fn of(name: &str, unit: Unit, values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let above = *sorted.get(middle)?;
        let median = match sorted.len() % 2 {
            0 => f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, above),
            _ => above,
        };
        Some(Self {
            name: name.to_owned(),
            unit,
            median,
            least: *sorted.first()?,
            most: *sorted.last()?,
            budget: None,
        })
    }

    /// Whether the median is over the budget; frames that should not be count one by one.
    fn is_over(&self) -> Option<bool> {
        let counts = match self.unit {
            Unit::Count => self.most,
            Unit::Time | Unit::Size | Unit::Percent | Unit::Rate => self.median,
        };
        self.budget.map(|budget| counts > budget)
    }
}

/// A line for each figure: name, median, least to most, budget, verdict.
pub(super) fn table(figures: &[Figure]) -> String {
    let mut text = format!(
        "{:<52} {:>11} {:>25} {:>11}\n",
        "", "median", "least – most", "budget"
    );
    for figure in figures {
        let shown = |value| figure.unit.shown(value);
        let span = format!("{} – {}", shown(figure.least), shown(figure.most));
        let verdict = match figure.is_over() {
            None => "",
            Some(false) => "ok",
            Some(true) => "OVER",
        };
        let line = format!(
            "{:<52} {:>11} {span:>25} {:>11} {verdict}",
            figure.name,
            shown(figure.median),
            figure.budget.map(shown).unwrap_or_default()
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Processor, its number of cores, memory, system.
pub(super) fn machine() -> String {
    let field = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with(key))
            .unwrap_or_default()
            .to_owned();
        line.split_once(':')
            .map_or_else(|| "?".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let kilobytes: u64 = field("/proc/meminfo", "MemTotal")
        .split(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    let memory = kilobytes / 1_000_000;
    format!(
        "{} · {cores} cores · {memory} GB · {}",
        field("/proc/cpuinfo", "model name"),
        doctor::system_name()
    )
}

/// The same for programs: times in nanoseconds, sizes in bytes.
pub(super) fn json(machine: &str, figures: &[Figure]) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut text = format!("{{\n  \"machine\": \"{}\",\n  \"figures\": [", escaped(machine));
    for (place, figure) in figures.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let none = || "null".to_owned();
        let _ = write!(
            text,
            "{comma}\n    {{ \"name\": \"{}\", \"unit\": \"{}\", \"median\": {:.3}, \"least\": {:.3}, \
             \"most\": {:.3}, \"budget\": {}, \"isOver\": {} }}",
            escaped(&figure.name),
            figure.unit.word(),
            figure.median,
            figure.least,
            figure.most,
            figure.budget.map_or_else(none, |budget| format!("{budget:.3}")),
            figure.is_over().map_or_else(none, |is_over| is_over.to_string())
        );
    }
    text.push_str("\n  ]\n}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(unit: Unit, values: &[f64], budget: f64) -> Figure {
        Figure {
            budget: Some(budget),
            ..Figure::of("a \"name\"", unit, values).expect("values")
        }
    }

    #[test]
    fn times_and_sizes_are_shown_in_their_unit() {
        assert_eq!(Unit::Time.shown(12.34), "12.3 ns");
        assert_eq!(Unit::Time.shown(76_500.0), "76.50 µs");
        assert_eq!(Unit::Time.shown(2.5e6), "2.50 ms");
        assert_eq!(Unit::Size.shown(40e6), "40.0 MB");
        assert_eq!(Unit::Size.shown(123_400.0), "123.4 kB");
    }

    #[test]
    fn median_is_in_the_middle_of_odd_and_even_numbers() {
        let median = |values: &[f64]| Figure::of("", Unit::Count, values).map(|figure| figure.median);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_slow_run_is_no_finding_but_one_blank_frame_is() {
        assert_eq!(figure(Unit::Time, &[1.0, 1.0, 9.0], 2.0).is_over(), Some(false));
        assert_eq!(figure(Unit::Count, &[0.0, 0.0, 1.0], 0.0).is_over(), Some(true));
    }

    #[test]
    fn json_holds_the_budget_and_the_verdict() {
        let text = json("a machine", &[figure(Unit::Time, &[3.0], 2.0)]);
        assert!(text.contains(r#""name": "a \"name\"""#), "{text}");
        assert!(text.contains(r#""budget": 2.000, "isOver": true"#), "{text}");
    }
}
