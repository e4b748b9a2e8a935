//! People who do anything, in any order, over a network whose nodes fail, with programs that
//! are killed: afterwards both devices of one account hold the same, and nobody knows a name
//! that was not told to them.

mod acts;
mod look;

use std::collections::BTreeSet;
use std::time::Duration;

use nous_network::clock;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::child::Child;
use crate::person::Person;
use crate::scene::Scene;

/// How long it may take until both devices agree, once everything works: a push may have to
/// give up two requests that nobody answers any more, 30 s each, and rests between its tries.
const PATIENCE: Duration = Duration::from_secs(180);
/// The names under which everybody begins; the first has two devices.
const NAMES: [&str; 4] = ["Alice", "Bob", "Chloe", "Dan"];

/// Somebody who told their name, and to whom, by their place in [`NAMES`].
type Told = BTreeSet<(usize, usize)>;

pub(crate) struct Story {
    scene: Scene,
    /// Alice's.
    devices: Vec<Person>,
    /// Bob, Chloe, Dan.
    others: Vec<Person>,
    told: Told,
    rng: StdRng,
    count: u32,
}

impl Story {
    async fn begin(seed: u64) -> Self {
        let scene = Scene::new().await;
        let alice = scene.person(NAMES[0]).await;
        let second = alice.second_device(&scene, "Alice's second").await;
        let mut others = Vec::new();
        for name in &NAMES[1..] {
            others.push(scene.person(name).await);
        }
        Self {
            scene,
            devices: vec![alice, second],
            others,
            told: Told::new(),
            rng: StdRng::seed_from_u64(seed),
            count: 0,
        }
    }

    fn below(&mut self, end: usize) -> usize {
        self.rng.random_range(0..end)
    }

    /// Which of Alice's devices, and which of the others, by their places.
    fn pair(&mut self) -> (usize, usize) {
        let others = self.others.len();
        (self.below(2), self.below(others))
    }

    fn text(&mut self) -> String {
        self.count += 1;
        format!("text number {}", self.count)
    }

    /// Ends the program of a device at some step of something, and starts it again.
    async fn kill(&mut self, device: usize) {
        let steps = [
            "config.fetched",
            "config.merging",
            "config.merged",
            "config.sealing",
            "config.sealed",
            "config.stored",
            "config.confirming",
            "config.confirmed",
            "receive.committing",
            "send.sealed",
            "send.stored",
        ];
        let step = steps[self.below(steps.len())];
        let (other, text) = (self.below(self.others.len()), self.text());
        let to = self.others[other].id.clone();
        let command = match self.below(3) {
            0 => vec!["receive"],
            1 => vec!["pin", &to, "yes"],
            _ => {
                self.told.insert((0, other + 1));
                vec!["send", &to, &text]
            }
        };
        let profile = ["Alice", "Alice's second"];
        let person = self.devices.remove(device);
        let name = profile
            .into_iter()
            .find(|name| person.is_at(&self.scene.profile(name)))
            .expect("a profile");
        person.app.shutdown().await;
        Child::of(&self.scene, name).risk(step, &command).await;
        self.devices.insert(device, person.restart().await);
    }

    /// Everything works again, and everybody has said and heard all.
    async fn settle(&mut self) {
        let control = self.scene.control();
        control.clear_all_faults();
        control.start_all().await.expect("nodes that start");
        let end = clock::monotonic() + PATIENCE;
        loop {
            for person in self.devices.iter().chain(&self.others) {
                // A path through a node that was down may have to be built anew.
                let _ = person.app.poll_once().await;
            }
            let [one, two] = [0, 1].map(|device| &self.devices[device]);
            if look::is_quiet(one).await && look::is_quiet(two).await {
                let (one, two) = (look::shared(one).await, look::shared(two).await);
                if one == two {
                    return;
                }
            }
            if clock::monotonic() > end {
                self.give_up().await;
            }
        }
    }

    /// Says what differs, in answers and in what each device keeps.
    #[allow(clippy::print_stderr, reason = "whoever reads why it failed needs it")]
    async fn give_up(&mut self) {
        let mut shown = Vec::new();
        for device in &self.devices {
            shown.push(look::shared(device).await);
            eprintln!("{:?}", look::standing(device).await);
        }
        let others: Vec<String> = self.others.iter().map(|other| other.id.clone()).collect();
        for device in self.devices.drain(..) {
            eprintln!("{}", look::kept(&self.scene, device, &others).await);
        }
        assert_eq!(shown[0], shown[1], "the devices do not come to the same");
        panic!("there is no end of pushing");
    }

    /// Nobody shows a name that was not told to them.
    async fn check_names(&self) {
        let ids: Vec<String> = [&self.devices[0]]
            .into_iter()
            .chain(&self.others)
            .map(|person| person.id.clone())
            .collect();
        let people = self.devices.iter().map(|device| (0, device));
        let others = self.others.iter().enumerate().map(|(at, other)| (at + 1, other));
        for (who, person) in people.chain(others) {
            let shown = look::everything(person, &ids).await;
            for (other, name) in NAMES.iter().enumerate() {
                let may_know = other == who || self.told.contains(&(other, who));
                assert!(
                    may_know || !shown.contains(name),
                    "{} knows the name of {name}: {shown}",
                    NAMES[who]
                );
            }
        }
    }
}

/// So many actions, the same for each `seed` as far as the network lets them be.
#[allow(clippy::print_stderr, reason = "whoever reads why it failed needs the story")]
pub(crate) async fn tell(seed: u64, actions: u32) {
    let mut story = Story::begin(seed).await;
    for number in 0..actions {
        let done = story.act().await;
        eprintln!("{seed}/{number}: {done}");
        story.check_names().await;
    }
    story.settle().await;
    story.check_names().await;
    for device in &story.devices {
        let again = look::shared(device).await;
        assert_eq!(again["account"].as_str().map(|name| &name[..5]), Some(NAMES[0]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_people_do_two_devices_come_to_the_same_and_no_name_is_told_to_others() {
    tell(3, 60).await;
}
