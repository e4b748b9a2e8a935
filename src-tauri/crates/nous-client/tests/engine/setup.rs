//! What tests of files, of voices and of profiles set up.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nous_client::files::staging::{Chosen, Source};
use nous_client::nous_media::audio::device::SoundDevices;
use nous_client::nous_media::audio::synthetic::Patch;
use nous_client::send::Draft;
use nous_client::{Client, ClientOptions, NetworkConfig};
use nous_testkit::Person::{Alice, Bob};

use crate::device::{Device, World};

/// Frames of a second, of [`devices`].
pub(crate) const SECOND: u32 = 48_000;

/// A microphone and a loudspeaker, and the other ends of both.
pub(crate) fn devices() -> (SoundDevices, Patch, Patch) {
    let (microphone, speaker) = (Patch::new(SECOND, 1), Patch::new(SECOND, 2));
    let devices = SoundDevices {
        microphone: Arc::new(microphone.clone()),
        speaker: Arc::new(speaker.clone()),
    };
    (devices, microphone, speaker)
}

/// A profile with Alice's new account.
pub(crate) async fn alice(dir: &Path, sound: SoundDevices) -> Client {
    let client = opened(dir, sound).await;
    client.create_account("Alice").await.unwrap();
    client
}

/// The profile of a folder.
pub(crate) async fn opened(dir: &Path, sound: SoundDevices) -> Client {
    let options = ClientOptions {
        dir: dir.to_owned(),
        network: NetworkConfig::mainnet(),
        password: None,
        lock_timeout: Duration::ZERO,
        words: nous_client::groups::words::GroupWords::default(),
        is_polling: false,
        sound,
    };
    Client::open(options).await.unwrap()
}

/// Alice and Bob have accepted each other.
pub(crate) async fn friends(world: &World) -> (Device, Device) {
    let alice = world.device(Alice).await.started();
    let bob = world.device(Bob).await.started();
    alice.write(Bob, "hello").await;
    bob.until_texts(Alice, &["hello"]).await;
    bob.write(Alice, "hello yourself").await;
    alice.until_texts(Bob, &["hello", "hello yourself"]).await;
    (alice, bob)
}

/// A text, and nothing with it.
pub(crate) fn draft(body: &str) -> Draft {
    Draft {
        body: body.to_owned(),
        client_token: None,
        quote: None,
        attachments: Vec::new(),
        preview: None,
    }
}

/// A file in nobody's draft, to be made ready.
pub(crate) fn chosen(name: &str, bytes: &[u8]) -> Chosen {
    Chosen {
        source: Source::Bytes(bytes.to_vec()),
        name: name.to_owned(),
        conversation: None,
        is_as_it_is: false,
    }
}

/// Where the profile of a device has its sealed files.
fn folder_of(device: &Device) -> PathBuf {
    device.core.db.path().parent().unwrap().join("attachments")
}

/// How many sealed files a device has.
pub(crate) fn files_of(device: &Device) -> usize {
    fs::read_dir(folder_of(device)).map_or(0, Iterator::count)
}

/// Nothing can be written into the folder of sealed files until this is dropped.
pub(crate) struct NoRoom(PathBuf);

impl NoRoom {
    pub(crate) fn of(device: &Device) -> Self {
        Self::instead_of(folder_of(device))
    }

    pub(crate) fn in_profile(dir: &Path) -> Self {
        Self::instead_of(dir.join("attachments"))
    }

    fn instead_of(folder: PathBuf) -> Self {
        // There is none before the first file.
        let _ = fs::remove_dir_all(&folder);
        fs::write(&folder, "in the way").unwrap();
        Self(folder)
    }
}

impl Drop for NoRoom {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}
