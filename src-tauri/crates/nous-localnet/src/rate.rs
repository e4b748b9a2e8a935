//! How fast one address may ask a node directly: 300 a second, 600 at once.
//!
//! Source: `network.md` §4.1.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Instant;

const PER_SECOND: f64 = 300.0;
const BURST: f64 = 600.0;
/// Addresses remembered; beyond, the full ones are forgotten.
const KEPT: usize = 1000;

/// Tokens left for each node and address.
#[derive(Debug, Default)]
pub(crate) struct RateLimits {
    buckets: BTreeMap<(usize, IpAddr), (f64, Instant)>,
}

impl RateLimits {
    /// Takes one request into account; `false` if it is one too many.
    pub(crate) fn allows(&mut self, node: usize, from: IpAddr, now: Instant) -> bool {
        if self.buckets.len() > KEPT {
            self.buckets
                .retain(|_, (left, at)| filled(*left, *at, now) < BURST);
        }
        let (left, at) = self.buckets.entry((node, from)).or_insert((BURST, now));
        *left = filled(*left, *at, now);
        *at = now;
        if *left < 1.0 {
            return false;
        }
        *left -= 1.0;
        true
    }
}

fn filled(left: f64, at: Instant, now: Instant) -> f64 {
    let passed = now.saturating_duration_since(at).as_secs_f64();
    (left + passed * PER_SECOND).min(BURST)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_served_and_then_so_many_a_second() {
        let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let start = crate::clock::monotonic();
        let mut rates = RateLimits::default();
        assert!((0..600).all(|_| rates.allows(0, from, start)));
        assert!(!rates.allows(0, from, start));
        assert!(rates.allows(1, from, start));
        let later = start + Duration::from_secs(1);
        assert!((0..300).all(|_| rates.allows(0, from, later)));
        assert!(!rates.allows(0, from, later));
    }
}
