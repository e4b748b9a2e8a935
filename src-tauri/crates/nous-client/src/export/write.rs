//! What was read of the timeline, into the files. Everything here blocks.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use jiff::tz::TimeZone;
use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::attachments::Attachment;
use nous_storage::ids::AttachmentKey;
use nous_storage::messages::{Message, MessageKind};
use nous_storage::sealed_files::{SealedFile, SealedFiles};
use tokio_util::sync::CancellationToken;

use super::entry::{Entry, FileEntry, Names};
use super::folder::{Document, Folder};
use super::read::Page;
use super::{Format, Plan, Progress, Tell, html, json, put_in};
use crate::files::save;

/// The most letters of a conversation's name in that of the folder.
const NAME_LETTERS: usize = 40;

/// What an export begins with.
pub(super) struct Setup {
    pub(super) plan: Plan,
    /// Whose days are told.
    pub(super) zone: TimeZone,
    /// Us.
    pub(super) own: AccountId,
    pub(super) now: Timestamp,
    /// Where files are.
    pub(super) files: SealedFiles,
    /// Messages in all.
    pub(super) total: u32,
    pub(super) tell: Tell,
}

/// An export that goes on.
pub(super) struct Writing {
    setup: Setup,
    folder: Folder,
    document: Document,
    /// The number of the page, from 1, and how many messages it has.
    page: (u32, u32),
    /// The day of the last message.
    day: String,
    /// Messages that were written.
    written: u32,
    progress: Progress,
}

impl Writing {
    /// Makes the folder, and begins the document.
    pub(super) fn begin(setup: Setup) -> io::Result<Self> {
        let Setup {
            plan,
            zone,
            now,
            total,
            ..
        } = &setup;
        let title: String = plan.name.chars().take(NAME_LETTERS).collect();
        let name = format!("{} {}", title.trim(), html::moment(*now, zone).day);
        let folder = Folder::make(&plan.parent, name.trim())?;
        let progress = Progress {
            total: *total,
            ..Progress::default()
        };
        let document = match folder.begin(first_name(plan.format)) {
            Ok(document) => document,
            Err(error) => {
                super::folder::remove(folder.path());
                return Err(error);
            }
        };
        let mut writing = Self {
            folder,
            document,
            page: (1, 0),
            day: String::new(),
            written: 0,
            progress,
            setup,
        };
        if let Err(error) = writing.head() {
            super::folder::remove(&writing.folder());
            return Err(error);
        }
        Ok(writing)
    }

    /// Where it is written.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Writes the messages of a page. `false` if it was stopped.
    pub(super) fn take(&mut self, page: Page, stop: &CancellationToken) -> io::Result<bool> {
        let Page {
            rows,
            names,
            locals,
            fleeting,
        } = page;
        for row in rows {
            if stop.is_cancelled() {
                return Ok(false);
            }
            self.progress.done += 1;
            // A line about the setting is no message that disappears.
            if row.timer.is_some() && row.kind != MessageKind::TimerChanged {
                self.progress.left_out += 1;
                continue;
            }
            let quoted = row.quote.as_ref().and_then(|quoted| quoted.message);
            let is_fleeting = quoted.is_some_and(|key| fleeting.contains(&key));
            self.message(row, &names, &locals, is_fleeting)?;
        }
        self.told();
        Ok(true)
    }

    fn message(
        &mut self,
        row: Message,
        known: &BTreeMap<AccountId, String>,
        locals: &BTreeMap<AttachmentKey, SealedFile>,
        is_fleeting: bool,
    ) -> io::Result<()> {
        let at = html::moment(row.sent, &self.setup.zone);
        let mut files = Vec::with_capacity(row.attachments.len());
        for file in &row.attachments {
            files.push(self.file(file, locals.get(&file.key), &at.day)?);
            self.told();
        }
        let words = &self.setup.plan.words;
        let names = Names {
            own: self.setup.own,
            you: &words.you,
            known,
        };
        let entry = Entry::of(row, (&names, words), is_fleeting, files);
        match self.setup.plan.format {
            Format::Json => {
                let text = json::entry(&entry, self.written == 0)?;
                self.document.write_all(text.as_bytes())?;
            }
            Format::Html => self.html_entry(&entry, &at)?,
        }
        self.written += 1;
        Ok(())
    }

    fn html_entry(&mut self, entry: &Entry, at: &html::Moment) -> io::Result<()> {
        if self.page.1 >= html::MESSAGES {
            self.turn()?;
        }
        let mut text = String::new();
        if at.day != self.day {
            self.day.clone_from(&at.day);
            text.push_str(&html::day(&at.day));
        }
        text.push_str(&html::entry(entry, at, &self.setup.plan.words));
        self.page.1 += 1;
        self.document.write_all(text.as_bytes())
    }

    /// Ends a page, and begins the next one.
    fn turn(&mut self) -> io::Result<()> {
        let (number, _) = self.page;
        let foot = html::foot(&self.setup.plan.words, number, true, 0);
        self.document.write_all(foot.as_bytes())?;
        let next = self.folder.begin(&html::page_name(number + 1))?;
        std::mem::replace(&mut self.document, next).finish()?;
        self.page = (number + 1, 0);
        self.day.clear();
        self.head()
    }

    fn head(&mut self) -> io::Result<()> {
        let Setup { plan, zone, now, .. } = &self.setup;
        let head = match plan.format {
            Format::Json => json::head(plan.conversation, &plan.words.title, *now)?,
            Format::Html => {
                let html::Moment { day, time } = html::moment(*now, zone);
                let lead = put_in(&plan.words.lead, "date", &format!("{day} {time}"));
                html::head(&plan.words, &lead, self.page.0)
            }
        };
        self.document.write_all(head.as_bytes())
    }

    /// Saves a file of a message, if it is here. `day`: that of the message, before its name.
    fn file(&mut self, file: &Attachment, local: Option<&SealedFile>, day: &str) -> io::Result<FileEntry> {
        let facts = &file.facts;
        let reader = local.and_then(|local| self.setup.files.reader(local));
        let saved = match reader {
            None => None,
            Some(mut reader) => {
                let name = format!("{day} {}", save::name_of(facts));
                self.folder.keep(name.trim(), &mut reader)?
            }
        };
        if saved.is_some() {
            self.progress.files += 1;
        } else {
            self.progress.missing += 1;
        }
        let name = if facts.name.is_empty() && saved.is_none() {
            save::name_of(facts)
        } else {
            facts.name.clone()
        };
        Ok(FileEntry {
            name,
            saved,
            size: facts.size,
            content_type: facts.content_type.clone(),
            caption: facts.caption.clone(),
        })
    }

    fn told(&self) {
        (self.setup.tell)(self.progress);
    }

    /// Everything was taken: answers where it is.
    pub(super) fn finish(mut self) -> io::Result<(PathBuf, Progress)> {
        let foot = match self.setup.plan.format {
            Format::Json => json::foot(self.progress.left_out),
            Format::Html => html::foot(&self.setup.plan.words, self.page.0, false, self.progress.left_out),
        };
        self.document.write_all(foot.as_bytes())?;
        let folder = self.folder();
        self.document.finish()?;
        Ok((folder, self.progress))
    }
}

fn first_name(format: Format) -> &'static str {
    match format {
        Format::Html => "index.html",
        Format::Json => json::NAME,
    }
}
