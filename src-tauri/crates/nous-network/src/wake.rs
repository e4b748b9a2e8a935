//! Hearing from the system's login service that the machine woke, without looking at a clock.
//!
//! Where there is no such service, [`SleepWatch`](crate::clock::SleepWatch) notices at the
//! next wake-up.
//!
//! Source: `architecture.md` §7.

use futures_util::StreamExt;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream};

/// The bus on which the service speaks.
#[derive(Debug, Clone)]
pub enum Bus {
    /// The system's.
    System,
    /// Another one, by its address: tests.
    At(String),
}

const SERVICE: &str = "org.freedesktop.login1";
const OBJECT: &str = "/org/freedesktop/login1";
const INTERFACE: &str = "org.freedesktop.login1.Manager";
const SIGNAL: &str = "PrepareForSleep";

/// Calls `woke` each time the machine comes back from sleep; returns when the bus ends.
///
/// # Errors
/// What the bus said: there is none, or it does not let us listen.
pub async fn listen(bus: Bus, woke: impl Fn()) -> Result<(), zbus::Error> {
    let connection = match bus {
        Bus::System => Connection::system().await?,
        Bus::At(address) => {
            zbus::connection::Builder::address(address.as_str())?
                .build()
                .await?
        }
    };
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(SERVICE)?
        .path(OBJECT)?
        .interface(INTERFACE)?
        .member(SIGNAL)?
        .build();
    let mut signals = MessageStream::for_match_rule(rule, &connection, None).await?;
    while let Some(signal) = signals.next().await {
        // `true`: it is about to sleep.
        if signal?.body().deserialize::<bool>().is_ok_and(|sleeps| !sleeps) {
            woke();
        }
    }
    Ok(())
}
