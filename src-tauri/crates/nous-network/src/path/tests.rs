#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::Ipv4Addr;

use rand::SeedableRng;

use super::*;

/// A machine with its answers given by hand. Nodes are numbered; node n is `10.0.n.1`.
struct Bench {
    machine: PathManager,
    now: Instant,
    log: Vec<String>,
    asked: Vec<PathAction>,
    /// Nodes that do not answer.
    dead: BTreeSet<u8>,
}

fn key(number: u8) -> NodeKey {
    NodeKey([number; 32])
}

fn node(number: u8) -> Snode {
    Snode {
        key: key(number),
        x25519: key(number),
        ip: Ipv4Addr::new(10, 0, number, 1),
        port: 1,
    }
}

fn number(node: &Snode) -> u8 {
    node.ip.octets()[2]
}

fn directory(count: u8) -> Vec<Snode> {
    (1..=count).map(node).collect()
}

impl Bench {
    fn new(count: u8, guards: &[u8], file: &str) -> Self {
        let config = NetworkConfig::from_json(file).unwrap();
        let now = crate::clock::monotonic();
        let guards = guards.iter().map(|number| key(*number)).collect();
        let machine = PathManager::new(config, directory(count), guards, StdRng::seed_from_u64(7), now);
        Self {
            machine,
            now,
            log: Vec::new(),
            asked: Vec::new(),
            dead: BTreeSet::new(),
        }
    }

    fn mainnet(count: u8, guards: &[u8]) -> Self {
        Self::new(count, guards, "{}")
    }

    /// Takes all actions; they are written down, not answered.
    fn drain(&mut self) -> Vec<PathAction> {
        let mut actions = Vec::new();
        while let Some(action) = self.machine.next_action(self.now) {
            self.log.push(match &action {
                PathAction::TestGuard(node) => format!("test guard {}", number(node)),
                PathAction::Probe { hops, .. } => {
                    format!("probe {:?}", hops.iter().map(number).collect::<Vec<_>>())
                }
                PathAction::FetchDirectory(source) => format!("fetch from {source:?}"),
            });
            actions.push(action);
        }
        actions
    }

    fn event(&mut self, event: PathEvent) {
        self.machine.on_event(event, self.now);
    }

    /// Answers everything as the dead and the living would, until nothing is left to do.
    fn settle(&mut self) {
        for _ in 0..200 {
            let actions = self.drain();
            if actions.is_empty() {
                return;
            }
            for action in actions {
                match action {
                    PathAction::TestGuard(node) => {
                        let ok = !self.dead.contains(&number(&node));
                        self.event(PathEvent::GuardTested { node: node.key, ok });
                    }
                    PathAction::Probe { probe, hops } => {
                        let dead = hops.iter().any(|hop| self.dead.contains(&number(hop)));
                        self.event(PathEvent::Probed {
                            probe,
                            fault: dead.then_some(PathFault::Unnamed),
                        });
                    }
                    other @ PathAction::FetchDirectory(_) => self.asked.push(other),
                }
            }
        }
        unreachable!("the machine never rests");
    }

    /// Lets time pass, settling at each deadline.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(deadline) = self.machine.deadline().filter(|deadline| *deadline <= end) {
            assert!(
                deadline > self.now || !self.machine.actions.is_empty(),
                "a deadline in the past"
            );
            self.now = deadline;
            self.settle();
        }
        self.now = end;
    }

    fn serving(&self) -> Vec<Vec<u8>> {
        let serving = self.machine.paths().into_iter().filter(|path| path.serves);
        serving
            .map(|path| path.hops.iter().map(number).collect())
            .collect()
    }

    fn first_path(&self) -> LivePath {
        self.machine.paths().into_iter().find(|path| path.serves).unwrap()
    }

    fn fails(&mut self, path: &LivePath, fault: PathFault, destination: Option<u8>) {
        let destination = destination.map(key);
        self.event(PathEvent::Failed {
            path: path.id,
            fault,
            destination,
        });
    }
}

#[test]
fn a_start_from_a_saved_state_needs_no_seed_and_keeps_its_guards() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    assert_eq!(
        bench.serving().iter().map(|path| path[0]).collect::<Vec<_>>(),
        [5, 9]
    );
    insta::assert_snapshot!(bench.log.join("\n"));
}

#[test]
fn a_first_start_asks_the_seeds_then_tests_two_guards() {
    let mut bench = Bench::mainnet(0, &[]);
    bench.settle();
    bench.event(PathEvent::DirectoryFetched(Some(directory(40))));
    bench.settle();
    assert_eq!(bench.serving().len(), 2);
    assert_eq!(bench.machine.guards().len(), 2);
    insta::assert_snapshot!(bench.log.join("\n"));
}

#[test]
fn no_node_and_no_subnet_is_twice_in_the_paths() {
    for seed in 0..50 {
        let mut bench = Bench::mainnet(12, &[]);
        bench.machine.rng = StdRng::seed_from_u64(seed);
        bench.settle();
        let hops: Vec<_> = bench.serving().concat();
        assert_eq!(hops.len(), 6);
        assert_eq!(hops.iter().collect::<BTreeSet<_>>().len(), 6);
    }
}

#[test]
fn guards_are_tested_only_if_they_are_new() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    assert!(
        !bench.log.iter().any(|line| line.starts_with("test guard")),
        "{:?}",
        bench.log
    );
}

#[test]
fn too_small_a_directory_builds_nothing() {
    let mut bench = Bench::mainnet(8, &[1]);
    bench.settle();
    assert_eq!(bench.log, ["fetch from Seeds"]);
}

#[test]
fn failing_seeds_are_asked_again_with_growing_pauses_for_ever() {
    let mut bench = Bench::mainnet(0, &[]);
    let mut pauses = Vec::new();
    for _ in 0..30 {
        bench.settle();
        assert_eq!(
            bench.asked.pop(),
            Some(PathAction::FetchDirectory(DirectorySource::Seeds))
        );
        bench.event(PathEvent::DirectoryFetched(None));
        bench.settle();
        let deadline = bench.machine.deadline().unwrap();
        pauses.push(deadline - bench.now);
        bench.now = deadline;
    }
    assert!(pauses[0] >= Duration::from_millis(800), "{pauses:?}");
    assert!(
        pauses[5..]
            .iter()
            .all(|pause| (4_000..=6_000).contains(&pause.as_millis())),
        "{pauses:?}"
    );
}

#[test]
fn without_any_answer_there_is_one_attempt_every_five_seconds() {
    let mut bench = Bench::mainnet(40, &[5]);
    bench.dead = (1..=40).collect();
    bench.settle();
    let mut attempts = Vec::new();
    for _ in 0..20 {
        let deadline = bench.machine.deadline().unwrap();
        attempts.push((deadline - bench.now).as_millis());
        bench.now = deadline;
        bench.settle();
    }
    assert!(
        attempts.iter().all(|pause| (4_000..=6_000).contains(pause)),
        "{attempts:?}"
    );
    assert!(
        attempts.iter().collect::<BTreeSet<_>>().len() > 10,
        "jitter: {attempts:?}"
    );
}

#[test]
fn one_attempt_asks_saved_guards_and_at_most_twelve_others() {
    let mut bench = Bench::mainnet(40, &[5]);
    bench.dead = (1..=40).collect();
    bench.settle();
    let tests = bench
        .log
        .iter()
        .filter(|line| line.starts_with("test guard"))
        .count();
    assert_eq!(tests, 12);
    assert_eq!(bench.log.iter().filter(|line| *line == "probe [5]").count(), 1);
}

#[test]
fn paths_come_back_with_the_same_guards_when_the_network_does() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    bench.dead = (1..=40).collect();
    for path in bench.machine.paths() {
        bench.fails(&path, PathFault::Unnamed, Some(30));
    }
    bench.settle();
    bench.pass(Duration::from_secs(3_600));
    assert!(bench.serving().is_empty());
    bench.dead.clear();
    bench.pass(Duration::from_secs(7));
    assert_eq!(
        bench.serving().iter().map(|path| path[0]).collect::<Vec<_>>(),
        [5, 9]
    );
}

#[test]
fn a_silent_network_does_not_empty_the_directory() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    bench.dead = (1..=40).collect();
    let paths = bench.machine.paths();
    for path in &paths {
        bench.fails(path, PathFault::Unnamed, None);
    }
    bench.settle();
    bench.pass(Duration::from_secs(86_400));
    assert!(
        bench.machine.directory().len() >= 38,
        "{}",
        bench.machine.directory().len()
    );
}

#[test]
fn a_dead_hop_is_found_by_probing_and_replaced_and_the_guard_stays() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    let middle = number(&path.hops[1]);
    bench.dead.insert(middle);
    bench.log.clear();
    bench.fails(&path, PathFault::Unnamed, Some(39));
    bench.settle();
    let serving = bench.serving();
    assert_eq!(serving.len(), 2);
    assert!(serving.iter().any(|hops| hops[0] == number(&path.hops[0])));
    assert!(!serving.concat().contains(&middle));
    assert_eq!(bench.machine.directory().strikes(&key(middle)), 2);
    assert_eq!(bench.machine.directory().strikes(&key(39)), 0);
    insta::assert_snapshot!(bench.log.join("\n"));
}

#[test]
fn a_dead_last_hop_is_found_by_elimination() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    let last = number(&path.hops[2]);
    bench.dead.insert(last);
    bench.fails(&path, PathFault::Unnamed, Some(39));
    bench.settle();
    assert_eq!(bench.serving().len(), 2);
    assert!(!bench.serving().concat().contains(&last));
}

#[test]
fn a_dead_guard_is_replaced_for_a_while_and_stays_a_guard() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    bench.dead.insert(5);
    bench.log.clear();
    bench.fails(&path, PathFault::Unnamed, Some(39));
    bench.settle();
    assert_eq!(bench.serving().len(), 2);
    assert_eq!(bench.machine.guards()[..2], [key(5), key(9)]);
    assert_eq!(bench.machine.guards().len(), 3);
    insta::assert_snapshot!(bench.log.join("\n"));
}

#[test]
fn if_the_whole_path_answers_the_destination_is_to_blame() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    bench.fails(&path, PathFault::Unnamed, Some(39));
    bench.settle();
    assert_eq!(bench.machine.directory().strikes(&key(39)), 1);
    assert!(bench.machine.directory().is_avoided(&key(39), bench.now));
    assert!(
        path.hops
            .iter()
            .all(|hop| bench.machine.directory().strikes(&hop.key) == 0)
    );
    assert!(bench.machine.paths().contains(&path));
}

#[test]
fn nonsense_is_the_destinations_fault_if_the_path_answers() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    bench.event(PathEvent::Nonsense {
        path: path.id,
        destination: Some(key(39)),
    });
    bench.settle();
    assert_eq!(bench.machine.directory().strikes(&key(39)), 1);
    assert!(bench.machine.paths().contains(&path));
}

#[test]
fn nonsense_of_a_hop_is_not_the_destinations_fault() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    bench.dead.insert(number(&path.hops[2]));
    bench.event(PathEvent::Nonsense {
        path: path.id,
        destination: Some(key(39)),
    });
    bench.settle();
    assert_eq!(bench.machine.directory().strikes(&key(39)), 0);
    assert!(!bench.machine.paths().contains(&path));
}

#[test]
fn a_path_that_failed_takes_no_requests_until_it_is_looked_at() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    bench.fails(&path, PathFault::Unnamed, Some(39));
    assert!(
        bench
            .machine
            .paths()
            .iter()
            .any(|other| other.id == path.id && !other.serves)
    );
    bench.settle();
    assert!(bench.machine.paths().contains(&path));
}

#[test]
fn a_path_on_which_a_request_waits_long_is_looked_at_with_the_other_silent_ones() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    bench.pass(Duration::from_secs(30));
    let path = bench.first_path();
    bench.event(PathEvent::Suspected(path.id));
    assert!(
        bench
            .machine
            .paths()
            .iter()
            .all(|path| path.serves && path.is_doubtful)
    );
    bench.settle();
    assert!(
        bench
            .machine
            .paths()
            .iter()
            .all(|path| path.serves && !path.is_doubtful)
    );
}

#[test]
fn a_failure_on_one_path_shows_that_the_other_is_dead_too() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    bench.dead = (1..=40).collect();
    let path = bench.first_path();
    bench.fails(&path, PathFault::Unnamed, Some(39));
    bench.settle();
    assert!(bench.machine.paths().is_empty());
}

#[test]
fn a_dead_hop_of_a_doubtful_path_is_found_with_one_time_limit() {
    for dead in 0..3 {
        let mut bench = Bench::mainnet(40, &[5, 9]);
        bench.settle();
        let path = bench.first_path();
        bench.dead.insert(number(&path.hops[dead]));
        bench.log.clear();
        bench.event(PathEvent::Suspected(path.id));
        let mut silent = 0;
        while bench.machine.paths().contains(&path) || !bench.machine.lost().contains(&path.id) {
            for action in bench.drain() {
                let PathAction::Probe { probe, hops } = action else {
                    continue;
                };
                let failed = hops.iter().any(|hop| bench.dead.contains(&number(hop)));
                silent += u32::from(failed);
                bench.event(PathEvent::Probed {
                    probe,
                    fault: failed.then_some(PathFault::Unnamed),
                });
            }
        }
        assert_eq!(silent, 1, "hop {dead}");
    }
}

#[test]
fn a_hop_that_is_unknown_leaves_directory_and_path() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    let gone = path.hops[1].key;
    bench.fails(&path, PathFault::Unknown(gone), Some(39));
    bench.settle();
    assert_eq!(bench.machine.directory().get(&gone), None);
    assert_eq!(bench.serving().len(), 2);
    assert!(bench.machine.lost().contains(&path.id));
}

#[test]
fn a_destination_that_is_unknown_leaves_the_directory_and_the_path_stays() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    bench.fails(&path, PathFault::Unknown(key(39)), Some(39));
    bench.settle();
    assert_eq!(bench.machine.directory().get(&key(39)), None);
    assert!(bench.machine.paths().contains(&path));
}

#[test]
fn a_stranger_named_by_an_error_is_not_touched() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    let used: BTreeSet<_> = bench.serving().concat().into_iter().collect();
    let stranger = (1..39).find(|number| !used.contains(number)).unwrap();
    bench.fails(&path, PathFault::Unknown(key(stranger)), Some(39));
    bench.settle();
    assert!(bench.machine.directory().get(&key(stranger)).is_some());
}

#[test]
fn a_hop_that_is_not_ready_is_struck_and_replaced_without_probing() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    let busy = path.hops[2].key;
    bench.log.clear();
    bench.fails(&path, PathFault::NotReady(busy), Some(39));
    bench.settle();
    assert_eq!(bench.machine.directory().strikes(&busy), 1);
    assert_eq!(bench.log.len(), 1, "{:?}", bench.log);
    assert_eq!(bench.serving().len(), 2);
}

#[test]
fn the_third_strike_of_a_path_takes_its_guard_along() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    bench.machine.paths.get_mut(&path.id).unwrap().strikes = 2;
    bench.fails(&path, PathFault::Unnamed, None);
    assert_eq!(bench.machine.guards(), [key(9)]);
    assert_eq!(bench.machine.directory().get(&key(5)), None);
}

#[test]
fn success_takes_strikes_back() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    bench.event(PathEvent::NodeTrouble(key(39)));
    bench.event(PathEvent::Answered {
        path: path.id,
        destination: Some(key(39)),
    });
    assert_eq!(bench.machine.directory().strikes(&key(39)), 0);
}

#[test]
fn nobody_is_blamed_and_nothing_is_asked_while_offline() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let path = bench.first_path();
    bench.log.clear();
    bench.event(PathEvent::Online(false));
    bench.fails(&path, PathFault::Unnamed, Some(39));
    bench.event(PathEvent::NodeTrouble(key(39)));
    bench.settle();
    bench.now += Duration::from_secs(86_400);
    bench.settle();
    assert!(bench.log.is_empty(), "{:?}", bench.log);
    assert_eq!(bench.machine.deadline(), None);
    assert_eq!(bench.machine.directory().strikes(&key(39)), 0);
}

#[test]
fn back_online_every_path_is_looked_at_before_it_serves() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    let before = bench.serving();
    bench.event(PathEvent::Online(false));
    bench.event(PathEvent::Online(true));
    assert!(bench.serving().is_empty());
    bench.settle();
    assert_eq!(bench.serving(), before);
}

#[test]
fn an_answer_to_an_old_probe_changes_nothing() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    let probes: Vec<_> = bench.drain();
    bench.event(PathEvent::Resumed);
    for action in probes {
        if let PathAction::Probe { probe, .. } = action {
            bench.event(PathEvent::Probed {
                probe,
                fault: Some(PathFault::Unnamed),
            });
        }
    }
    bench.settle();
    assert_eq!(bench.serving().len(), 2);
    assert!(!bench.log.iter().any(|line| line.starts_with("test guard")));
}

#[test]
fn a_silent_candidate_does_not_hold_up_the_next_round() {
    let mut bench = Bench::mainnet(40, &[]);
    let first = bench.drain().len();
    assert_eq!(first, 2);
    bench.now = bench.machine.deadline().unwrap();
    assert_eq!(bench.drain().len(), 2);
    assert_eq!(bench.machine.testing.len(), 4);
}

#[test]
fn the_directory_is_refreshed_after_five_minutes_and_then_hourly() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    bench.pass(Duration::from_secs(299));
    assert!(bench.asked.is_empty());
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.asked, [PathAction::FetchDirectory(DirectorySource::Nodes)]);
    bench.event(PathEvent::DirectoryFetched(Some(directory(40))));
    bench.pass(Duration::from_secs(3_590));
    assert_eq!(bench.asked.len(), 1);
    bench.pass(Duration::from_secs(20));
    assert_eq!(bench.asked.len(), 2);
}

#[test]
fn nodes_missing_from_a_new_directory_leave_paths_and_guards() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.settle();
    bench.event(PathEvent::DirectoryFetched(Some((6..=40).map(node).collect())));
    bench.settle();
    assert_eq!(bench.serving().len(), 2);
    assert!(!bench.machine.guards().contains(&key(5)));
    assert!(bench.serving().concat().iter().all(|number| *number >= 6));
}

#[test]
fn a_worse_list_does_not_replace_the_directory() {
    let mut bench = Bench::mainnet(40, &[5, 9]);
    bench.event(PathEvent::DirectoryFetched(Some(directory(3))));
    assert_eq!(bench.machine.directory().len(), 40);
}

#[test]
fn rotating_keeps_guards_and_changes_hops() {
    let mut bench = Bench::mainnet(200, &[5, 9]);
    bench.settle();
    let before = bench.serving();
    bench.event(PathEvent::Rotate);
    bench.settle();
    let after = bench.serving();
    assert_eq!(after.iter().map(|path| path[0]).collect::<Vec<_>>(), [5, 9]);
    assert_ne!(before, after);
}

const LOCAL: &str = r#"{"minPoolSize":4,"distinctSubnets":false,"refreshAgreement":4}"#;

#[test]
fn a_path_without_the_destination_is_built_when_all_contain_it() {
    let mut bench = Bench::new(4, &[], LOCAL);
    bench.settle();
    assert_eq!(bench.serving().len(), 1);
    for number in 1..=4 {
        bench.event(PathEvent::Wanted { without: key(number) });
        bench.settle();
        assert!(
            bench.serving().iter().any(|hops| !hops.contains(&number)),
            "{number}: {:?}",
            bench.serving()
        );
    }
}

#[test]
fn a_wish_does_not_wait_for_a_path_that_is_only_being_built() {
    let mut bench = Bench::new(9, &[], LOCAL);
    bench.settle();
    let (first, second) = (bench.machine.paths()[0].clone(), bench.machine.paths()[1].clone());
    bench.fails(&second, PathFault::Unnamed, None);
    // Its probes are silent: the only path that serves has the destination as a hop.
    bench.drain();
    let hop = number(&first.hops[1]);
    bench.event(PathEvent::Wanted { without: key(hop) });
    let begun = bench.drain();
    assert!(!begun.is_empty(), "nothing was begun");
    bench.event(PathEvent::Wanted { without: key(hop) });
    assert_eq!(bench.drain(), [], "begun twice");
}

#[test]
fn an_extra_path_goes_when_it_is_not_used() {
    let mut bench = Bench::new(4, &[], LOCAL);
    bench.settle();
    let hop = number(&bench.first_path().hops[1]);
    bench.event(PathEvent::Wanted { without: key(hop) });
    bench.settle();
    assert_eq!(bench.serving().len(), 2);
    bench.pass(Duration::from_secs(61));
    assert_eq!(bench.serving().len(), 1);
}

#[test]
fn with_a_third_of_nine_dead_paths_of_the_living_are_found() {
    for seed in 0..200 {
        let mut bench = Bench::new(9, &[], LOCAL);
        bench.machine.rng = StdRng::seed_from_u64(seed);
        bench.settle();
        bench.dead = [1, 2, 3].into();
        for path in bench.machine.paths() {
            bench.fails(&path, PathFault::Unnamed, None);
        }
        bench.settle();
        bench.pass(Duration::from_secs(1));
        assert!(!bench.serving().is_empty(), "seed {seed}");
        assert!(
            bench.serving().concat().iter().all(|number| *number > 3),
            "seed {seed}"
        );
    }
}

#[test]
fn the_machine_rests_whatever_happens() {
    use rand::RngExt;
    for seed in 0..60 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut bench = Bench::new(rng.random_range(4..30), &[1, 2], LOCAL);
        for _ in 0..150 {
            let some = rng.random_range(1..30_u8);
            let path = PathId(rng.random_range(0..60));
            let destination = Some(key(rng.random_range(1..30)));
            let fault = [
                PathFault::Unnamed,
                PathFault::NotReady(key(some)),
                PathFault::Unknown(key(some)),
            ];
            let fault = fault[rng.random_range(0..3)];
            match rng.random_range(0..12) {
                0 => bench.dead = (1..some).collect(),
                1 => bench.dead.clear(),
                2 => bench.event(PathEvent::Online(rng.random())),
                3 => bench.event(PathEvent::Resumed),
                4 => bench.event(PathEvent::Wanted { without: key(some) }),
                5 => bench.event(PathEvent::DirectoryFetched(Some(directory(some)))),
                6 => bench.event(PathEvent::Suspected(path)),
                7 => bench.event(PathEvent::Answered { path, destination }),
                8 => bench.event(PathEvent::DirectoryWanted),
                9 => bench.event(PathEvent::Rotate),
                10 => bench.event(PathEvent::Nonsense { path, destination }),
                _ => bench.event(PathEvent::Failed {
                    path,
                    fault,
                    destination,
                }),
            }
            bench.settle();
            bench.pass(Duration::from_secs(rng.random_range(0..20)));
        }
        bench.dead.clear();
        bench.event(PathEvent::Online(true));
        bench.event(PathEvent::DirectoryFetched(Some(directory(20))));
        bench.settle();
        bench.pass(Duration::from_secs(120));
        assert_eq!(bench.serving().len(), 2, "seed {seed}");
    }
}
