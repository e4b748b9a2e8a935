//! Random histories of a group: three admins, twenty people, and a swarm whose messages come
//! late, more than once, and in any order.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod group_history;

use group_history::{ADMINS, History, PEOPLE};
use proptest::prelude::*;

/// What one admin does, or how much of the swarm they see.
#[derive(Debug, Clone, Copy)]
enum Act {
    Rename(usize),
    Add {
        admin: usize,
        person: usize,
        with_history: bool,
    },
    Remove {
        admin: usize,
        person: usize,
    },
    Promote {
        admin: usize,
        person: usize,
    },
    Rotate(usize),
    /// All but the newest messages of each kind arrive, in a random order, some twice.
    Fetch {
        admin: usize,
        missing: usize,
    },
    Push(usize),
    /// Somebody says something.
    Say(usize),
    /// A person fetches what there is.
    Read {
        person: usize,
        missing: usize,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let (admin, person) = (0..ADMINS, 0..PEOPLE);
    let act = prop_oneof![
        1 => admin.clone().prop_map(Act::Rename),
        4 => (admin.clone(), person.clone(), any::<bool>())
            .prop_map(|(admin, person, with_history)| Act::Add { admin, person, with_history }),
        3 => (admin.clone(), person.clone()).prop_map(|(admin, person)| Act::Remove { admin, person }),
        1 => (admin.clone(), person.clone()).prop_map(|(admin, person)| Act::Promote { admin, person }),
        1 => admin.clone().prop_map(Act::Rotate),
        6 => (admin.clone(), 0..4_usize).prop_map(|(admin, missing)| Act::Fetch { admin, missing }),
        6 => admin.prop_map(Act::Push),
        4 => (0..ADMINS + PEOPLE).prop_map(Act::Say),
        3 => (person, 0..4_usize).prop_map(|(person, missing)| Act::Read { person, missing }),
    ];
    prop::collection::vec(act, 1..60)
}

fn play(history: &mut History, acts: &[Act]) {
    for act in acts {
        match *act {
            Act::Rename(admin) => history.rename(admin),
            Act::Add {
                admin,
                person,
                with_history,
            } => history.add(admin, person, with_history),
            Act::Remove { admin, person } => history.remove(admin, person),
            Act::Promote { admin, person } => history.promote(admin, person),
            Act::Rotate(admin) => history.rotate(admin),
            Act::Fetch { admin, missing } => history.fetch(admin, missing),
            Act::Push(admin) => history.push(admin),
            Act::Say(who) => history.say(who),
            Act::Read { person, missing } => history.read(person, missing),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Once traffic stops, all who may read agree on name, members, roles and the key that
    /// seals; nobody else has that key, and nobody has a key that was not made for them.
    #[test]
    fn everybody_comes_to_one_group(acts in acts(), seed in any::<u64>()) {
        let mut history = History::new(seed);
        play(&mut history, &acts);
        history.settle();
        history.check_agreement()?;
        history.check_keys()?;
        history.check_messages()?;
    }

    /// Two admins rotate at once, for the same members or not.
    #[test]
    fn two_rotations_at_once_end_in_one_key(
        first in prop::collection::vec(0..PEOPLE, 0..4),
        second in prop::collection::vec(0..PEOPLE, 0..4),
        seed in any::<u64>(),
    ) {
        let mut history = History::new(seed);
        for (admin, people) in [(0, first), (1, second)] {
            history.fetch(admin, 0);
            for person in people {
                history.add(admin, person, false);
            }
            history.rotate(admin);
        }
        history.push(0);
        history.push(1);
        history.settle();
        history.check_agreement()?;
        history.check_keys()?;
        history.check_messages()?;
    }
}
