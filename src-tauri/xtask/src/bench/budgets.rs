//! What may take how long or be how large. A number that moves is a finding, not a failure.

use super::report::{Figure, Unit};

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A criterion bench of a crate.
    Crate,
    /// The built programs.
    Program,
    /// The built screens.
    Script,
}

/// One line of the table.
pub(super) struct Budget {
    pub(super) name: &'static str,
    pub(super) source: Source,
    unit: Unit,
    /// The most that is allowed, in the unit's smallest part; `None`: shown only.
    limit: Option<f64>,
}

const MS: f64 = 1e6;
const SECOND: f64 = 1e9;
const MB: f64 = 1e6;
const KB: f64 = 1e3;

const fn program(name: &'static str, unit: Unit, limit: Option<f64>) -> Budget {
    Budget {
        name,
        source: Source::Program,
        unit,
        limit,
    }
}

const fn in_crate(name: &'static str, limit: Option<f64>) -> Budget {
    Budget {
        name,
        source: Source::Crate,
        unit: Unit::Time,
        limit,
    }
}

/// The time that one of so many in a second may take.
const fn each_of(per_second: f64) -> Option<f64> {
    Some(SECOND / per_second)
}

/// In the order of the table. Other figures follow, without a budget.
pub(super) const BUDGETS: &[Budget] = &[
    program("start to first painted list", Unit::Time, Some(SECOND)),
    program(
        "start to first painted list, 1,000 contacts",
        Unit::Time,
        Some(SECOND),
    ),
    program(
        "change one of 1,000 contacts until it is pushed",
        Unit::Time,
        Some(5.0 * SECOND),
    ),
    program(
        "open the conversation of 100,000 messages",
        Unit::Time,
        Some(100.0 * MS),
    ),
    program("open a short conversation", Unit::Time, Some(100.0 * MS)),
    program("first page of the list of 500", Unit::Time, Some(100.0 * MS)),
    program(
        "blank frames while the long conversation scrolls",
        Unit::Count,
        Some(0.0),
    ),
    program("blank frames while the list scrolls", Unit::Count, Some(0.0)),
    program("send: key press to own message", Unit::Time, Some(50.0 * MS)),
    program(
        "100,000 messages with pictures: frames while they scroll",
        Unit::Rate,
        None,
    ),
    program(
        "bare page of the same size: frames while it scrolls",
        Unit::Rate,
        None,
    ),
    program(
        "100,000 messages with pictures: frames lost against the bare page",
        Unit::Percent,
        Some(5.0),
    ),
    program(
        "100,000 messages with pictures: memory of the web process",
        Unit::Size,
        Some(250.0 * MB),
    ),
    program("10 MB file: dropped until sent", Unit::Time, Some(3.0 * SECOND)),
    program(
        "10 MB file: clicked until received",
        Unit::Time,
        Some(3.0 * SECOND),
    ),
    program(
        "10 MB file: growth of the sender's memory",
        Unit::Size,
        Some(40.0 * MB),
    ),
    program(
        "10 MB file: growth of the receiver's memory",
        Unit::Size,
        Some(40.0 * MB),
    ),
    program(
        "10 MB file: longest stop of the sender's window",
        Unit::Time,
        Some(100.0 * MS),
    ),
    program(
        "10 MB file: longest stop of the receiver's window",
        Unit::Time,
        Some(100.0 * MS),
    ),
    in_crate("storage/page of 50 of 100,000 messages, newest", Some(5.0 * MS)),
    in_crate("storage/page of 50 of 100,000 messages, middle", Some(5.0 * MS)),
    in_crate("storage/page of 50 of 500 conversations", Some(5.0 * MS)),
    in_crate("storage/search 1,000,000 messages, two letters", Some(100.0 * MS)),
    in_crate("storage/search 1,000,000 messages, a word", Some(100.0 * MS)),
    in_crate(
        "storage/search 1,000,000 messages, three beginnings",
        Some(100.0 * MS),
    ),
    in_crate(
        "storage/search 1,000,000 messages, in one conversation",
        Some(100.0 * MS),
    ),
    in_crate(
        "storage/search 1,000,000 messages, of one person, years ago",
        Some(100.0 * MS),
    ),
    in_crate(
        "storage/search 1,000,000 messages, nothing found",
        Some(100.0 * MS),
    ),
    in_crate(
        "storage/search 1,000,000 messages, the first after a start",
        Some(100.0 * MS),
    ),
    in_crate("storage/search, insert one message beside 1,000,000", Some(MS)),
    Budget {
        name: "storage/search, index of the size of the text",
        source: Source::Crate,
        unit: Unit::Percent,
        limit: Some(90.0),
    },
    in_crate("engine/receive and commit 1,000 messages", Some(0.5 * SECOND)),
    in_crate("engine/change one of 1000 contacts and push", Some(200.0 * MS)),
    in_crate("engine/merge a change of one of 1000 contacts", None),
    in_crate("engine/change one of 5000 contacts and push", None),
    in_crate("engine/merge a change of one of 5000 contacts", None),
    in_crate("seal 1 kB/one recipient", each_of(13_100.0)),
    in_crate("seal 1 kB/other recipients", each_of(13_100.0)),
    in_crate("open 1 kB/one at a time, warm", each_of(12_500.0)),
    in_crate("open 1 kB/one at a time, cold", None),
    in_crate("open 1 kB/batch of 512, warm", each_of(12_500.0 / 512.0)),
    in_crate("open 1 kB/batch of 512, cold", None),
    in_crate("open 1 kB/batch of 512 of one sender, warm", None),
    in_crate("onion wrap, three hops/xchacha20 600", each_of(4_200.0)),
    in_crate("onion wrap, three hops/aes-gcm 600", each_of(4_200.0)),
    in_crate("onion wrap, three hops/xchacha20 100000", None),
    program("idle in the background: processor", Unit::Percent, Some(0.5)),
    program(
        "idle in the background: voluntary context switches",
        Unit::Rate,
        None,
    ),
    program("idle nous-cli watch: processor", Unit::Percent, None),
    program("memory of nous-cli watch", Unit::Size, Some(40.0 * MB)),
    program(
        "memory of app and web process above a bare window",
        Unit::Size,
        Some(60.0 * MB),
    ),
    program("memory of a bare window", Unit::Size, None),
    program(
        "group of 100: created until all are invited",
        Unit::Time,
        Some(60.0 * SECOND),
    ),
    program(
        "group of 100: stored until 99 others have it",
        Unit::Time,
        Some(10.0 * SECOND),
    ),
    program("group of 99: added until invited", Unit::Time, Some(3.0 * SECOND)),
    program(
        "50 groups of 100 members, 3 active: processor of nous-cli watch",
        Unit::Percent,
        Some(1.0),
    ),
    program(
        "50 groups of 100 members, 3 active: memory of nous-cli watch",
        Unit::Size,
        Some(120.0 * MB),
    ),
    Budget {
        name: "script of the main window, gzip",
        source: Source::Script,
        unit: Unit::Size,
        limit: Some(300.0 * KB),
    },
];

/// The names from one source that hold `filter`.
pub(super) fn wanted(source: Source, filter: Option<&str>) -> Vec<&'static str> {
    let ours = BUDGETS.iter().filter(|budget| budget.source == source);
    ours.map(|budget| budget.name)
        .filter(|name| filter.is_none_or(|part| name.contains(part)))
        .collect()
}

/// The same figures with their budgets: first those that have a place in the table, then the
/// others by name.
pub(super) fn in_order(mut figures: Vec<Figure>) -> Vec<Figure> {
    let place = |name: &str| BUDGETS.iter().position(|budget| budget.name == name);
    for figure in &mut figures {
        if let Some(budget) = place(&figure.name).and_then(|at| BUDGETS.get(at)) {
            figure.budget = budget.limit;
            figure.unit = budget.unit;
        }
    }
    figures.sort_by(|a, b| {
        let key = |figure: &Figure| place(&figure.name).unwrap_or(BUDGETS.len());
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_in_the_order_of_the_table_with_their_budgets() {
        let figure = |name: &str| Figure::of(name, Unit::Time, &[1.0]);
        let names = ["z", "memory of a bare window", "a", "start to first painted list"];
        let ordered = in_order(names.into_iter().filter_map(figure).collect());
        let names: Vec<_> = ordered.iter().map(|figure| figure.name.as_str()).collect();
        assert_eq!(
            names,
            ["start to first painted list", "memory of a bare window", "a", "z"]
        );
        assert_eq!((ordered[0].budget, ordered[2].budget), (Some(SECOND), None));
    }

    #[test]
    fn a_filter_is_a_part_of_a_name() {
        assert_eq!(
            wanted(Source::Script, Some("script")),
            ["script of the main window, gzip"]
        );
        assert!(wanted(Source::Crate, Some("start to")).is_empty());
    }
}
