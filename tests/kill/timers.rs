//! How long messages stay: set, and begun by reading.

use anyhow::{Context as _, Result};
use nous_api::ids::ConversationId;
use nous_api::rows::{Timer, TimerKind};
use nous_api::{App, conversations, network, subscriptions, timers};

/// Lets messages to somebody stay for so long after they were sent, and waits until everybody knows.
pub(crate) async fn set(app: &App, with: String, seconds: u32) -> Result<()> {
    let timer = Timer {
        kind: TimerKind::AfterSend,
        seconds,
    };
    let mut events = app.subscribe();
    timers::set_timer(app, ConversationId(with), timer).await?;
    while !network::list_outbox(app).await?.is_empty() {
        let batch = events.next().await.context("the app was closed")?;
        subscriptions::ack_events(app, batch.seq).await?;
    }
    crate::sync_all(app).await
}

/// Reads what somebody wrote, and goes on until the process is killed.
pub(crate) async fn read(app: &App, with: String) -> Result<()> {
    conversations::mark_read(app, ConversationId(with)).await?;
    std::future::pending().await
}
