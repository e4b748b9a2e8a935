//! Work that takes longer than a command may: begun, followed, stopped.

use std::collections::BTreeMap;

use tokio_util::sync::CancellationToken;

use super::account::RESTORE_STEPS;
use super::{Client, lock};
use crate::error::ClientError;
use crate::events::{Change, JobProgress, JobState};

/// What a job does, as far as stopping it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    /// An account is restored: stopping forgets it.
    Restore,
    /// A list is taken into the directory: stopping ends it where it is.
    Import,
    /// A conversation is written into files: stopping removes them.
    Export,
}

/// Jobs that go on.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    last: u64,
    running: BTreeMap<u64, (JobKind, CancellationToken)>,
}

impl Client {
    /// A number for a new job, and what stops it.
    pub(super) fn new_job(&self, kind: JobKind) -> (u64, CancellationToken) {
        let mut jobs = lock(&self.inner.jobs);
        jobs.last += 1;
        let job = jobs.last;
        drop(jobs);
        (job, self.resume_job(job, kind))
    }

    /// Another part of a job begins under its number.
    pub(super) fn resume_job(&self, job: u64, kind: JobKind) -> CancellationToken {
        let token = CancellationToken::new();
        let mut jobs = lock(&self.inner.jobs);
        if let Some((_, before)) = jobs.running.insert(job, (kind, token.clone())) {
            before.cancel();
        }
        token
    }

    /// The job has ended by itself.
    pub(super) fn end_job(&self, job: u64) {
        lock(&self.inner.jobs).running.remove(&job);
    }

    /// Stops a job without a word; answers what it was, if it was running.
    pub(super) fn stop_job(&self, job: u64) -> Option<JobKind> {
        let (kind, token) = lock(&self.inner.jobs).running.remove(&job)?;
        token.cancel();
        Some(kind)
    }

    /// Announces how far a job is.
    pub(super) fn announce_job(&self, job: u64, done: u32, total: u32, state: JobState) {
        let progress = JobProgress {
            done,
            total: Some(total),
            state,
        };
        self.inner.hub.announce([Change::Job(job, progress)]);
    }

    /// The same for a restore, which changes the account.
    pub(super) fn announce_restore(&self, job: u64, done: u32, state: JobState) {
        self.announce_job(job, done, RESTORE_STEPS, state);
        self.inner.hub.announce([Change::Account]);
    }

    /// Stops a job. A restore that is stopped forgets its account; an import ends where it is, and of an
    /// export nothing is left.
    /// Jobs that have ended are left alone.
    ///
    /// # Errors
    /// What the database said.
    pub async fn cancel_job(&self, job: u64) -> Result<(), ClientError> {
        match self.stop_job(job) {
            None => {}
            Some(JobKind::Restore) => {
                self.discard_account().await?;
                self.announce_restore(job, 0, JobState::Cancelled);
            }
            Some(JobKind::Import | JobKind::Export) => self.announce_job(job, 0, 0, JobState::Cancelled),
        }
        Ok(())
    }
}
