//! People in several groups who do anything, in any order and at the same moment, over a network
//! whose nodes fail, with programs that are killed: every message that was sent is with each
//! member who was in the group all the while, once, and with nobody who was outside.
//!
//! How that is known: [`book`].

mod acts;
mod book;
mod deeds;
mod look;
mod settle;
mod trouble;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use nous_api::groups;
use nous_api::ids::ConversationId;
use nous_api::requests::CreateGroupRequest;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use self::book::{Book, Fate};
use crate::logs;
use crate::person::Person;
use crate::scene::Scene;

/// Of their profiles, too.
const NAMES: [&str; 10] = [
    "Alice", "Bob", "Chloe", "Dora", "Emil", "Frida", "Georg", "Hanna", "Ivan", "Judith",
];
/// How every text begins, and how the name of every group does.
const SPOKEN: &str = "spoken in a group";
const NAMED: &str = "company number";
/// So many of the last things are told when a story fails.
const KEPT: usize = 60;

/// How large a story is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// At most ten.
    pub(crate) people: usize,
    /// Each has another founder.
    pub(crate) groups: usize,
    pub(crate) actions: u32,
    /// So many actions are between two moments at which everything is quiet.
    pub(crate) chapter: u32,
}

pub(crate) struct Story {
    seed: u64,
    scene: Scene,
    /// By their place in [`NAMES`]. Who is being killed is not among them.
    people: BTreeMap<usize, Person>,
    /// Their account IDs.
    ids: Vec<String>,
    groups: Vec<ConversationId>,
    book: Book,
    rng: StdRng,
    /// Of all texts and names: no two are the same.
    number: u32,
    /// Nodes that are down, and those that were since all worked.
    down: BTreeSet<usize>,
    behind: BTreeSet<usize>,
    counts: BTreeMap<&'static str, u32>,
    recent: VecDeque<String>,
}

/// Whether two people know each other before the story; the others ask.
const fn are_friends(one: usize, other: usize) -> bool {
    (one + other) % 4 != 3
}

/// The founders and their friends accept each other.
async fn befriend(people: &BTreeMap<usize, Person>, founders: usize) {
    let pairs: Vec<(&Person, &Person)> = (0..founders)
        .flat_map(|one| (one + 1..people.len()).map(move |other| (one, other)))
        .filter(|(one, other)| are_friends(*one, *other))
        .map(|(one, other)| (&people[&one], &people[&other]))
        .collect();
    for (one, other) in &pairs {
        one.write(&other.id, "may I").await;
    }
    for (one, other) in &pairs {
        other.until_text(&one.id, "may I").await;
        other.write(&one.id, "yes").await;
    }
    for (one, other) in &pairs {
        one.until_text(&other.id, "yes").await;
    }
}

impl Story {
    async fn begin(seed: u64, size: Size) -> Self {
        let scene = Scene::new().await;
        logs::is_secret(SPOKEN);
        logs::is_secret(NAMED);
        let mut people = BTreeMap::new();
        for (who, name) in NAMES.iter().enumerate().take(size.people) {
            people.insert(who, scene.person(name).await);
        }
        befriend(&people, size.groups).await;
        let mut story = Self {
            seed,
            scene,
            ids: people.values().map(|person| person.id.clone()).collect(),
            people,
            groups: Vec::new(),
            book: Book::new(size.people, size.groups),
            rng: StdRng::seed_from_u64(seed),
            number: 0,
            down: BTreeSet::new(),
            behind: BTreeSet::new(),
            counts: BTreeMap::new(),
            recent: VecDeque::new(),
        };
        for founder in 0..size.groups {
            story.found(founder).await;
        }
        Box::pin(story.end_chapter()).await;
        story
    }

    /// A group of most people: friends are in at once.
    async fn found(&mut self, founder: usize) {
        let mut members: Vec<usize> = (0..self.ids.len()).filter(|who| *who != founder).collect();
        while members.len() > 2 && members.len() * 3 > self.ids.len() * 2 {
            let gone = self.below(members.len());
            members.remove(gone);
        }
        let request = CreateGroupRequest {
            name: self.name_of(self.groups.len()),
            description: String::new(),
            members: members.iter().map(|who| self.ids[*who].clone()).collect(),
            all_are_admins: false,
            picture: None,
        };
        let made = groups::create_group(&self.people[&founder].app, request).await;
        let id = made.expect("a group").id;
        for who in members.into_iter().filter(|who| are_friends(founder, *who)) {
            self.people[&who]
                .until("they are in the group", async |person| {
                    look::can_read(person, &id).await.then_some(())
                })
                .await;
        }
        self.groups.push(id);
    }

    fn below(&mut self, end: usize) -> usize {
        self.rng.random_range(0..end)
    }

    /// One of these, by chance.
    fn pick(&mut self, from: &[usize]) -> Option<usize> {
        if from.is_empty() {
            return None;
        }
        let place = self.below(from.len());
        from.get(place).copied()
    }

    fn text(&mut self) -> String {
        self.number += 1;
        format!("{SPOKEN}: {}", self.number)
    }

    /// A new name for a group: no other has it.
    fn name_of(&mut self, group: usize) -> String {
        self.number += 1;
        format!("{NAMED} {group}.{}", self.number)
    }

    fn count(&mut self, word: &'static str) {
        *self.counts.entry(word).or_default() += 1;
    }

    #[allow(clippy::print_stderr, reason = "whoever reads why it failed needs the story")]
    fn remember(&mut self, words: String) {
        eprintln!("{words}");
        if self.recent.len() == KEPT {
            self.recent.pop_front();
        }
        self.recent.push_back(words);
    }

    fn fail(&self, why: &str) -> ! {
        let recent: Vec<&str> = self.recent.iter().map(String::as_str).collect();
        panic!("{why}\nseed {}, before it:\n{}", self.seed, recent.join("\n"))
    }

    /// What happened in all, how many messages there were, and how much was known of them.
    #[allow(clippy::print_stderr, reason = "the summary is read by people")]
    fn sum_up(&self) {
        let counts: Vec<String> = self
            .counts
            .iter()
            .map(|(word, count)| format!("{word} {count}"))
            .collect();
        let [sent, failed, unknown] =
            [Fate::Sent, Fate::Failed, Fate::Unknown].map(|fate| self.book.count(fate));
        let written = self.book.said.len();
        let tally = self.book.tally();
        eprintln!(
            "seed {}: {}; messages: written {written}, sent {sent}, failed {failed}, \
             gone with their author {unknown}; pairs of message and person: must have {}, \
             must not {}, either {}",
            self.seed,
            counts.join(", "),
            tally.must,
            tally.must_not,
            tally.either
        );
        let decided = tally.must + tally.must_not;
        assert!(decided > tally.either, "too little is decided: {tally:?}");
        assert!(tally.must > 0 && tally.must_not > 0, "{tally:?}");
        // Who is let in again may meet a node that does not know it yet.
        assert!(failed * 10 <= written, "too many messages failed: {failed}");
    }
}

/// So many actions, the same for each `seed` as far as the network lets them be.
pub(crate) async fn tell(seed: u64, size: Size) {
    let mut story = Box::pin(Story::begin(seed, size)).await;
    for number in 1..=size.actions {
        let done = Box::pin(story.act()).await;
        story.remember(format!("{seed}/{number}: {done}"));
        if number % size.chapter == 0 {
            Box::pin(story.end_chapter()).await;
        }
    }
    Box::pin(story.end_chapter()).await;
    story.say_farewell().await;
    Box::pin(story.end_chapter()).await;
    story.check(None).await;
    story.until_shared().await;
    story.sum_up();
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_people_do_in_groups_who_is_in_has_each_message_once_and_nobody_else_has_it() {
    let size = Size {
        people: 5,
        groups: 2,
        actions: 40,
        chapter: 10,
    };
    tell(3, size).await;
}
