use super::*;
use crate::config::kind::ConfigKind;
use crate::config::sealing::ConfigKeys;
use crate::config::state::Phase;
use crate::keys::{IdentityKeys, Seed};

const DAY: i64 = 86_400_000;
const NOW: Timestamp = Timestamp::from_ms(1_767_225_600_000);

fn ago(days: i64) -> ReadState {
    ReadState {
        last_read_ms: NOW.as_ms() - days * DAY,
        ..ReadState::default()
    }
}

fn person(n: u8) -> Convo {
    Convo::Person(AccountId::from_x25519([n; 32]))
}

fn room(name: &str) -> RoomAddress {
    RoomAddress::new("http://Example.org:5678", name).unwrap()
}

fn every_kind() -> [Convo; 6] {
    [
        person(1),
        Convo::LegacyGroup(AccountId::from_x25519([2; 32])),
        Convo::Blinded(BlindedId::new(BlindedKind::B15, [3; 32])),
        Convo::Blinded(BlindedId::new(BlindedKind::B25, [3; 32])),
        Convo::Group(GroupId::from_ed25519([4; 32])),
        Convo::Room(room("Sudoku")),
    ]
}

#[test]
fn every_kind_of_conversation_reads_as_it_was_set() {
    let mut config = ConvoInfoVolatile::default();
    config.set_server_key(&room("sudoku"), &[9; 32]);
    for convo in every_kind() {
        config.set(&convo, &ago(1), NOW);
        assert_eq!(config.get(&convo), Some(ago(1)));
    }
    assert_eq!(
        config
            .shared()
            .into_iter()
            .map(|(convo, _)| convo)
            .collect::<Vec<_>>(),
        every_kind()
    );
    assert_eq!(config.server_key(&room("sudoku")), Some([9; 32]));
    for convo in every_kind() {
        assert!(config.erase(&convo));
        assert!(!config.erase(&convo));
    }
    assert!(config.state.data().is_empty());
}

#[test]
fn a_proof_needs_both_parts() {
    let mut config = ConvoInfoVolatile::default();
    let pro = Some(ProProof {
        expiry_ms: NOW.as_ms(),
        generation: [7; 32],
    });
    config.set(&person(1), &ReadState { pro, ..ago(90) }, NOW);
    assert_eq!(config.get(&person(1)).unwrap().pro, pro);
    let key = AccountId::from_x25519([1; 32]).to_bytes();
    config.state.edit_own().remove(&[b"1", &key, b"e"]);
    assert_eq!(config.get(&person(1)).unwrap().pro, None);
}

#[test]
fn what_is_of_long_ago_is_kept_here_and_not_shared() {
    let mut config = ConvoInfoVolatile::default();
    config.set(&person(1), &ago(31), NOW);
    config.set(&person(2), &ago(29), NOW);
    config.set(
        &person(3),
        &ReadState {
            is_unread: true,
            ..ago(90)
        },
        NOW,
    );
    assert_eq!(config.shared().len(), 2);
    assert_eq!(config.archived(), [(person(1), ago(31))]);
    assert_eq!(config.get(&person(1)), Some(ago(31)));
    config.set(&person(1), &ago(0), NOW);
    assert_eq!((config.shared().len(), config.archived().len()), (3, 0));
}

#[test]
fn a_push_moves_what_got_old_into_the_archive() {
    let keys = IdentityKeys::from_seed(&Seed::from_bytes([1; 16]));
    let keys = ConfigKeys::own(ConfigKind::ConvoInfoVolatile, &keys);
    let mut config = ConvoInfoVolatile::default();
    config.set_server_key(&room("sudoku"), &[9; 32]);
    config.set(&Convo::Room(room("sudoku")), &ago(1), NOW);
    config.set(&person(1), &ago(1), NOW);
    let later = NOW + Duration::from_secs(30 * 86_400);
    config.set(&person(2), &ago(-20), later);
    let first = config.push(&keys, NOW).unwrap();
    config.state.confirm_pushed(first.seqno, ["h1".to_owned()].into());
    assert_eq!(config.state.phase(), Phase::Clean);
    let second = config.push(&keys, later).unwrap();
    assert_eq!((second.seqno, second.obsolete), (2, vec!["h1".to_owned()]));
    assert_eq!(config.shared(), [(person(2), ago(-20))]);
    assert_eq!(config.archived().len(), 2);
    let loaded = ConvoInfoVolatile::load(&config.state.dump()).unwrap();
    assert_eq!(loaded.archived(), config.archived());
}

#[test]
fn what_another_device_shares_again_leaves_the_archive() {
    let identity = IdentityKeys::from_seed(&Seed::from_bytes([1; 16]));
    let keys = ConfigKeys::own(ConfigKind::ConvoInfoVolatile, &identity);
    let mut one = ConvoInfoVolatile::default();
    one.set(&person(1), &ago(40), NOW);
    let mut two = ConvoInfoVolatile::default();
    two.set(&person(1), &ago(0), NOW);
    let pushed = two.push(&keys, NOW).unwrap();
    let outcome = one.merge([("h", pushed.messages[0].as_slice())], &keys, NOW);
    assert!(outcome.changed);
    assert_eq!((one.archived(), one.get(&person(1))), (vec![], Some(ago(0))));
    assert_eq!(one.state.phase(), Phase::Clean);
}
