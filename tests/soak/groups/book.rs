//! What was said, and what happened to whom: from that follows who must have a message and who
//! must not.
//!
//! The story is cut into chapters. Each begins and ends when everything is quiet: all is sent, all
//! apps see the same members and have the same newest key. So whoever is in a group at both ends
//! of a chapter, and to whom nothing happened in it, was in it all the time and must have all that
//! was said meanwhile; whoever was outside at both ends, and whom nobody let in, must have nothing
//! of it. For whom something happened in a chapter, either is right for what was said in it.

use std::collections::{BTreeMap, BTreeSet};

use nous_api::ids::MessageId;

/// Somebody in a group: the group's number, then theirs.
pub(super) type Seat = (usize, usize);

/// How often everybody sees every text.
pub(super) type Seen = BTreeMap<Seat, BTreeMap<String, u32>>;

/// Where somebody is when everything is quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    In,
    /// In the list of members, but not with their app: they did not answer, or declined.
    Invited,
    Out,
}

/// Where somebody was through a whole chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Member,
    Outside,
    Unsure,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Waiting,
    Sent,
    Failed,
    /// Its author has left, and with them what they knew of it.
    Unknown,
}

/// A message, with its only text.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) group: usize,
    pub(super) author: usize,
    pub(super) text: String,
    /// On the author's device.
    pub(super) id: MessageId,
    pub(super) chapter: usize,
    pub(super) fate: Fate,
    /// It was to be deleted for everybody, alone or with all of its author.
    pub(super) is_taken_back: bool,
}

/// What is wrong with what somebody has.
#[derive(Debug)]
pub(super) struct Wrong {
    /// More time may put it right.
    pub(super) is_missing: bool,
    pub(super) text: String,
    /// Who has it wrong, and the place of the message in the book.
    pub(super) who: usize,
    pub(super) said: usize,
}

/// What is known of a message and somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Must,
    MustNot,
    Either,
}

/// How many pairs of a message and somebody are decided.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    pub(super) must: usize,
    pub(super) must_not: usize,
    pub(super) either: usize,
}

/// What happened in one chapter.
#[derive(Default)]
struct Chapter {
    /// May have gone in or out.
    touched: BTreeSet<Seat>,
    /// Somebody does something with them, or they left: once in a chapter is enough.
    claimed: BTreeSet<Seat>,
    /// Admins who did something with members.
    acted: BTreeSet<Seat>,
    /// Removed with all that they wrote.
    silenced: BTreeSet<Seat>,
    /// By group: changes that make another key.
    changes: BTreeMap<usize, u32>,
    /// Groups whose admins' apps were asked to add somebody.
    has_proposals: BTreeSet<usize>,
    /// Groups that an admin left.
    without_admin: BTreeSet<usize>,
}

pub(super) struct Book {
    people: usize,
    pub(super) said: Vec<Said>,
    /// Everybody's place at the beginning of this chapter.
    places: BTreeMap<Seat, Place>,
    admins: BTreeSet<Seat>,
    /// Of the chapters that have ended.
    statuses: Vec<BTreeMap<Seat, Status>>,
    now: Chapter,
    before: Chapter,
    /// Up to which chapter somebody may have been given the keys of what was said.
    shared: BTreeMap<Seat, usize>,
    /// In which chapter somebody last erased what they had.
    erased: BTreeMap<Seat, usize>,
    tally: Tally,
}

impl Book {
    pub(super) fn new(people: usize, groups: usize) -> Self {
        let seats = (0..groups).flat_map(|group| (0..people).map(move |who| (group, who)));
        Self {
            people,
            said: Vec::new(),
            places: seats.map(|seat| (seat, Place::Invited)).collect(),
            admins: BTreeSet::new(),
            statuses: Vec::new(),
            now: Chapter::default(),
            before: Chapter::default(),
            shared: BTreeMap::new(),
            erased: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    /// The number of the chapter that is being told.
    pub(super) fn chapter(&self) -> usize {
        self.statuses.len()
    }

    /// Who was at a place when the chapter began.
    pub(super) fn at(&self, group: usize, place: Place) -> Vec<usize> {
        let is_there = |who: &usize| self.places.get(&(group, *who)) == Some(&place);
        (0..self.people).filter(is_there).collect()
    }

    /// Those of them who are no admins, and with whom nobody did anything since.
    pub(super) fn free(&self, group: usize, place: Place) -> Vec<usize> {
        let mut people = self.at(group, place);
        people.retain(|who| {
            let seat = (group, *who);
            !self.admins.contains(&seat) && !self.now.claimed.contains(&seat)
        });
        people
    }

    /// The admins who have not left since.
    pub(super) fn leaders(&self, group: usize) -> Vec<usize> {
        let mut people = self.at(group, Place::In);
        people.retain(|who| {
            let seat = (group, *who);
            self.admins.contains(&seat) && !self.now.claimed.contains(&seat)
        });
        people
    }

    /// Whether an admin may leave: another stays, and nothing that they began, or that a member
    /// asked their app for, is left undone.
    pub(super) fn may_leave(&self, (group, who): Seat) -> bool {
        self.leaders(group).len() > 1
            && !self.has_lost_admin(group)
            && !self.now.has_proposals.contains(&group)
            && !self.now.acted.contains(&(group, who))
    }

    /// Whether an admin left in this chapter.
    pub(super) fn has_lost_admin(&self, group: usize) -> bool {
        self.now.without_admin.contains(&group)
    }

    pub(super) fn is_admin(&self, seat: Seat) -> bool {
        self.admins.contains(&seat)
    }

    /// They stay where they are, whatever is done with them.
    pub(super) fn claim(&mut self, seat: Seat) {
        self.now.claimed.insert(seat);
    }

    /// They may go in or out in this chapter.
    pub(super) fn touch(&mut self, seat: Seat) {
        self.now.claimed.insert(seat);
        self.now.touched.insert(seat);
    }

    /// An admin, or who asks one, has the group's key changed.
    pub(super) fn changes_key(&mut self, seat: Seat) {
        if !self.is_admin(seat) {
            self.now.has_proposals.insert(seat.0);
        }
        self.now.acted.insert(seat);
        *self.now.changes.entry(seat.0).or_default() += 1;
    }

    /// They may be given the keys of everything until now.
    pub(super) fn share(&mut self, seat: Seat) {
        self.shared.insert(seat, self.chapter());
    }

    /// All that they wrote is to be deleted.
    pub(super) fn silence(&mut self, seat: Seat) {
        self.now.silenced.insert(seat);
    }

    /// They may erase what they have.
    pub(super) fn erase(&mut self, seat: Seat) {
        self.erased.insert(seat, self.chapter());
    }

    /// They leave the group.
    pub(super) fn leave(&mut self, seat: Seat) {
        if self.is_admin(seat) {
            self.now.without_admin.insert(seat.0);
        }
        *self.now.changes.entry(seat.0).or_default() += 1;
        self.touch(seat);
        self.erase(seat);
    }

    /// Everything is quiet, and everybody stands at these places. Says what cannot have come from
    /// what was done.
    pub(super) fn end_chapter(
        &mut self,
        places: BTreeMap<Seat, Place>,
        admins: BTreeSet<Seat>,
    ) -> Result<(), String> {
        let mut statuses = BTreeMap::new();
        for (seat, end) in &places {
            let begin = self.places.get(seat).copied().unwrap_or(Place::Invited);
            let is_touched = self.now.touched.contains(seat);
            if !is_touched && begin != *end && begin != Place::Invited {
                return Err(format!("{seat:?} went from {begin:?} to {end:?} by themselves"));
            }
            // Two admins who changed members at once may have made two keys. The one that counts
            // is made when both have seen that: surely within a chapter.
            let is_doubtful = self.before.touched.contains(seat)
                && self
                    .before
                    .changes
                    .get(&seat.0)
                    .is_some_and(|changes| *changes > 1);
            let status = match begin {
                Place::In if !is_touched => Status::Member,
                Place::Out if !is_touched && !is_doubtful => Status::Outside,
                _ => Status::Unsure,
            };
            statuses.insert(*seat, status);
        }
        for said in &mut self.said {
            said.is_taken_back |= self.now.silenced.contains(&(said.group, said.author));
        }
        self.statuses.push(statuses);
        self.places = places;
        self.admins = admins;
        self.before = std::mem::take(&mut self.now);
        Ok(())
    }

    fn verdict(&self, said: &Said, who: usize) -> Verdict {
        let seat = (said.group, who);
        let reaches = |chapters: &BTreeMap<Seat, usize>| {
            chapters
                .get(&seat)
                .is_some_and(|chapter| *chapter >= said.chapter)
        };
        let status = self
            .statuses
            .get(said.chapter)
            .and_then(|statuses| statuses.get(&seat));
        match status {
            Some(Status::Member)
                if said.fate == Fate::Sent && !said.is_taken_back && !reaches(&self.erased) =>
            {
                Verdict::Must
            }
            Some(Status::Outside) if !reaches(&self.shared) => Verdict::MustNot,
            _ => Verdict::Either,
        }
    }

    /// Compares what everybody sees with what was said, in one chapter that has ended or in all.
    pub(super) fn judge(&self, seen: &Seen, chapter: Option<usize>) -> Result<(), Wrong> {
        let is_meant = |said: &Said| chapter.is_none_or(|chapter| chapter == said.chapter);
        let mut missing = None;
        for (place, said) in self.said.iter().enumerate().filter(|(_, said)| is_meant(said)) {
            for who in 0..self.people {
                let texts = seen.get(&(said.group, who));
                let count = texts.and_then(|texts| texts.get(&said.text)).copied();
                let (verdict, count) = (self.verdict(said, who), count.unwrap_or(0));
                let is_missing = verdict == Verdict::Must && count == 0;
                if !is_missing && count < 2 && (verdict != Verdict::MustNot || count == 0) {
                    continue;
                }
                let text = format!("person {who} has {count} times, and {verdict:?} have: {said:?}");
                let wrong = Wrong {
                    is_missing,
                    text,
                    who,
                    said: place,
                };
                if !is_missing {
                    return Err(wrong);
                }
                missing.get_or_insert(wrong);
            }
        }
        missing.map_or(Ok(()), Err)
    }

    /// Counts how much is decided of a chapter that was judged: later, who leaves erases what they
    /// have.
    pub(super) fn count_judged(&mut self, chapter: usize) {
        let mut tally = self.tally;
        for said in self.said.iter().filter(|said| said.chapter == chapter) {
            for who in 0..self.people {
                match self.verdict(said, who) {
                    Verdict::Must => tally.must += 1,
                    Verdict::MustNot => tally.must_not += 1,
                    Verdict::Either => tally.either += 1,
                }
            }
        }
        self.tally = tally;
    }

    /// How much was decided of all chapters, each when it was judged.
    pub(super) const fn tally(&self) -> Tally {
        self.tally
    }

    /// How many messages met this fate.
    pub(super) fn count(&self, fate: Fate) -> usize {
        self.said.iter().filter(|said| said.fate == fate).count()
    }
}
