//! A conversation as files: begun, followed, stopped.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::jobs::JobKind;
use super::{Client, lock};
use crate::error::ClientError;
use crate::events::JobState;
use crate::export::{self, Outcome, Plan, Progress, Tell};

/// How an export stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportStage {
    /// It goes on.
    Running,
    /// It is written: the folder.
    Done(PathBuf),
    /// The person stopped it. Nothing is left of it.
    Stopped,
    /// It could not go on. Nothing is left of it.
    Failed(ClientError),
}

/// An export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportState {
    /// How it stands.
    pub stage: ExportStage,
    /// How far it is.
    pub progress: Progress,
}

/// The same with its number.
#[derive(Debug)]
pub(crate) struct Export {
    pub(super) job: u64,
    state: ExportState,
}

impl Client {
    /// Begins to write a conversation; answers the number of the job. One at a time: an earlier one is
    /// stopped.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`], or that the profile is not open.
    pub fn start_export(&self, plan: Plan) -> Result<u64, ClientError> {
        let core = self.session()?.core;
        let (job, token) = self.new_job(JobKind::Export);
        let state = ExportState {
            stage: ExportStage::Running,
            progress: Progress::default(),
        };
        let before = lock(&self.inner.export).replace(Export { job, state });
        if let Some(before) = before {
            self.stop_job(before.job);
        }
        let client = self.clone();
        drop(self.inner.tasks.spawn("export", async move {
            let written = export::run(&core, plan, &token, client.told_of(job)).await;
            client.end_export(job, &token, written);
        }));
        Ok(job)
    }

    /// Takes note of how far an export is.
    fn told_of(&self, job: u64) -> Tell {
        let client = self.clone();
        Arc::new(move |progress: Progress| {
            client.note_export(job, JobState::Running, |state| state.progress = progress);
        })
    }

    /// How an export stands; `None` if another one was begun since.
    #[must_use]
    pub fn export_state(&self, job: u64) -> Option<ExportState> {
        let export = lock(&self.inner.export);
        let found = export.as_ref().filter(|export| export.job == job);
        found.map(|export| export.state.clone())
    }

    /// Forgets an export, and stops it if it goes on: the profile closes.
    pub(super) fn forget_export(&self) {
        let export = lock(&self.inner.export).take();
        if let Some(export) = export {
            self.stop_job(export.job);
        }
    }

    /// Changes what is known of an export, and announces it.
    fn note_export(&self, job: u64, announced: JobState, change: impl FnOnce(&mut ExportState)) {
        let mut export = lock(&self.inner.export);
        let Some(found) = export.as_mut().filter(|export| export.job == job) else {
            return;
        };
        change(&mut found.state);
        let Progress { done, total, .. } = found.state.progress;
        drop(export);
        self.announce_job(job, done, total, announced);
    }

    fn end_export(&self, job: u64, token: &CancellationToken, written: Result<Outcome, ClientError>) {
        let (stage, progress) = match written {
            Ok(Outcome::Done(folder, progress)) => (ExportStage::Done(folder), Some(progress)),
            Ok(Outcome::Stopped) => (ExportStage::Stopped, None),
            // What is stopped in the middle of something may say so by an error.
            Err(_) if token.is_cancelled() => (ExportStage::Stopped, None),
            Err(error) => (ExportStage::Failed(error), None),
        };
        self.end_job(job);
        let done = JobState::Done {
            needs_name: false,
            continues: false,
        };
        self.note_export(job, done, |state| {
            state.stage = stage;
            if let Some(progress) = progress {
                state.progress = progress;
            }
        });
    }
}
