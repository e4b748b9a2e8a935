//! Typing: who types to us, and whom we tell that we do. Kept in memory only.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`Typing`]: what the account knows now; [`run`]: the loop that tells and forgets |
//! | [`keys`] | what our own keys mean; pure |
//!
//! Source: `messages.md` §6, §8.

pub mod keys;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nous_network::{Connectivity, Departure, LinkState, SwarmApi, clock};
use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use nous_protocol::content::{self, Disappearing, Outgoing, OutgoingBody};
use nous_protocol::envelope;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_protocol::wire::rpc::{Action, Expiry, StorageRequest};
use nous_storage::conversations;
use tokio::sync::{Notify, watch};

use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::{privacy, receipts};
use keys::{Keys, Sign};

/// How long a sign is shown that nothing renews.
const SHOWN: Duration = Duration::from_secs(15);
/// How long a sign lives in a swarm; an older one says nothing.
pub(crate) const LIFE: Duration = Duration::from_secs(20);
/// A sign that takes longer than this to leave is not worth it.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct Known {
    /// Who types to us, and until when that is shown.
    signs: BTreeMap<AccountId, Instant>,
    /// To whom we type.
    keys: BTreeMap<AccountId, Keys>,
}

/// Who types. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Typing {
    known: Arc<Mutex<Known>>,
    sign_came: Arc<Notify>,
    key_came: Arc<Notify>,
}

impl Typing {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who types to us now.
    #[must_use]
    pub fn who(&self) -> Vec<AccountId> {
        let now = clock::monotonic();
        let known = self.lock();
        let shown = known.signs.iter().filter(|(_, until)| **until > now);
        shown.map(|(account, _)| *account).collect()
    }

    /// Somebody told that they type, or stopped. Whether that changes what is shown.
    pub(crate) fn told(&self, account: AccountId, is_typing: bool) -> bool {
        let until = clock::monotonic() + SHOWN;
        let mut known = self.lock();
        let was_shown = if is_typing {
            known.signs.insert(account, until).is_some()
        } else {
            known.signs.remove(&account).is_some()
        };
        drop(known);
        self.sign_came.notify_one();
        was_shown != is_typing
    }

    /// We typed to somebody (`true`), or emptied the field or left (`false`).
    pub fn typed(&self, account: AccountId, is_typing: bool) {
        let now = clock::monotonic();
        let mut known = self.lock();
        let keys = known.keys.entry(account).or_default();
        if is_typing {
            keys.pressed(now);
        } else {
            keys.emptied();
        }
        drop(known);
        self.key_came.notify_one();
    }

    /// A message to somebody was written: their screen ends the sign by itself.
    pub(crate) fn sent(&self, account: &AccountId) {
        self.lock().keys.remove(account);
    }

    /// Nothing is shown or told any more.
    pub(crate) fn forget(&self) {
        *self.lock() = Known::default();
    }

    /// Takes away what is not shown any more. Whether there was something, and when to look again.
    fn fade(&self, now: Instant) -> (bool, Option<Instant>) {
        let mut known = self.lock();
        let before = known.signs.len();
        known.signs.retain(|_, until| *until > now);
        (known.signs.len() < before, known.signs.values().min().copied())
    }

    /// Whom to tell what now, and when to look again.
    fn due(&self, now: Instant) -> (Vec<(AccountId, Sign)>, Option<Instant>) {
        let mut known = self.lock();
        let mut due = Vec::new();
        for (account, keys) in &mut known.keys {
            let signs = std::iter::from_fn(|| keys.next(now));
            due.extend(signs.map(|sign| (*account, sign)));
        }
        known.keys.retain(|_, keys| keys.due_at().is_some());
        (due, known.keys.values().filter_map(Keys::due_at).min())
    }
}

/// Tells whom we type to, and forgets who has stopped, until it is dropped.
pub(crate) async fn run(core: Core, swarm: Arc<dyn SwarmApi>, connectivity: watch::Receiver<Connectivity>) {
    tokio::join!(forget_faded(&core), tell_all(&core, &swarm, &connectivity));
}

async fn forget_faded(core: &Core) {
    loop {
        let (has_faded, next) = core.typing.fade(clock::monotonic());
        if has_faded {
            core.hub.announce([Change::Typing]);
        }
        tokio::select! {
            () = core.typing.sign_came.notified() => {}
            () = clock::sleep_until(next) => {}
        }
    }
}

async fn tell_all(core: &Core, swarm: &Arc<dyn SwarmApi>, connectivity: &watch::Receiver<Connectivity>) {
    loop {
        let (due, next) = core.typing.due(clock::monotonic());
        for (account, sign) in due {
            // Never stored, never tried again: a sign that cannot leave now is worth nothing.
            if connectivity.borrow().state == LinkState::Connected
                && let Err(error) = tell(core, swarm, &account, sign).await
            {
                tracing::debug!(%error, "a sign of typing did not leave");
            }
        }
        tokio::select! {
            () = core.typing.key_came.notified() => {}
            () = clock::sleep_until(next) => {}
        }
    }
}

/// Stores one sign in somebody's swarm, if they are a friend and the setting is on.
async fn tell(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    account: &AccountId,
    sign: Sign,
) -> Result<(), ClientError> {
    if !core.clock.is_known() || !is_told(core, *account).await? {
        return Ok(());
    }
    let sent = core.clock.now();
    let Some(sealed) = seal(core, account, sign, sent) else {
        return Ok(());
    };
    let destination = SwarmAccount::from(*account);
    let action = Action::Store {
        namespace: Namespace::MESSAGES,
        timestamp: sent,
        expiry: Expiry::Ttl(u64::try_from(LIFE.as_millis()).unwrap_or(u64::MAX)),
        data: sealed,
        sig_timestamp: None,
    };
    let departure = Departure::new();
    let storing = swarm.store(
        &destination,
        StorageRequest::unsigned(destination, action),
        &departure,
    );
    match tokio::time::timeout(PATIENCE, storing).await {
        Ok(stored) => Ok(stored.map(drop)?),
        Err(_) => {
            departure.call_back();
            Ok(())
        }
    }
}

async fn is_told(core: &Core, account: AccountId) -> Result<bool, ClientError> {
    let own = core.own;
    let is_told = core.db.read(move |reader| {
        let known = conversations::standings(reader, &[account])?;
        let is_friend = known.get(&account).is_some_and(receipts::is_friend);
        Ok(is_friend && account != own && privacy::load(reader)?.typing_indicators)
    });
    Ok(is_told.await?)
}

fn seal(core: &Core, account: &AccountId, sign: Sign, sent: Timestamp) -> Option<Vec<u8>> {
    let content = content::encode(&Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body: OutgoingBody::Typing {
            started: sign == Sign::Started,
        },
    });
    let padded = padding::pad(&content);
    let sealed = envelope::seal(&core.keys, account, &padded, sent, &mut rand::rng());
    sealed.ok().map(|sealed| sealed.0)
}
