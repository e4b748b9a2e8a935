//! Which swarm keeps an account's messages.
//!
//! Source: `network.md` §1.1.

use crate::account::SwarmAccount;

/// The ID that nodes without a swarm have.
pub const NO_SWARM: u64 = u64::MAX;

/// The point of an account on the ring of swarm IDs: the four big-endian parts of its key,
/// without the prefix, XORed.
#[must_use]
pub fn point_of(account: &SwarmAccount) -> u64 {
    let key = account.key();
    let (parts, _) = key.as_chunks::<8>();
    parts
        .iter()
        .fold(0, |point, part| point ^ u64::from_be_bytes(*part))
}

/// The swarm of an account among `ids`, in any order; [`NO_SWARM`] is not one of them.
/// `None` if there is no swarm.
#[must_use]
pub fn swarm_of(account: &SwarmAccount, ids: &[u64]) -> Option<u64> {
    nearest(point_of(account), ids)
}

fn nearest(point: u64, ids: &[u64]) -> Option<u64> {
    let mut sorted: Vec<u64> = ids.iter().copied().filter(|id| *id != NO_SWARM).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let (first, last) = (*sorted.first()?, *sorted.last()?);
    let right = sorted.iter().copied().find(|id| *id >= point).unwrap_or(first);
    let left = sorted
        .iter()
        .copied()
        .rev()
        .find(|id| *id < right)
        .unwrap_or(last);
    let to_right = right.wrapping_sub(point);
    let to_left = point.wrapping_sub(left);
    Some(if to_right < to_left { right } else { left })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_is_the_one_of_the_page() {
        let point = |text| point_of(&SwarmAccount::from_hex(text).unwrap());
        assert_eq!(
            point("053506f4a71324b7dd114eddbf4e311f39dde243e1f2cb97c40db1961f70ebaae8"),
            17_589_930_838_143_112_648
        );
        assert_eq!(
            point("05cf27da303a50ac8c4b2d43d27259505c9bcd73fc21cf2a57902c3d050730b604"),
            10_370_619_079_776_428_163
        );
    }

    #[test]
    fn the_nearer_swarm_is_taken_and_the_lower_one_between_two() {
        let ids = [300, 100, NO_SWARM, 200];
        assert_eq!(nearest(150, &ids), Some(100));
        assert_eq!(nearest(151, &ids), Some(200));
        assert_eq!(nearest(200, &ids), Some(200));
        assert_eq!(nearest(300, &ids), Some(300));
    }

    #[test]
    fn the_ring_closes_at_its_end() {
        assert_eq!(nearest(u64::MAX, &[100, 200, 300]), Some(100));
        assert_eq!(nearest(0, &[100, u64::MAX - 1]), Some(u64::MAX - 1));
    }

    #[test]
    fn one_swarm_takes_all_and_none_takes_nobody() {
        assert_eq!(nearest(7, &[5, NO_SWARM]), Some(5));
        assert_eq!(nearest(7, &[NO_SWARM]), None);
    }
}
