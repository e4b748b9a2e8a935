use super::*;
use crate::account::AccountId;
use crate::keys::Seed;

const DAY: i64 = 86_400_000;

fn person(n: u8) -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([n; 16]))
}

fn secret() -> GroupSecret {
    GroupSecret::from_seed(&[9; 32])
}

fn keys() -> GroupKeys {
    GroupKeys::new(secret().id())
}

fn ids(people: &[u8]) -> Vec<AccountId> {
    people.iter().map(|n| person(*n).account_id()).collect()
}

fn at(days: i64) -> Timestamp {
    Timestamp::from_ms(1_700_000_000_000 + days * DAY)
}

fn load(keys: &mut GroupKeys, who: u8, hash: &str, message: &[u8], stored: Timestamp) -> bool {
    let account = person(who);
    let reader = KeyReader {
        account: &account,
        secret: None,
    };
    keys.load(hash, message, stored, &reader).unwrap()
}

/// An admin who rotates and loads what came back, once for each list of members.
struct Admin {
    keys: GroupKeys,
    messages: Vec<(String, Vec<u8>, Timestamp)>,
}

impl Admin {
    fn new() -> Self {
        Self {
            keys: keys(),
            messages: Vec::new(),
        }
    }

    fn load(&mut self, hash: &str, message: &[u8], stored: Timestamp) -> bool {
        let (account, secret) = (person(1), secret());
        let reader = KeyReader {
            account: &account,
            secret: Some(&secret),
        };
        self.keys.load(hash, message, stored, &reader).unwrap()
    }

    fn rotate(&mut self, people: &[u8], days: i64) {
        let message = self.keys.rekey(&secret(), ids(people)).unwrap().to_vec();
        let hash = format!("k{}", self.messages.len());
        assert!(self.load(&hash, &message, at(days)));
        self.messages.push((hash, message, at(days)));
    }
}

fn generations(keys: &GroupKeys) -> Vec<i64> {
    keys.loaded().map(GroupKey::generation).collect()
}

#[test]
fn a_key_is_pending_until_it_comes_back_and_seals_meanwhile() {
    let mut admin = Admin::new();
    assert!(admin.keys.is_empty());
    let message = admin.keys.rekey(&secret(), ids(&[1, 2])).unwrap().to_vec();
    assert_eq!(admin.keys.pending_message(), Some(message.as_slice()));
    assert_eq!((admin.keys.all().len(), admin.keys.generation()), (1, 0));
    let again = admin.keys.rekey(&secret(), ids(&[1, 2, 3])).unwrap().to_vec();
    assert_ne!(message, again);
    assert_eq!(admin.keys.all().len(), 1, "another one takes its place");
    admin.load("old", &message, at(0));
    assert!(
        admin.keys.pending_message().is_some(),
        "another key of this generation"
    );
    admin.load("new", &again, at(0));
    assert_eq!(admin.keys.pending_message(), None);
    assert!(admin.keys.has_collision());
}

#[test]
fn a_pending_key_that_others_went_beyond_is_given_up() {
    let (mut one, mut other) = (Admin::new(), Admin::new());
    other.rotate(&[1, 2], 0);
    other.rotate(&[1, 3], 1);
    one.keys.rekey(&secret(), ids(&[1, 4])).unwrap();
    let (hash, message, stored) = other.messages[1].clone();
    one.load(&hash, &message, stored);
    assert_eq!(one.keys.pending_message(), None);
}

#[test]
fn two_admins_who_do_the_same_make_the_same_message() {
    let make = |people: &[u8]| keys().rekey(&secret(), ids(people)).unwrap().to_vec();
    assert_eq!(make(&[1, 2, 3]), make(&[3, 1, 2, 2]));
    assert_ne!(make(&[1, 2, 3]), make(&[1, 2, 4]));
}

#[test]
fn an_admin_sees_whether_the_newest_key_was_made_for_these_members() {
    let mut admin = Admin::new();
    assert!(!admin.keys.is_made_for(&secret(), ids(&[1])), "there is none");
    admin.rotate(&[1, 2, 3], 0);
    assert!(admin.keys.is_made_for(&secret(), ids(&[3, 2, 1])));
    assert!(!admin.keys.is_made_for(&secret(), ids(&[1, 2])));
    assert!(!admin.keys.is_made_for(&secret(), ids(&[1, 2, 3, 4])));
    admin.keys.rekey(&secret(), ids(&[1, 2])).unwrap();
    assert!(
        admin.keys.is_made_for(&secret(), ids(&[1, 2])),
        "the pending one counts"
    );
}

#[test]
fn members_find_their_key_and_others_none() {
    let mut admin = Admin::new();
    admin.rotate(&[1, 2], 0);
    let (hash, message, stored) = &admin.messages[0];
    let mut member = keys();
    assert!(load(&mut member, 2, hash, message, *stored));
    assert_eq!(member.all(), admin.keys.all());
    let mut stranger = keys();
    assert!(!load(&mut stranger, 3, hash, message, *stored));
    assert!(stranger.is_empty());
    assert_eq!(
        stranger.active_hashes().count(),
        0,
        "it is not for us to keep it alive"
    );
}

#[test]
fn a_message_without_a_key_for_us_is_kept_alive_while_we_have_keys() {
    let mut admin = Admin::new();
    admin.rotate(&[1, 2], 0);
    admin.rotate(&[1], 1);
    let mut member = keys();
    for (hash, message, stored) in &admin.messages {
        load(&mut member, 2, hash, message, *stored);
    }
    assert_eq!(generations(&member), [0]);
    assert_eq!(member.active_hashes().collect::<Vec<_>>(), ["k0", "k1"]);
}

#[test]
fn a_supplement_brings_all_keys_to_its_receivers_only() {
    let mut admin = Admin::new();
    admin.rotate(&[1, 2], 0);
    admin.rotate(&[1, 2], 3);
    let message = admin.keys.supplement(&secret(), &ids(&[5, 4])).unwrap();
    assert_eq!(
        message,
        admin.keys.supplement(&secret(), &ids(&[4, 5, 4])).unwrap()
    );
    let mut new = keys();
    assert!(load(&mut new, 4, "s", &message, at(4)));
    assert_eq!(new.all(), admin.keys.all());
    assert_eq!(generations(&new), [1, 0]);
    assert_eq!(new.active_hashes().collect::<BTreeSet<_>>(), ["s"].into());
    assert!(!load(&mut keys(), 2, "s", &message, at(4)));
    assert!(!admin.load("s", &message, at(4)), "an admin has all keys");
    assert_eq!(keys().supplement(&secret(), &ids(&[4])), Err(RekeyError::NoKey));
    assert_eq!(admin.keys.supplement(&secret(), &[]), Err(RekeyError::Nobody));
}

#[test]
fn a_supplement_since_a_moment_brings_no_older_key() {
    let mut admin = Admin::new();
    for days in 0..3 {
        admin.rotate(&[1, 2], days);
    }
    let since = at(1);
    let message = admin.keys.supplement_since(&secret(), &ids(&[4]), since).unwrap();
    let mut new = keys();
    assert!(load(&mut new, 4, "s", &message, at(3)));
    assert_eq!(generations(&new), [2, 1]);
    let none = admin.keys.supplement_since(&secret(), &ids(&[4]), at(9));
    assert_eq!(none, Err(RekeyError::NoKey));
}

#[test]
fn any_order_gives_the_same_list() {
    let mut admin = Admin::new();
    for days in 0..4 {
        admin.rotate(&[1, 2], days);
    }
    let mut reverse = keys();
    for (hash, message, stored) in admin.messages.iter().rev().chain(&admin.messages) {
        load(&mut reverse, 2, hash, message, *stored);
    }
    assert_eq!(generations(&reverse), [3, 2, 1, 0]);
    assert_eq!(reverse.all(), admin.keys.all());
    assert_eq!(reverse.active_hashes().count(), 4);
}

#[test]
fn a_generation_goes_60_days_after_the_next_one() {
    let mut admin = Admin::new();
    for days in [0, 10, 70] {
        admin.rotate(&[1, 2], days);
    }
    assert_eq!(
        generations(&admin.keys),
        [2, 1, 0],
        "exactly 60 days are not more"
    );
    admin.rotate(&[1, 2], 71);
    assert_eq!(generations(&admin.keys), [3, 2, 1]);
    assert_eq!(admin.keys.active_hashes().collect::<Vec<_>>(), ["k1", "k2", "k3"]);
    let (hash, message, stored) = admin.messages[0].clone();
    admin.load(&hash, &message, stored);
    assert_eq!(admin.keys.message("k0"), None);
    assert_eq!(generations(&admin.keys), [3, 2, 1], "it is not taken again");
}

#[test]
fn the_row_gives_the_same_keys_again() {
    let mut admin = Admin::new();
    assert_eq!(GroupKeys::load_dump(secret().id(), &keys().dump()), Ok(keys()));
    admin.rotate(&[1, 2], 0);
    admin.rotate(&[1, 2], 1);
    admin.keys.rekey(&secret(), ids(&[1])).unwrap();
    assert!(admin.keys.needs_dump());
    let dump = admin.keys.dump();
    assert!(!admin.keys.needs_dump());
    assert_eq!(GroupKeys::load_dump(secret().id(), &dump), Ok(admin.keys.clone()));
    for end in 0..dump.len() {
        assert!(GroupKeys::load_dump(secret().id(), &dump[..end]).is_err());
    }
    assert_eq!(
        GroupKeys::load_dump(secret().id(), b"d1:Alee"),
        Err(KeysDumpError::Field('L'))
    );
    let others = b"d1:Ale1:Lle1:Pdee";
    assert_eq!(GroupKeys::load_dump(secret().id(), others), Ok(keys()));
}

#[test]
fn another_groups_secret_makes_nothing() {
    let other = GroupSecret::from_seed(&[8; 32]);
    assert_eq!(keys().rekey(&other, ids(&[1])), Err(RekeyError::Secret));
    assert_eq!(keys().supplement(&other, &ids(&[1])), Err(RekeyError::Secret));
    assert_eq!(keys().rekey(&secret(), []), Err(RekeyError::Nobody));
}

/// A message with these fields, well signed.
fn forged(fields: &str) -> Vec<u8> {
    let mut message = fields.as_bytes().to_vec();
    let signature = secret().sign(&message);
    message.extend_from_slice(b"1:~64:");
    message.extend_from_slice(&signature);
    message.push(b'e');
    message
}

fn refusal(message: &[u8]) -> KeyMessageError {
    let (account, mut loading) = (person(2), keys());
    let reader = KeyReader {
        account: &account,
        secret: None,
    };
    let error = loading.load("h", message, at(0), &reader).unwrap_err();
    assert_eq!(loading, keys(), "nothing changes");
    error
}

#[test]
fn what_is_signed_but_malformed_is_refused() {
    let nonce = format!("1:#24:{}", "n".repeat(24));
    let entry = format!("48:{}", "x".repeat(48));
    let rekey = |generation: i64, admins: &str, entries: &str| {
        refusal(&forged(&format!(
            "d{nonce}1:Gi{generation}e1:K{admins}1:kl{entries}e"
        )))
    };
    let full = entry.repeat(75);
    assert_eq!(rekey(-1, &entry, &full), KeyMessageError::Field('G'));
    assert_eq!(rekey(0, "3:abc", &full), KeyMessageError::Field('K'));
    assert_eq!(rekey(0, &entry, ""), KeyMessageError::Field('k'));
    assert_eq!(rekey(0, &entry, &entry.repeat(7)), KeyMessageError::Field('k'));
    assert_eq!(rekey(0, &entry, &entry.repeat(76)), KeyMessageError::Field('k'));
    let short = format!("{}3:abc", entry.repeat(74));
    assert_eq!(rekey(0, &entry, &short), KeyMessageError::Field('k'));
    let supplement = |lists: &str| refusal(&forged(&format!("d{nonce}1:+l{lists}e1:Gi0e")));
    assert_eq!(supplement(""), KeyMessageError::Field('+'));
    assert_eq!(supplement("3:abc"), KeyMessageError::Field('+'));
    assert_eq!(refusal(&forged("d")), KeyMessageError::Field('#'));
    assert_eq!(refusal(b"d1:~3:abce"), KeyMessageError::Field('#'));
    assert_eq!(refusal(b"de"), KeyMessageError::Field('~'));
    assert!(matches!(refusal(b""), KeyMessageError::Encoding(_)));
}

#[test]
fn what_the_group_did_not_sign_is_refused() {
    let mut admin = Admin::new();
    admin.rotate(&[1, 2], 0);
    let message = &admin.messages[0].1;
    for place in [30, 60, 200, message.len() - 3] {
        let mut changed = message.clone();
        changed[place] ^= 1;
        assert_eq!(refusal(&changed), KeyMessageError::Signature, "{place}");
    }
    let mut longer = message.clone();
    longer.pop();
    longer.extend_from_slice(b"1:\x7fi1ee");
    assert_eq!(refusal(&longer), KeyMessageError::Field('~'));
    let mut other = GroupKeys::new(GroupSecret::from_seed(&[8; 32]).id());
    let account = person(2);
    let reader = KeyReader {
        account: &account,
        secret: None,
    };
    assert_eq!(
        other.load("h", message, at(0), &reader),
        Err(KeyMessageError::Signature)
    );
}

#[test]
fn an_admin_whose_copy_does_not_open_refuses_the_message() {
    let nonce = format!("1:#24:{}", "n".repeat(24));
    let entry = format!("48:{}", "x".repeat(48));
    let message = forged(&format!("d{nonce}1:Gi0e1:K{entry}1:kl{}e", entry.repeat(75)));
    let (account, secret) = (person(1), secret());
    let reader = KeyReader {
        account: &account,
        secret: Some(&secret),
    };
    assert_eq!(
        keys().load("h", &message, at(0), &reader),
        Err(KeyMessageError::Key)
    );
    assert!(
        !load(&mut keys(), 2, "h", &message, at(0)),
        "no member's business"
    );
}

#[test]
fn whose_key_is_unusable_is_left_out() {
    let broken = AccountId::from_x25519([0; 32]);
    let message = keys()
        .rekey(&secret(), [broken, person(2).account_id()])
        .unwrap()
        .to_vec();
    assert!(load(&mut keys(), 2, "h", &message, at(0)));
}

#[test]
fn nothing_secret_is_shown() {
    let mut admin = Admin::new();
    admin.rotate(&[1, 2], 0);
    let key = hex::encode(admin.keys.all()[0]);
    let shown = format!("{:?} {:?}", admin.keys, admin.keys.loaded().next());
    assert!(!shown.contains(&key) && !shown.contains(&secret().id().to_string()));
}
