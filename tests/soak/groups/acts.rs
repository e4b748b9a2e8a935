//! What may happen next.

use super::Story;
use super::book::Place;
use super::deeds::{Deed, What};

impl Story {
    /// Something happens; answers what, for whoever reads why a story failed.
    pub(super) async fn act(&mut self) -> String {
        match self.below(100) {
            0..=7 => match self.changing() {
                Some(deed) => self.carry_out(deed).await,
                None => self.write().await,
            },
            8 | 9 => match self.describing() {
                Some(deed) => self.carry_out(deed).await,
                None => self.write().await,
            },
            10 => match self.unsaying() {
                Some(deed) => self.carry_out(deed).await,
                None => self.write().await,
            },
            11..=15 => match self.answer().await {
                Some(words) => words,
                None => self.write().await,
            },
            16..=20 => self.act_together().await,
            21 | 22 => self.restart().await,
            23 | 24 => self.kill().await,
            25..=29 => self.disturb().await,
            _ => self.write().await,
        }
    }

    async fn write(&mut self) -> String {
        let deed = self.writing();
        self.carry_out(deed).await
    }

    /// What one of several does who act at the same moment, noted already.
    fn planned(&mut self) -> Deed {
        let deed = match self.below(4) {
            0 => self.changing(),
            1 => self.describing(),
            _ => None,
        };
        let deed = deed.unwrap_or_else(|| self.writing());
        self.note(&deed);
        deed
    }

    /// Three do something, and nobody waits for the others.
    async fn act_together(&mut self) -> String {
        let deeds = [self.planned(), self.planned(), self.planned()];
        let [one, two, three] = &deeds;
        let done = tokio::join!(
            Box::pin(self.perform(one)),
            Box::pin(self.perform(two)),
            Box::pin(self.perform(three))
        );
        self.count("at once");
        let done = deeds.into_iter().zip([done.0, done.1, done.2]);
        let words: Vec<String> = done.map(|(deed, done)| self.keep(deed, done)).collect();
        words.join(" | ")
    }

    /// Whoever is in a group writes once more.
    pub(super) async fn say_farewell(&mut self) {
        for group in 0..self.groups.len() {
            for who in self.book.at(group, Place::In) {
                let what = What::Write(self.text());
                let words = self.carry_out(Deed { who, group, what }).await;
                self.remember(words);
            }
        }
    }
}
