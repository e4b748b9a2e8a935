//! Requests that work, and what their statuses mean.

use std::sync::Arc;
use std::time::Duration;

use nous_localnet::{Effect, Fault, KnownError, Level, Transfer};
use nous_network::{Departure, NameError, Surroundings, SwarmApi, SwarmError, clock};
use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use nous_protocol::auth::{self, Signing};
use nous_protocol::error::{Cause, HasRetry, Retry};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, Expiry, StorageRequest};

use crate::support::{DAY_MS, Scene, localnet, person, retrieve_at, somebody};

#[tokio::test]
async fn a_store_is_believed_with_the_members_signatures() {
    let scene = Scene::new().await;
    let account = somebody(1);
    let receipt = scene
        .network
        .store(&account, scene.store_request(account, "hello"), &Departure::new())
        .await
        .unwrap();
    assert_eq!(
        receipt.hash,
        auth::message_hash(&account, Namespace::MESSAGES, b"hello")
    );
    assert_eq!(receipt.stored_by.len(), 3);
    assert_eq!(scene.control.stored(&account).len(), 3);
    assert!(receipt.network_time.is_some() && receipt.expiry.is_some());
}

#[tokio::test]
async fn several_requests_go_as_one_batch_and_come_back_in_order() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account = keys.account_id().into();
    scene
        .network
        .store(&account, scene.store_request(account, "hello"), &Departure::new())
        .await
        .unwrap();
    let member = scene.member(&account).await;
    let requests = [2, 0, 3]
        .map(|n| scene.retrieve_request(&keys, Namespace(n)))
        .to_vec();
    let replies = scene.network.call(&account, &member, requests).await.unwrap();
    let counts: Vec<_> = replies
        .iter()
        .map(|reply| reply.retrieve().unwrap().messages.len())
        .collect();
    assert_eq!(counts, [0, 1, 0]);
    let seen = scene.control.seen(scene.index_of(member.key));
    assert!(
        seen.iter()
            .any(|seen| seen.method.as_deref() == Some("batch+retrieve+retrieve+retrieve"))
    );
}

/// A store in a config's box, signed.
fn config_store(scene: &Scene, keys: &nous_protocol::keys::IdentityKeys, data: &[u8]) -> StorageRequest {
    let action = Action::Store {
        namespace: Namespace::CONTACTS,
        timestamp: scene.network.clock().now(),
        expiry: Expiry::Ttl(30 * DAY_MS),
        data: data.to_vec(),
        sig_timestamp: None,
    };
    Signing::User(keys).request(keys.account_id().into(), action)
}

#[tokio::test]
async fn a_sequence_stores_and_deletes_in_turn_and_believes_signatures() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account: SwarmAccount = keys.account_id().into();
    let member = scene.member(&account).await;
    let (first, second) = (
        config_store(&scene, &keys, b"one"),
        config_store(&scene, &keys, b"two"),
    );
    let replies = scene
        .network
        .sequence(&account, &member, vec![first])
        .await
        .unwrap();
    let old = replies[0].store().unwrap().hash;
    let delete = Action::Delete {
        messages: vec![old.clone()],
        required: false,
    };
    let delete = Signing::User(&keys).request(account, delete);
    let replies = scene
        .network
        .sequence(&account, &member, vec![second, delete])
        .await
        .unwrap();
    assert_eq!(replies.len(), 2);
    for reply in &replies {
        assert_eq!(reply.swarm().unwrap().done().count(), 3);
    }
    let kept = scene.retrieve_request(&keys, Namespace::CONTACTS);
    let replies = scene.network.call(&account, &member, vec![kept]).await.unwrap();
    let messages = replies[0].retrieve().unwrap().messages;
    assert_eq!(messages.len(), 1);
    assert_ne!(messages[0].hash, old);
}

#[tokio::test]
async fn a_sequence_ends_after_the_first_that_fails() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account: SwarmAccount = keys.account_id().into();
    let member = scene.member(&account).await;
    let mut refused = config_store(&scene, &person(2), b"not ours");
    if let StorageRequest::Account(request) = &mut refused {
        request.account = account;
    }
    let requests = vec![refused, config_store(&scene, &keys, b"ours")];
    let replies = scene.network.sequence(&account, &member, requests).await.unwrap();
    assert_eq!(replies.iter().map(|reply| reply.code).collect::<Vec<_>>(), [401]);
    assert!(scene.control.stored(&account).is_empty());
}

#[tokio::test]
async fn in_a_batch_a_refusal_stays_with_its_request() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account = keys.account_id().into();
    let member = scene.member(&account).await;
    let mut foreign = scene.retrieve_request(&person(2), Namespace(0));
    if let StorageRequest::Account(request) = &mut foreign {
        request.account = account;
    }
    let requests = vec![foreign.clone(), scene.retrieve_request(&keys, Namespace(0))];
    let replies = scene.network.call(&account, &member, requests).await.unwrap();
    assert_eq!([replies[0].code, replies[1].code], [401, 200]);
    let alone = scene.network.call(&account, &member, vec![foreign]).await;
    assert_eq!(alone, Err(SwarmError::NotAllowed));
}

#[tokio::test]
async fn a_refused_store_is_final() {
    let scene = Scene::new().await;
    let account = somebody(1);
    scene.control.refuse_stores(account, true);
    let error = scene
        .network
        .store(&account, scene.store_request(account, "no"), &Departure::new())
        .await
        .unwrap_err();
    assert_eq!(
        (error.clone(), error.retry()),
        (SwarmError::Refused(403), Retry::Never)
    );
}

#[tokio::test]
async fn an_account_that_moved_is_followed_at_once() {
    let scene = Scene::new().await;
    let account = somebody(1);
    scene
        .network
        .store(
            &account,
            scene.store_request(account, "before"),
            &Departure::new(),
        )
        .await
        .unwrap();
    let old = scene.control.swarm_of(&account);
    let old_swarm = scene.control.nodes()[old[0]].swarm;
    let new_swarm = scene
        .control
        .swarms()
        .into_iter()
        .find(|swarm| *swarm != old_swarm)
        .unwrap();
    scene
        .control
        .move_account(account, new_swarm, Transfer::default())
        .unwrap();
    let receipt = scene
        .network
        .store(&account, scene.store_request(account, "after"), &Departure::new())
        .await
        .unwrap();
    let new = scene.control.swarm_of(&account);
    assert!(
        receipt
            .stored_by
            .iter()
            .all(|key| new.contains(&scene.index_of(*key)))
    );
    let members = scene.network.members(&account).await.unwrap();
    assert!(members.iter().all(|node| new.contains(&scene.index_of(node.key))));
}

#[tokio::test]
async fn a_call_to_a_former_member_says_so_and_names_the_new_ones() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account: SwarmAccount = keys.account_id().into();
    let member = scene.member(&account).await;
    let old_swarm = scene.control.nodes()[scene.index_of(member.key)].swarm;
    let new_swarm = scene
        .control
        .swarms()
        .into_iter()
        .find(|swarm| *swarm != old_swarm)
        .unwrap();
    scene
        .control
        .move_account(account, new_swarm, Transfer::default())
        .unwrap();
    let request = scene.retrieve_request(&keys, Namespace(0));
    let error = scene
        .network
        .call(&account, &member, vec![request.clone(), request])
        .await
        .unwrap_err();
    assert_eq!(
        (error.clone(), error.retry()),
        (SwarmError::WrongSwarm, Retry::Now)
    );
    assert!(!scene.network.members(&account).await.unwrap().contains(&member));
}

#[tokio::test]
async fn a_wrong_local_clock_is_corrected_by_the_nodes() {
    let hour = Duration::from_secs(3_600);
    let ahead = Surroundings {
        clock: Some(Arc::new(move || clock::local() + hour)),
        ..Surroundings::default()
    };
    let scene = Scene::with(localnet(9).await, None, ahead).await;
    let account = somebody(1);
    scene.network.members(&account).await.unwrap();
    let off = scene.network.clock().now().as_ms() - scene.control.now_ms();
    assert!(off.abs() < 2_000, "{off} ms");
    scene
        .network
        .store(
            &account,
            scene.store_request(account, "on time"),
            &Departure::new(),
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn a_refused_clock_is_corrected_once_and_then_told() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account = keys.account_id().into();
    let member = scene.member(&account).await;
    let late = Timestamp::from_ms(scene.control.now_ms()) - Duration::from_secs(600);
    let request = || vec![retrieve_at(&keys, Namespace(0), late)];
    let first = scene
        .network
        .call(&account, &member, request())
        .await
        .unwrap_err();
    assert!(
        matches!(first, SwarmError::ClockCorrected { .. }) && first.retry() == Retry::Now,
        "{first:?}"
    );
    let second = scene
        .network
        .call(&account, &member, request())
        .await
        .unwrap_err();
    assert!(
        matches!(second, SwarmError::ClockRefused { deviation_ms } if deviation_ms.abs() < 2_000),
        "{second:?}"
    );
    assert_eq!(second.retry(), Retry::AfterChange(Cause::Clock));
}

#[tokio::test]
async fn after_a_correction_a_new_signature_is_taken() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account = keys.account_id().into();
    let member = scene.member(&account).await;
    // The whole network moves on by an hour: what was learnt no longer holds.
    scene.control.advance_ms(3_600_000);
    let now = scene.network.clock().now();
    let error = scene
        .network
        .call(&account, &member, vec![retrieve_at(&keys, Namespace(0), now)])
        .await;
    assert!(
        matches!(error, Err(SwarmError::ClockCorrected { .. })),
        "{error:?}"
    );
    let now = scene.network.clock().now();
    let replies = scene
        .network
        .call(&account, &member, vec![retrieve_at(&keys, Namespace(0), now)])
        .await;
    assert_eq!(replies.unwrap()[0].code, 200);
}

#[tokio::test]
async fn too_many_or_no_requests_are_our_mistake() {
    let scene = Scene::new().await;
    let account = somebody(1);
    let member = scene.member(&account).await;
    assert_eq!(
        scene.network.call(&account, &member, Vec::new()).await,
        Err(SwarmError::CallSize)
    );
    let many = vec![scene.retrieve_request(&person(1), Namespace(0)); 21];
    assert_eq!(
        scene.network.call(&account, &member, many).await,
        Err(SwarmError::CallSize)
    );
}

#[tokio::test]
async fn a_swarm_of_which_every_member_failed_is_no_success() {
    let scene = Scene::new().await;
    let account = somebody(1);
    for node in scene.control.swarm_of(&account) {
        scene.control.set_capacity(node, 0).unwrap();
    }
    let error = scene
        .network
        .store(&account, scene.store_request(account, "full"), &Departure::new())
        .await
        .unwrap_err();
    assert_eq!(error, SwarmError::NodeTrouble(500));
}

#[tokio::test]
async fn a_name_is_resolved_when_three_nodes_agree() {
    let scene = Scene::new().await;
    let account = AccountId::from_x25519([7; 32]);
    scene.control.register_name("alice", account);
    assert_eq!(scene.network.resolve_name(" Alice ").await, Ok(account));
    assert_eq!(
        scene.network.resolve_name("nobody").await,
        Err(NameError::Unknown)
    );
    assert!(matches!(
        scene.network.resolve_name("not a name").await,
        Err(NameError::Name(_))
    ));
}

#[tokio::test]
async fn a_name_on_which_nodes_disagree_is_refused() {
    let scene = Scene::new().await;
    scene
        .control
        .register_name("alice", AccountId::from_x25519([7; 32]));
    for node in 0..9 {
        // Each node gives another answer.
        let text = format!(
            r#"{{"result":{{"encrypted_value":"{node:02}","nonce":"{}"}}}}"#,
            "00".repeat(24)
        );
        let fault = Fault::new(Level::Destination, Effect::Status(200, text)).method("oxend_request");
        scene.control.add_fault(node, fault);
    }
    assert_eq!(
        scene.network.resolve_name("alice").await,
        Err(NameError::Disagreement)
    );
}

#[tokio::test]
async fn too_many_requests_mean_a_pause_that_doubles() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account = keys.account_id().into();
    let member = scene.member(&account).await;
    for node in 0..9 {
        scene
            .control
            .add_error(node, Level::Path, KnownError::TooFast, None);
    }
    let mut pauses = Vec::new();
    for _ in 0..2 {
        let request = vec![scene.retrieve_request(&keys, Namespace(0))];
        pauses.push(
            scene
                .network
                .call(&account, &member, request)
                .await
                .unwrap_err()
                .retry(),
        );
    }
    let seconds = |seconds| Retry::After(Duration::from_secs(seconds));
    assert_eq!(pauses, [seconds(30), seconds(60)]);
}

#[tokio::test]
async fn a_node_whose_own_clock_is_wrong_is_the_one_in_trouble() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account = keys.account_id().into();
    let member = scene.member(&account).await;
    scene
        .control
        .skew_clock(scene.index_of(member.key), 3_600_000)
        .unwrap();
    let before = scene.network.clock().offset_ms();
    for _ in 0..2 {
        let now = scene.network.clock().now();
        let request = vec![retrieve_at(&keys, Namespace(0), now)];
        let error = scene.network.call(&account, &member, request).await;
        assert_eq!(error, Err(SwarmError::NodeTrouble(406)));
    }
    let moved = scene.network.clock().offset_ms().abs_diff(before);
    assert!(moved < 2_000, "moved by {moved} ms");
}

#[tokio::test]
async fn a_store_goes_past_members_whose_clocks_are_wrong() {
    let scene = Scene::new().await;
    let account = person(1).account_id().into();
    let members = scene.network.members(&account).await.unwrap();
    let (right, wrong) = members.split_first().unwrap();
    // Each in its own way: two of three that agree would be believed.
    for (member, hours) in wrong.iter().zip(1..) {
        let node = scene.index_of(member.key);
        scene.control.skew_clock(node, -3_600_000 * hours).unwrap();
    }
    for text in ["one", "two", "three"] {
        let request = scene.store_request(account, text);
        let receipt = scene.network.store(&account, request, &Departure::new()).await;
        assert!(receipt.unwrap().stored_by.contains(&right.key));
    }
}

#[tokio::test]
async fn two_requests_of_before_a_correction_are_both_signed_again() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account = keys.account_id().into();
    let member = scene.member(&account).await;
    scene.control.advance_ms(3_600_000);
    let now = scene.network.clock().now();
    let call = || {
        let request = vec![retrieve_at(&keys, Namespace(0), now)];
        scene.network.call(&account, &member, request)
    };
    for answer in <[_; 2]>::from(tokio::join!(call(), call())) {
        assert!(
            matches!(answer, Err(SwarmError::ClockCorrected { .. })),
            "{answer:?}"
        );
    }
}
