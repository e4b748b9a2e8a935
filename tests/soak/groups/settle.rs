//! The end of a chapter: all nodes work, everybody has said and heard all, and has what they must
//! have.

use std::time::{Duration, Instant};

use nous_api::rows::MessageState;
use nous_api::{messages, network};
use nous_network::clock;

use super::book::Fate;
use super::deeds::{Deed, What};
use super::look::Standing;
use super::{NAMES, Story};

/// How long it may take until everything is quiet, once all nodes work: what failed rests up to a
/// minute between its tries, and admins' apps answer members within half of one.
const PATIENCE: Duration = Duration::from_secs(300);
/// After so long without quiet, those who have something left to do write: an app looks again at
/// what it could not do when there is something else to do.
const UNREST: Duration = Duration::from_secs(45);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(300);

impl Story {
    /// Waits until all is quiet, and looks whether everybody has what they must have of what was
    /// said since it was quiet last.
    pub(super) async fn end_chapter(&mut self) {
        self.restore().await;
        for person in self.people.values() {
            network::send_now(&person.app).await.expect("an outbox");
        }
        let standing = self.settle().await;
        self.learn_fates().await;
        let chapter = self.book.chapter();
        if let Err(why) = self.book.end_chapter(standing.places, standing.admins) {
            self.fail(&why);
        }
        self.check(Some(chapter)).await;
        self.book.count_judged(chapter);
        self.remember(format!("chapter {chapter} ends"));
    }

    /// Quiet before a word that all have heard, and the same after it: so nothing of before it was
    /// still on its way to anybody.
    async fn settle(&mut self) -> Standing {
        let end = clock::monotonic() + PATIENCE;
        let mut before = self.until_quiet(end).await;
        loop {
            let words = self.say_words(&before).await;
            for (group, text) in words {
                while !self.is_read(group, &text).await {
                    self.rest(end, &format!("not all have {text:?}")).await;
                }
            }
            let after = self.until_quiet(end).await;
            if after == before {
                return after;
            }
            before = after;
        }
    }

    async fn until_quiet(&mut self, end: Instant) -> Standing {
        let mut unrest = clock::monotonic() + UNREST;
        loop {
            match self.standing().await {
                Ok(standing) => return standing,
                Err(why) => self.rest(end, &why).await,
            }
            if clock::monotonic() > unrest {
                unrest = clock::monotonic() + UNREST;
                for (group, who) in self.busy().await {
                    let what = What::Write(self.text());
                    let words = self.carry_out(Deed { who, group, what }).await;
                    self.remember(words);
                }
            }
        }
    }

    /// Waits a moment, but not beyond `end`.
    async fn rest(&self, end: Instant, why: &str) {
        if clock::monotonic() > end {
            let all = self.all_rows().await;
            self.fail(&format!("there is no end: {why}\n{all}"));
        }
        tokio::time::sleep(PAUSE).await;
    }

    /// In each group an admin says something: no node shuts them out. Answers what.
    async fn say_words(&mut self, standing: &Standing) -> Vec<(usize, String)> {
        let mut said = Vec::new();
        for group in 0..self.groups.len() {
            let leads = |who: &usize| standing.admins.contains(&(group, *who));
            let admins: Vec<usize> = (0..self.ids.len()).filter(leads).collect();
            let who = self.pick(&admins).expect("an admin");
            let text = self.text();
            let what = What::Write(text.clone());
            let before = self.book.said.len();
            let words = self.carry_out(Deed { who, group, what }).await;
            self.remember(words);
            // It is refused where something was not quiet after all.
            if self.book.said.len() > before {
                said.push((group, text));
            }
        }
        said
    }

    /// What became of what was said in this chapter.
    async fn learn_fates(&mut self) {
        let chapter = self.book.chapter();
        for place in 0..self.book.said.len() {
            let said = &self.book.said[place];
            if said.chapter != chapter {
                continue;
            }
            let app = &self.people[&said.author].app;
            let rows = messages::get_messages(app, vec![said.id.clone()]).await;
            let state = rows.expect("messages").pop().map(|row| row.state);
            let fate = match state {
                None | Some(None) => Fate::Unknown,
                Some(Some(MessageState::Failed)) => Fate::Failed,
                Some(Some(MessageState::Queued | MessageState::Sending)) if said.is_taken_back => {
                    Fate::Failed
                }
                Some(Some(MessageState::Queued | MessageState::Sending)) => {
                    self.fail(&format!("it waits, and nothing is to be sent: {said:?}"))
                }
                Some(Some(_)) => Fate::Sent,
            };
            self.book.said[place].fate = fate;
        }
    }

    /// Everybody has what they must have, once, and nothing that they must not: of one chapter, or
    /// of all.
    pub(super) async fn check(&self, chapter: Option<usize>) {
        let end = clock::monotonic() + PATIENCE;
        loop {
            let seen = self.seen().await;
            match self.book.judge(&seen, chapter) {
                Ok(()) => return,
                Err(wrong) if wrong.is_missing && clock::monotonic() < end => {
                    self.rest(end, &wrong.text).await;
                }
                Err(wrong) if wrong.is_missing => {
                    let why = self.whereabouts(wrong.who, wrong.said).await;
                    self.fail(&format!("{}\n{why}", wrong.text));
                }
                Err(wrong) => self.fail(&format!("{}: {}", NAMES.join(", "), wrong.text)),
            }
        }
    }

    /// Waits until everybody's account has stored what their devices share.
    pub(super) async fn until_shared(&self) {
        let end = clock::monotonic() + PATIENCE;
        while let Some(why) = self.unshared().await {
            self.rest(end, &why).await;
        }
    }
}
