//! The app: one profile and its account, for one face.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use nous_client::client::{Client, ClientOptions};
use nous_client::events::{
    Dirty, Ids, JobState as EngineJobState, Stream, TransferProgress as EngineProgress,
};
use nous_client::nous_media::audio::device::SoundDevices;
use nous_client::nous_media::audio::hardware;
use nous_client::storage::profile::Folder;
use nous_client::{NetworkConfig, Password};

use crate::convert::{conversation_id, message_id};
use crate::errors::{ApiError, ErrorCode};
use crate::events::{AppEvent, Changed, EventBatch, JobState, TransferProgress};
use crate::ids::JobId;
use crate::rows::DemoContact;

/// Looks up the country of an address without asking anybody: two capital letters.
pub type CountryTable = fn(Ipv4Addr) -> Option<&'static str>;

/// What an [`App`] is opened with.
#[derive(Debug)]
pub struct AppOptions {
    /// The profile's folder; `None` for the standard one (`$XDG_DATA_HOME/entre-nous/default`).
    pub profile_dir: Option<PathBuf>,
    /// Which network.
    pub network: NetworkConfig,
    /// Opens a profile behind a password at once.
    pub password: Option<Password>,
    /// How long to wait while another process holds the profile.
    pub lock_timeout: Duration,
    /// Offered in the empty state, on the embedded network only.
    pub demo_contact: Option<DemoContact>,
    /// The system's languages as BCP 47 tags, the preferred one first; empty if unknown.
    pub system_languages: Vec<String>,
    /// The country that an address was given to, from a table that the face carries.
    pub country_of: CountryTable,
    /// Where files go that the person asks for; `None`: the face writes them itself.
    pub downloads_dir: Option<PathBuf>,
    /// Whether to poll and to deliver the outbox in the background. Without it nothing
    /// touches the network but what is asked for ([`App::poll_once`], name look-ups).
    pub is_polling: bool,
    /// What is recorded and played with; `None`: the devices of this machine.
    pub sound: Option<SoundDevices>,
}

impl AppOptions {
    /// The usual options: standard folder, no password, 10 s for the lock, polling.
    #[must_use]
    pub const fn new(network: NetworkConfig) -> Self {
        Self {
            profile_dir: None,
            network,
            password: None,
            lock_timeout: Duration::from_secs(10),
            demo_contact: None,
            system_languages: Vec::new(),
            country_of: |_| None,
            downloads_dir: None,
            is_polling: true,
            sound: None,
        }
    }
}

/// One open profile. A cheap handle: clone it freely.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) client: Client,
    pub(crate) face: Arc<Face>,
}

/// What the face gave and gets back.
#[derive(Debug)]
pub(crate) struct Face {
    pub(crate) network_name: String,
    pub(crate) demo_contact: Option<DemoContact>,
    pub(crate) system_languages: Vec<String>,
    pub(crate) country_of: CountryTable,
    pub(crate) downloads_dir: Option<PathBuf>,
}

impl App {
    /// Opens a profile, or makes an empty one. Does not wait for the network.
    ///
    /// A locked, damaged or newer profile is no error: the stage of
    /// [`crate::boot::get_boot_state`] says so.
    ///
    /// # Errors
    /// [`ErrorCode::ProfileInUse`] when another process holds it for longer than
    /// `lock_timeout`; [`ErrorCode::WrongPassword`] for a wrong `password`.
    pub async fn open(options: AppOptions) -> Result<Self, ApiError> {
        let dir = options.profile_dir.or_else(Folder::default_path);
        let face = Face {
            network_name: options.network.file.name.clone(),
            demo_contact: options.demo_contact,
            system_languages: options.system_languages,
            country_of: options.country_of,
            downloads_dir: options.downloads_dir,
        };
        let client = Client::open(ClientOptions {
            dir: dir.ok_or_else(|| ApiError::new(ErrorCode::DiskReadOnly))?,
            network: options.network,
            password: options.password,
            lock_timeout: options.lock_timeout,
            is_polling: options.is_polling,
            words: crate::groups::default_words(),
            sound: options.sound.unwrap_or_else(hardware::devices),
        })
        .await?;
        Ok(Self {
            client,
            face: Arc::new(face),
        })
    }

    /// Polls the own swarm once, to the end. Answers how many messages arrived.
    ///
    /// # Errors
    /// [`ErrorCode::Offline`] or [`ErrorCode::TimedOut`] when nobody answered.
    pub async fn poll_once(&self) -> Result<u32, ApiError> {
        Ok(self.client.poll_once().await?)
    }

    /// Opens a stream of events. What changed before the first stream waits for it.
    #[must_use]
    pub fn subscribe(&self) -> EventStream {
        EventStream {
            stream: self.client.subscribe(),
        }
    }

    /// Asks the face to show a conversation (a notification was clicked, a link opened).
    ///
    /// # Errors
    /// [`ErrorCode::ConversationNotFound`] if the id is none.
    pub fn navigate(&self, conversation: &crate::ids::ConversationId) -> Result<(), ApiError> {
        let account = crate::convert::account_of(conversation)?;
        self.client
            .hub()
            .announce([nous_client::events::Change::Navigate(account.into())]);
        Ok(())
    }

    /// Stops everything and closes the profile. What waits stays written down.
    pub async fn shutdown(&self) {
        self.client.shutdown().await;
    }
}

/// Batches of events; see [`crate::subscriptions::ack_events`].
#[derive(Debug)]
pub struct EventStream {
    stream: Stream,
}

impl EventStream {
    /// The next batch; `None` after [`App::shutdown`]. May be dropped at any time.
    pub async fn next(&mut self) -> Option<EventBatch> {
        loop {
            let (seq, dirty) = self.stream.next().await?;
            let events = events(dirty);
            if !events.is_empty() {
                return Some(EventBatch { seq, events });
            }
        }
    }
}

fn changed<T: Ord, U>(ids: Ids<T>, convert: impl FnMut(T) -> U) -> Changed<U> {
    match ids {
        Ids::All => Changed::All,
        Ids::Some(ids) => Changed::Some {
            ids: ids.into_iter().map(convert).collect(),
        },
    }
}

fn is_nothing<T>(ids: &Changed<T>) -> bool {
    matches!(ids, Changed::Some { ids } if ids.is_empty())
}

fn events(dirty: Dirty) -> Vec<AppEvent> {
    let mut events = Vec::new();
    if dirty.resync {
        events.push(AppEvent::Resync);
    }
    let conversations = changed(dirty.conversations, conversation_id);
    if !is_nothing(&conversations) {
        events.push(AppEvent::ConversationsChanged { ids: conversations });
    }
    for (account, ids) in dirty.messages {
        let ids = changed(ids, message_id);
        if !is_nothing(&ids) {
            events.push(AppEvent::MessagesChanged {
                conversation: conversation_id(account),
                ids,
            });
        }
    }
    if dirty.requests {
        events.push(AppEvent::RequestsChanged);
    }
    if dirty.connectivity {
        events.push(AppEvent::ConnectivityChanged);
    }
    if dirty.typing {
        events.push(AppEvent::TypingChanged);
    }
    events.extend(dirty.jobs.into_iter().filter_map(|(job, progress)| {
        let state = job_state(progress.state)?;
        Some(AppEvent::JobProgress {
            job: JobId(job.to_string()),
            done: progress.done,
            total: progress.total,
            state,
        })
    }));
    if dirty.account {
        events.push(AppEvent::AccountChanged);
    }
    if dirty.settings {
        events.push(AppEvent::SettingsChanged);
    }
    if dirty.groups {
        events.push(AppEvent::GroupsChanged);
    }
    if dirty.directory {
        events.push(AppEvent::DirectoryChanged);
    }
    if dirty.voice {
        events.push(AppEvent::VoiceChanged);
    }
    if !dirty.transfers.is_empty() {
        events.push(transfers_changed(dirty.transfers.into_values()));
    }
    events.extend(dirty.navigate.map(|account| AppEvent::Navigate {
        conversation: conversation_id(account),
    }));
    events
}

fn transfers_changed(moved: impl Iterator<Item = EngineProgress>) -> AppEvent {
    let transfers = moved.map(|progress| TransferProgress {
        message: message_id(progress.message),
        index: progress.place,
        done_bytes: progress.done,
        size_bytes: progress.size,
    });
    AppEvent::TransfersChanged {
        transfers: transfers.collect(),
    }
}

/// `None` for a job that the face itself stopped.
const fn job_state(state: EngineJobState) -> Option<JobState> {
    match state {
        EngineJobState::Running => Some(JobState::Running),
        EngineJobState::Done {
            needs_name,
            continues,
        } => Some(JobState::Done {
            needs_name,
            continues,
        }),
        EngineJobState::Cancelled => None,
    }
}
