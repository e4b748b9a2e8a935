//! How long things may take and how often they happen, in one place.
//!
//! Source: `network.md` §2 and §3.

use std::time::Duration;

/// Time limits and intervals. The same for every network; tests shorten single ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intervals {
    /// A whole storage request: 10 s.
    pub rpc: Duration,
    /// Silence on the line of a file that is carried: 60 s.
    pub file: Duration,
    /// A file through the onion, however steadily it moves: 30 minutes.
    pub whole_file: Duration,
    /// A new guard's `info`: 10 s.
    pub guard_test: Duration,
    /// A probe of a path: 3 s.
    pub probe: Duration,
    /// Silence after which a path is looked at: 1 s.
    pub suspect: Duration,
    /// Silence after which a store is sent again, elsewhere: 2.5 s.
    pub hedge: Duration,
    /// Between attempts while no path stands, ± 20 %: 5 s.
    pub attempt: Duration,
    /// From the start to the first refresh of the directory: 5 minutes.
    pub first_refresh: Duration,
    /// Between refreshes, of the directory and of an own swarm: 1 hour.
    pub refresh: Duration,
    /// How long a node that failed is chosen only when there is no other: 1 minute.
    pub avoid: Duration,
    /// Between readings of the interfaces while offline: 5 s.
    pub offline: Duration,
}

impl Default for Intervals {
    fn default() -> Self {
        Self {
            rpc: Duration::from_secs(10),
            file: Duration::from_secs(60),
            whole_file: Duration::from_secs(1_800),
            guard_test: Duration::from_secs(10),
            probe: Duration::from_secs(3),
            suspect: Duration::from_secs(1),
            hedge: Duration::from_millis(2_500),
            attempt: Duration::from_secs(5),
            first_refresh: Duration::from_secs(300),
            refresh: Duration::from_secs(3_600),
            avoid: Duration::from_secs(60),
            offline: Duration::from_secs(5),
        }
    }
}
