//! Somebody who seals and stores messages with her own hands, as any program can.

use nous_network::{Departure, Network, SwarmApi as _, Tasks};
use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::content::{Extras, Message, Outgoing, OutgoingBody, Profile, encode};
use nous_protocol::envelope;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_protocol::wire::protobuf::{Envelope, WebSocketMessage};
use nous_protocol::wire::rpc::{Action, Expiry, StorageRequest};
use prost::Message as _;

use crate::scene::{Scene, swarm_account};

const TTL_MS: u64 = 14 * 24 * 60 * 60 * 1000;

pub(crate) struct Stranger {
    keys: IdentityKeys,
    network: Network,
    _tasks: Tasks,
    control: nous_localnet::LocalnetControl,
}

impl Stranger {
    pub(crate) fn new(scene: &Scene) -> Self {
        let tasks = Tasks::new();
        Self {
            keys: IdentityKeys::from_seed(&Seed::generate(&mut rand::rng())),
            network: Network::start(scene.network(), None, &tasks).expect("a network"),
            _tasks: tasks,
            control: scene.control(),
        }
    }

    /// 66 hex digits.
    pub(crate) fn id(&self) -> String {
        self.keys.account_id().to_string()
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.control.now_ms())
    }

    /// A text to somebody, sealed as it should be.
    pub(crate) fn seal(&self, to: &str, text: &str, name: Option<&str>, sent: Timestamp) -> Vec<u8> {
        self.seal_with_envelope_time(to, text, name, sent, sent)
    }

    /// The same; the envelope names another time.
    pub(crate) fn seal_with_envelope_time(
        &self,
        to: &str,
        text: &str,
        name: Option<&str>,
        sent: Timestamp,
        envelope_time: Timestamp,
    ) -> Vec<u8> {
        let profile = name.map(|name| Profile {
            name: Some(name.to_owned()),
            ..Profile::default()
        });
        let extras = Extras {
            profile,
            ..Extras::default()
        };
        let message = Message {
            body: text.to_owned(),
            extras,
            ..Message::default()
        };
        let outgoing = Outgoing {
            sent,
            disappearing: Default::default(),
            body: OutgoingBody::Message(Box::new(message)),
        };
        self.seal_content(to, &encode(&outgoing), envelope_time)
    }

    /// A text sealed for `to`, but signed for another.
    pub(crate) fn seal_signed_for(&self, to: &str, other: &str, text: &str) -> Vec<u8> {
        let good = self.seal(to, text, None, self.now());
        let id = |text: &str| AccountId::from_hex(text).expect("an account ID");
        let message = Message {
            body: text.to_owned(),
            ..Message::default()
        };
        let content = encode(&Outgoing {
            sent: self.now(),
            disappearing: Default::default(),
            body: OutgoingBody::Message(Box::new(message)),
        });
        let signed = envelope::sign_for_recipient(&self.keys, &id(other), padding::pad(&content).as_bytes());
        let sealed = envelope::sealed_box(id(to).x25519(), &signed, &mut rand::rng()).expect("sealed");
        let mut outer = WebSocketMessage::decode(good.as_slice()).expect("an outer layer");
        let request = outer.request.as_mut().expect("a request");
        let mut inner = Envelope::decode(request.body()).expect("an envelope");
        inner.content = Some(sealed);
        request.body = Some(inner.encode_to_vec());
        outer.encode_to_vec()
    }

    /// Any bytes as a content, sealed as it should be.
    pub(crate) fn seal_content(&self, to: &str, content: &[u8], sent: Timestamp) -> Vec<u8> {
        let to = AccountId::from_hex(to).expect("an account ID");
        let padded = padding::pad(content);
        envelope::seal(&self.keys, &to, &padded, sent, &mut rand::rng())
            .expect("sealed")
            .0
    }

    /// Puts any bytes into somebody's inbox, as storage nodes let everybody do.
    pub(crate) async fn store(&self, to: &str, data: Vec<u8>) {
        let account = swarm_account(to);
        let action = Action::Store {
            namespace: Namespace(0),
            timestamp: self.now(),
            expiry: Expiry::Ttl(TTL_MS),
            data,
            sig_timestamp: None,
        };
        let request = StorageRequest::unsigned(account, action);
        self.network
            .store(&account, request, &Departure::new())
            .await
            .expect("stored");
    }

    /// A text as any good client sends it.
    pub(crate) async fn send(&self, to: &str, text: &str) {
        self.store(to, self.seal(to, text, None, self.now())).await;
    }
}
