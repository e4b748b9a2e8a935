//! How many message requests all devices share.
//!
//! Anybody may write to an account. Requests beyond a number stay on the devices that received
//! them, so that no stranger can make the contacts too large to be stored.
//!
//! Source: `config.md` §5 (limit), §11, §15.

use nous_protocol::config::contacts::{Contact, Contacts};
use nous_storage::people::Person;

/// The most requests that are shared: far from what a config may hold, far above what a person
/// reads.
pub(super) const MOST_REQUESTS: usize = 1_000;

/// Those whose entry is written: all but requests that come when all places are taken.
pub(super) fn with_a_place<'a>(contacts: &Contacts, people: &'a [Person]) -> Vec<&'a Person> {
    let needs_place = |person: &Person| is_request(person) && contacts.get(&person.account).is_none();
    if !people.iter().any(needs_place) {
        return people.iter().collect();
    }
    let taken = contacts.iter().filter(is_shared_request).count();
    let mut left = MOST_REQUESTS.saturating_sub(taken);
    let has_place = |person: &&Person| {
        if !needs_place(person) {
            return true;
        }
        let has_place = left > 0;
        left = left.saturating_sub(1);
        has_place
    };
    people.iter().filter(has_place).collect()
}

const fn is_request(person: &Person) -> bool {
    !person.is_approved && !person.is_blocked
}

const fn is_shared_request(contact: &Contact) -> bool {
    !contact.is_approved && !contact.is_blocked
}

#[cfg(test)]
mod tests {
    use nous_protocol::account::AccountId;

    use super::*;

    fn id(number: usize) -> AccountId {
        let mut key = [1; 32];
        key[..8].copy_from_slice(&number.to_le_bytes());
        AccountId::from_x25519(key)
    }

    fn asking(number: usize) -> Person {
        Person {
            account: id(number),
            name: "N".into(),
            nickname: String::new(),
            picture: None,
            profile_updated_s: 1,
            is_approved: false,
            has_approved_me: true,
            is_blocked: false,
            priority: 0,
            notify: nous_protocol::config::fields::NotifyMode::Default,
            mute_until_s: 0,
            timer: None,
            created: nous_protocol::time::Timestamp::from_ms(1_000),
            cleared: nous_protocol::config::fields::Cleared::default(),
        }
    }

    fn numbers(people: &[&Person]) -> Vec<AccountId> {
        people.iter().map(|person| person.account).collect()
    }

    #[test]
    fn requests_beyond_the_most_have_no_place_and_everybody_else_has() {
        let mut contacts = Contacts::default();
        for number in 0..MOST_REQUESTS - 1 {
            contacts.set(&Contact::new(id(number)));
        }
        let (known, last, late) = (asking(5), asking(5_000), asking(5_001));
        let accepted = Person {
            is_approved: true,
            ..asking(5_002)
        };
        let blocked = Person {
            is_blocked: true,
            ..asking(5_003)
        };
        let people = [known, last, late.clone(), accepted, blocked];
        let has_place = numbers(&with_a_place(&contacts, &people));
        assert_eq!(has_place, [5, 5_000, 5_002, 5_003].map(id));
        let freed = Contact {
            is_approved: true,
            ..Contact::new(id(7))
        };
        contacts.set(&freed);
        contacts.erase(&id(8));
        assert_eq!(numbers(&with_a_place(&contacts, &[late])), [id(5_001)]);
    }
}
