//! One change among many contacts, until the swarm confirmed it.

use std::time::Duration;

use anyhow::Result;
use nous_api::ids::ConversationId;
use nous_api::requests::SetNicknameRequest;
use nous_api::rows::{SyncPhase, SyncedConfig};
use nous_api::{App, AppOptions, contacts, subscriptions, sync};
use tokio::time::Instant;

use crate::figure;
use crate::stage::{Profile, Stage};

const PUSH: &str = "change one of 1,000 contacts until it is pushed";
/// What [`measure`] measures.
pub(crate) const FIGURES: &[&str] = &[PUSH];

const RUNS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);
/// Pushes are at least 5 s apart (`config.md` §12): a change right behind a push waits for that.
const REST: Duration = Duration::from_secs(6);
/// Between two looks at what is stored.
const LOOKS: Duration = Duration::from_millis(20);

/// Names somebody several times, with the engine in this process.
pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    let app = App::open(AppOptions {
        profile_dir: Some(stage.profile(Profile::ManyContacts)),
        ..AppOptions::new(stage.network_config()?)
    })
    .await?;
    subscriptions::set_window_focus(&app, true).await?;
    let mut seqno = pushed_after(&app, 0).await?;
    let mut times = Vec::new();
    for run in 0..RUNS {
        tokio::time::sleep(REST).await;
        let start = Instant::now();
        let request = SetNicknameRequest {
            conversation: ConversationId(stage.contact.clone()),
            nickname: format!("Run {run}"),
        };
        contacts::set_nickname(&app, request).await?;
        seqno = pushed_after(&app, seqno).await?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    app.shutdown().await;
    figure(PUSH, "ms", &times);
    Ok(())
}

/// Waits until the contacts are stored at a version after `seqno`; answers which.
async fn pushed_after(app: &App, seqno: i64) -> Result<i64> {
    let waiting = async {
        loop {
            let rows = sync::get_sync_status(app).await?;
            let stored = rows
                .iter()
                .filter(|row| row.config == SyncedConfig::Contacts && row.state == SyncPhase::Clean)
                .find(|row| row.seqno > seqno);
            if let Some(row) = stored {
                return Ok(row.seqno);
            }
            // No event tells of a push.
            tokio::time::sleep(LOOKS).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await?
}
