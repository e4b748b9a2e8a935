#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

fn node(number: u8, ip: [u8; 4]) -> Snode {
    let key = NodeKey([number; 32]);
    Snode {
        key,
        x25519: key,
        ip: Ipv4Addr::from(ip),
        port: 1,
    }
}

fn ten() -> Directory {
    Directory::new((0..10).map(|number| node(number, [10, 0, number, 1])))
}

#[test]
fn the_third_strike_removes_a_node() {
    let mut directory = ten();
    let key = NodeKey([3; 32]);
    assert_eq!(
        [
            directory.strike(&key, 0),
            directory.strike(&key, 0),
            directory.strike(&key, 0)
        ],
        [false, false, true]
    );
    assert_eq!(directory.get(&key), None);
}

#[test]
fn an_answer_takes_strikes_back() {
    let mut directory = ten();
    let key = NodeKey([3; 32]);
    directory.strike(&key, 0);
    directory.strike(&key, 0);
    directory.forgive(&key);
    assert!(!directory.strike(&key, 0));
}

#[test]
fn strikes_never_empty_the_directory() {
    let mut directory = ten();
    for number in 0..10 {
        (0..5).for_each(|_| {
            directory.strike(&NodeKey([number; 32]), 4);
        });
    }
    assert_eq!(directory.len(), 4);
}

#[test]
fn a_new_list_forgets_strikes() {
    let mut directory = ten();
    let key = NodeKey([3; 32]);
    directory.strike(&key, 0);
    let list: Vec<_> = directory.nodes().copied().collect();
    directory.replace(list);
    assert_eq!(directory.strikes(&key), 0);
}

#[test]
fn avoiding_ends_by_itself() {
    let mut directory = ten();
    let now = crate::clock::monotonic();
    directory.avoid(NodeKey([1; 32]), now + Duration::from_secs(60));
    assert!(directory.is_avoided(&NodeKey([1; 32]), now));
    assert!(!directory.is_avoided(&NodeKey([1; 32]), now + Duration::from_secs(60)));
}

#[test]
fn a_large_subnet_weighs_by_its_size() {
    let mut nodes: Vec<_> = (0..90).map(|number| node(number, [10, 0, 0, number])).collect();
    nodes.extend((90..100).map(|number| node(number, [10, 0, number, 1])));
    let directory = Directory::new(nodes);
    let mut rng = StdRng::seed_from_u64(1);
    let large =
        (0..2_000).filter(|_| directory.random(&mut rng, true, |_| true).unwrap().subnet() == [10, 0, 0]);
    let share = large.count();
    assert!((1_700..1_900).contains(&share), "{share} of 2000");
}

#[test]
fn every_node_is_chosen_some_time_and_no_other() {
    let directory = ten();
    let mut rng = StdRng::seed_from_u64(1);
    let even = |node: &Snode| node.ip.octets()[2].is_multiple_of(2);
    let chosen: BTreeSet<_> = (0..500)
        .map(|_| directory.random(&mut rng, false, even).unwrap().ip.octets()[2])
        .collect();
    assert_eq!(chosen, BTreeSet::from([0, 2, 4, 6, 8]));
    assert_eq!(directory.random(&mut rng, true, |_| false), None);
}
