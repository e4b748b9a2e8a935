use nous_protocol::account::AccountId;
use nous_protocol::config::fields::Cleared;
use nous_protocol::content::profile::Picture;
use nous_protocol::content::{
    Attachment, Call, CallKind, DataExtraction, DisappearKind, Disappearing, Extras, Incoming, Invitation,
    Message, Parsed, Profile, Target,
};
use nous_storage::ids::ConversationKey;

use super::*;

fn person(n: u8) -> AccountId {
    AccountId::from_x25519([n; 32])
}

const OWN: u8 = 1;
const OTHER: u8 = 2;
const ALLOWED: Privacy = Privacy {
    read_receipts: true,
    typing_indicators: true,
};
const DAY: Duration = Duration::from_secs(86_400);

fn arrived(sender: u8, content: Incoming) -> Arrived {
    let disappearing = Disappearing {
        kind: DisappearKind::Off,
        seconds: 0,
    };
    let stored = Timestamp::from_ms(1_000_000);
    Arrived {
        hash: "h".into(),
        sender: person(sender),
        sent: Timestamp::from_ms(500),
        content: Vec::new(),
        parsed: Ok(Parsed {
            content,
            disappearing,
            sig_timestamp: None,
            pro: None,
        }),
        stored,
        expires: stored + DAY,
    }
}

fn text(body: &str, extras: Extras) -> Incoming {
    Incoming::Message(Box::new(Message {
        body: body.into(),
        extras,
        ..Message::default()
    }))
}

fn standing(is_approved: bool, has_approved_me: bool, profile_updated_s: u64) -> Standing {
    Standing {
        cleared: Cleared::NONE,
        key: ConversationKey(1),
        is_approved,
        has_approved_me,
        is_blocked: false,
        profile_updated_s,
        priority: 0,
        last_read: Timestamp::from_ms(0),
        created: Timestamp::from_ms(0),
    }
}

fn knowing(n: u8, standing: Standing) -> View {
    View {
        people: [(person(n), standing)].into(),
        ..View::default()
    }
}

fn decide(sender: u8, content: Incoming, view: &View) -> Vec<Effect> {
    apply(&arrived(sender, content), &person(OWN), view)
}

fn profile(seconds: Option<u64>) -> Profile {
    let picture = Picture {
        url: "http://filev2.getsession.org/file/1".into(),
        key: [7; 32],
    };
    Profile {
        name: Some("Bob".into()),
        picture: Some(picture),
        updated_seconds: seconds,
    }
}

#[test]
fn a_message_shows_and_counts_as_approval() {
    let effects = decide(OTHER, text("hi", Extras::default()), &View::default());
    assert!(matches!(&effects[..], [Effect::Show(shown), Effect::ApprovedByThem(_)] if !shown.is_own));
}

#[test]
fn a_message_with_nothing_but_an_invitation_shows_its_card() {
    let invitation = Invitation {
        url: "https://example.org/room?public_key=1".into(),
        name: "Room".into(),
    };
    let content = Incoming::Message(Box::new(Message {
        invitation: Some(invitation),
        ..Message::default()
    }));
    let effects = decide(OTHER, content, &View::default());
    assert!(
        matches!(&effects[..], [Effect::Show(shown), ..] if shown.card.is_some() && !shown.is_unsupported)
    );
}

#[test]
fn a_message_with_nothing_that_can_be_shown_is_unsupported() {
    let blinded = format!("15{}", "a".repeat(64));
    let effects = decide(OTHER, answer(blinded), &View::default());
    assert!(matches!(&effects[..], [Effect::Show(shown), ..] if shown.is_unsupported));
}

#[test]
fn a_message_with_nothing_but_files_shows_them() {
    let picture = Attachment {
        url: "http://files.test/file/1".into(),
        content_type: Some("image/png".into()),
        ..Attachment::default()
    };
    let content = Incoming::Message(Box::new(Message {
        attachments: vec![picture],
        ..Message::default()
    }));
    let effects = decide(OTHER, content, &View::default());
    assert!(
        matches!(&effects[..], [Effect::Show(shown), ..] if shown.files.len() == 1 && !shown.is_unsupported)
    );
}

/// A message that answers one of this author.
fn answer(author: String) -> Incoming {
    Incoming::Message(Box::new(Message {
        quote: Some(Target {
            timestamp: Timestamp::from_ms(1),
            author,
        }),
        ..Message::default()
    }))
}

#[test]
fn a_message_says_what_it_answers_though_it_has_no_text() {
    let effects = decide(OTHER, answer(person(OWN).to_string()), &View::default());
    let named = Quote {
        author: person(OWN),
        sent: Timestamp::from_ms(1),
    };
    assert!(
        matches!(&effects[..], [Effect::Show(shown), ..] if shown.quote == Some(named) && !shown.is_unsupported)
    );
    let of_community = person(OWN).to_string().replacen("05", "15", 1);
    let effects = decide(OTHER, answer(of_community), &View::default());
    assert!(matches!(&effects[..], [Effect::Show(shown), ..] if shown.quote.is_none()));
}

fn reaction_to(author: String, emoji: &str, extras: Extras) -> Incoming {
    let reaction = Reaction {
        target: Target {
            timestamp: Timestamp::from_ms(7),
            author,
        },
        emoji: emoji.to_owned(),
        remove: false,
    };
    Incoming::Reaction(reaction, extras)
}

#[test]
fn friends_react_and_strangers_do_not() {
    let reaction = || reaction_to(person(OWN).to_string(), "😂", Extras::default());
    let shown = Effect::React(
        person(OTHER),
        ReactionTo {
            author: person(OWN),
            sent: Timestamp::from_ms(7),
            emoji: "😂".into(),
            is_removal: false,
        },
    );
    let friend = knowing(OTHER, standing(true, true, 0));
    assert_eq!(decide(OTHER, reaction(), &friend), [shown]);
    for view in [
        View::default(),
        knowing(OTHER, standing(true, false, 0)),
        knowing(OTHER, standing(false, true, 0)),
    ] {
        let dropped = [Effect::Drop("reactionOfStranger")];
        assert_eq!(decide(OTHER, reaction(), &view), dropped);
    }
}

#[test]
fn a_reaction_carries_a_profile_and_one_that_cannot_be_read_is_dropped() {
    let friend = knowing(OTHER, standing(true, true, 0));
    let extras = Extras {
        profile: Some(profile(Some(9))),
        ..Extras::default()
    };
    let effects = decide(OTHER, reaction_to(person(OWN).to_string(), "😂", extras), &friend);
    assert!(matches!(&effects[..], [Effect::React(..), Effect::Profile(..)]));
    for (author, emoji) in [(person(OWN).to_string(), "hello"), ("a room".to_owned(), "😂")] {
        let effects = decide(OTHER, reaction_to(author, emoji, Extras::default()), &friend);
        assert_eq!(effects, [Effect::Drop("reactionUnreadable")]);
    }
}

#[test]
fn a_reaction_of_another_device_belongs_to_whom_it_was_sent() {
    let extras = Extras {
        sync_target: Some(person(OTHER)),
        ..Extras::default()
    };
    for (extras, with) in [(extras, OTHER), (Extras::default(), OWN)] {
        let effects = decide(
            OWN,
            reaction_to(person(OTHER).to_string(), "😂", extras),
            &View::default(),
        );
        assert!(matches!(&effects[..], [Effect::React(to, _)] if *to == person(with)));
    }
}

#[test]
fn a_profile_applies_if_it_is_newer_or_neither_has_a_time() {
    let with = |seconds| {
        text(
            "hi",
            Extras {
                profile: Some(profile(seconds)),
                ..Extras::default()
            },
        )
    };
    let applies = |known: u64, received| {
        let view = knowing(OTHER, standing(true, true, known));
        decide(OTHER, with(received), &view)
            .iter()
            .any(|effect| matches!(effect, Effect::Profile(..)))
    };
    assert!(applies(5, Some(6)) && applies(0, None) && applies(0, Some(1)));
    assert!(!applies(5, Some(5)) && !applies(5, None) && !applies(5, Some(4)));
}

#[test]
fn a_profile_in_an_own_copy_is_ignored() {
    let extras = Extras {
        profile: Some(profile(Some(9))),
        sync_target: Some(person(OTHER)),
        ..Extras::default()
    };
    let effects = decide(OWN, text("hi", extras), &View::default());
    assert!(matches!(&effects[..], [Effect::Show(shown), Effect::ApprovedByUs(_)] if shown.is_own));
}

#[test]
fn only_some_contents_come_from_ourselves() {
    let call = |kind| {
        let (sdps, line_indexes, mids) = (Vec::new(), Vec::new(), Vec::new());
        Incoming::Call(Call {
            kind,
            sdps,
            line_indexes,
            mids,
            uuid: "u".into(),
        })
    };
    let dropped = vec![Effect::Drop("ownControl")];
    assert_eq!(
        decide(OWN, Incoming::Receipt(Vec::new()), &View::default()),
        dropped
    );
    assert_eq!(
        decide(OWN, Incoming::Typing { started: true }, &View::default()),
        dropped
    );
    assert_eq!(decide(OWN, call(CallKind::Offer), &View::default()), dropped);
    assert_eq!(decide(OWN, call(CallKind::EndCall), &View::default()), []);
}

#[test]
fn a_response_counts_only_if_we_asked() {
    let response = || Incoming::RequestResponse(None);
    assert_eq!(
        decide(OTHER, response(), &View::default()),
        [Effect::Drop("unaskedResponse")]
    );
    let asked = knowing(OTHER, standing(true, false, 0));
    assert_eq!(
        decide(OTHER, response(), &asked),
        [
            Effect::Accepted(person(OTHER), Timestamp::from_ms(500)),
            Effect::ApprovedByThem(person(OTHER))
        ]
    );
    let friends = knowing(OTHER, standing(true, true, 0));
    assert_eq!(
        decide(OTHER, response(), &friends),
        [
            Effect::AcceptedAt(person(OTHER), Timestamp::from_ms(500)),
            Effect::ApprovedByThem(person(OTHER))
        ],
        "once"
    );
}

#[test]
fn a_message_from_whom_we_asked_accepts_just_before_it() {
    let asked = knowing(OTHER, standing(true, false, 0));
    let effects = decide(OTHER, text("hi", Extras::default()), &asked);
    let at = Timestamp::from_ms(499);
    assert!(matches!(&effects[..], [Effect::Accepted(_, before), Effect::Show(_), ..] if *before == at));
    let asks = knowing(OTHER, standing(false, true, 0));
    let effects = decide(OTHER, text("hi", Extras::default()), &asks);
    assert!(matches!(&effects[..], [Effect::Show(_), ..]));
}

#[test]
fn receipts_count_between_friends_only_and_if_wanted() {
    let receipt = || Incoming::Receipt(vec![Timestamp::from_ms(7)]);
    let outgoing = View {
        privacy: ALLOWED,
        ..knowing(OTHER, standing(true, false, 0))
    };
    assert_eq!(
        decide(OTHER, receipt(), &outgoing),
        [Effect::Drop("receiptOfStranger")]
    );
    let mut friends = knowing(OTHER, standing(true, true, 0));
    assert_eq!(
        decide(OTHER, receipt(), &friends),
        [Effect::Drop("receiptUnwanted")]
    );
    friends.privacy = ALLOWED;
    assert!(matches!(
        &decide(OTHER, receipt(), &friends)[..],
        [Effect::ReadByRecipient(..)]
    ));
}

#[test]
fn typing_shows_between_friends_only_and_if_wanted() {
    let typing = || Incoming::Typing { started: true };
    let mut view = knowing(OTHER, standing(true, true, 0));
    assert_eq!(decide(OTHER, typing(), &view), []);
    view.privacy = ALLOWED;
    assert_eq!(
        decide(OTHER, typing(), &view),
        [Effect::Typing(person(OTHER), true)]
    );
    let stranger = View {
        privacy: ALLOWED,
        ..View::default()
    };
    assert_eq!(decide(OTHER, typing(), &stranger), []);
}

fn extraction(screenshot: bool) -> Incoming {
    Incoming::DataExtraction(DataExtraction {
        screenshot,
        timestamp: None,
    })
}

#[test]
fn what_later_versions_do_is_parked() {
    let friend = knowing(OTHER, standing(true, true, 0));
    assert_eq!(
        decide(OTHER, extraction(true), &friend),
        [Effect::Park {
            reason: "later",
            fold: None
        }]
    );
}

#[test]
fn a_friend_who_saves_a_file_is_told_of_once() {
    let friend = knowing(OTHER, standing(true, true, 0));
    assert_eq!(
        decide(OTHER, extraction(false), &friend),
        [Effect::MediaSaved(person(OTHER), None)]
    );
    let of = Some(Timestamp::from_ms(400));
    let named = Incoming::DataExtraction(DataExtraction {
        screenshot: false,
        timestamp: of,
    });
    assert_eq!(
        decide(OTHER, named, &friend),
        [Effect::MediaSaved(person(OTHER), of)]
    );
    let name = (person(OTHER).into(), person(OTHER), Timestamp::from_ms(500));
    let known = View {
        known: [name].into(),
        ..friend
    };
    assert_eq!(
        decide(OTHER, extraction(false), &known),
        [Effect::Drop("duplicate")]
    );
}

#[test]
fn who_saves_a_file_comes_back_to_no_list_and_strangers_are_not_heard() {
    let stranger = knowing(OTHER, standing(false, true, 0));
    assert_eq!(
        decide(OTHER, extraction(false), &stranger),
        [Effect::Drop("extractionOfStranger")]
    );
    let hidden = Standing {
        priority: -1,
        ..standing(true, true, 0)
    };
    assert_eq!(
        decide(OTHER, extraction(false), &knowing(OTHER, hidden)),
        [Effect::Drop("outdated")]
    );
    assert_eq!(
        decide(OWN, extraction(false), &View::default()),
        [Effect::Drop("ownControl")]
    );
}

const THIRD: u8 = 3;

fn unsend_of(author: String) -> Incoming {
    Incoming::Unsend(Target {
        timestamp: Timestamp::from_ms(7),
        author,
    })
}

#[test]
fn a_message_is_unsent_by_its_author_and_by_ourselves() {
    let unsend = |author| unsend_of(person(author).to_string());
    let unsent = |author| [Effect::Unsent(person(author), Timestamp::from_ms(7))];
    let view = View::default();
    assert_eq!(decide(OTHER, unsend(OTHER), &view), unsent(OTHER));
    assert_eq!(decide(OWN, unsend(OWN), &view), unsent(OWN));
    assert_eq!(decide(OWN, unsend(OTHER), &view), unsent(OTHER));
    let dropped = [Effect::Drop("unsendByAnother")];
    assert_eq!(decide(THIRD, unsend(OTHER), &view), dropped);
    assert_eq!(decide(OTHER, unsend(OWN), &view), dropped);
    let nobody = unsend_of("a room".to_owned());
    assert_eq!(decide(OTHER, nobody, &view), [Effect::Drop("unsendOfNobody")]);
}

#[test]
fn what_was_unsent_before_it_came_says_nothing() {
    let view = View {
        unsent: [(person(OTHER), Timestamp::from_ms(500))].into(),
        ..knowing(OTHER, standing(true, false, 0))
    };
    let message = || {
        let extras = Extras {
            profile: Some(profile(Some(9))),
            ..Extras::default()
        };
        text("hi", extras)
    };
    assert_eq!(decide(OTHER, message(), &view), [Effect::Withdrawn]);
    let of_another = decide(THIRD, message(), &view);
    assert!(matches!(&of_another[..], [Effect::Show(_), ..]));
}

#[test]
fn a_group_invitation_makes_no_conversation() {
    let extras = Extras {
        profile: Some(profile(Some(9))),
        ..Extras::default()
    };
    let update = GroupUpdate::MemberLeft;
    let effects = decide(
        OTHER,
        Incoming::GroupUpdate(Box::new(update.clone()), extras),
        &View::default(),
    );
    assert_eq!(effects, [Effect::Invited(person(OTHER), Box::new(update))]);
}

#[test]
fn a_profile_alone_names_nobody_new() {
    let extras = || Extras {
        profile: Some(profile(Some(9))),
        ..Extras::default()
    };
    let stranger = decide(OTHER, Incoming::ProfileOnly(extras()), &View::default());
    assert_eq!(stranger, [Effect::Drop("profileOfStranger")]);
    let known = knowing(OTHER, standing(true, true, 3));
    assert!(matches!(
        &decide(OTHER, Incoming::ProfileOnly(extras()), &known)[..],
        [Effect::Profile(..)]
    ));
}

const MINUTE: Duration = Duration::from_secs(60);
const CONFIG: Timestamp = Timestamp::from_ms(1_000_000_000);

/// A content that was written and stored so long before the newest contacts.
fn before_config(sender: u8, content: Incoming, written: Duration, stored: Duration) -> Arrived {
    Arrived {
        sent: CONFIG.earlier(written),
        stored: CONFIG.earlier(stored),
        ..arrived(sender, content)
    }
}

fn with_config(n: u8, standing: Standing) -> View {
    View {
        newest_contacts: Some(CONFIG),
        ..knowing(n, standing)
    }
}

/// Every content that tells us something of its sender.
fn telling() -> [Incoming; 3] {
    let extras = || Extras {
        profile: Some(profile(Some(9))),
        ..Extras::default()
    };
    [
        text("hi", extras()),
        Incoming::ProfileOnly(extras()),
        Incoming::RequestResponse(Some(profile(Some(9)))),
    ]
}

#[test]
fn what_is_older_than_the_contacts_changes_nothing_about_a_person() {
    let view = with_config(OTHER, standing(true, false, 0));
    for content in telling() {
        let old = before_config(OTHER, content.clone(), 3 * MINUTE, 3 * MINUTE);
        let effects = apply(&old, &person(OWN), &view);
        assert!(
            matches!(&effects[..], [Effect::Show(_)] | [Effect::Drop("outdated")]),
            "{effects:?}"
        );
        // A moment before, or on its way then: no device had it.
        for stored in [MINUTE, Duration::ZERO] {
            let new = before_config(OTHER, content.clone(), 3 * MINUTE, stored);
            let effects = apply(&new, &person(OWN), &view);
            let is_profile = |effect: &Effect| matches!(effect, Effect::Profile(..));
            assert!(effects.iter().any(is_profile), "{effects:?}");
        }
    }
}

#[test]
fn what_a_stranger_wrote_before_the_contacts_and_sent_after_them_is_shown() {
    let view = View {
        newest_contacts: Some(CONFIG),
        ..View::default()
    };
    let shown = |stored| {
        let message = before_config(OTHER, text("hi", Extras::default()), 3 * MINUTE, stored);
        let effects = apply(&message, &person(OWN), &view);
        effects.iter().any(|effect| matches!(effect, Effect::Show(_)))
    };
    assert!(shown(Duration::ZERO) && !shown(3 * MINUTE));
}

fn own_copy(written: Duration, stored: Duration) -> Arrived {
    let extras = Extras {
        sync_target: Some(person(OTHER)),
        ..Extras::default()
    };
    before_config(OWN, text("hi", extras), written, stored)
}

#[test]
fn an_own_copy_older_than_the_contacts_accepts_nobody() {
    let old = own_copy(3 * MINUTE, 3 * MINUTE);
    let asks = with_config(OTHER, standing(false, true, 0));
    assert_eq!(
        apply(&old, &person(OWN), &asks),
        [Effect::Drop("outdated")],
        "written to who they were before"
    );
    let approved = with_config(OTHER, standing(true, false, 0));
    assert!(matches!(
        &apply(&old, &person(OWN), &approved)[..],
        [Effect::Show(_)]
    ));
    for new in [own_copy(MINUTE, MINUTE), own_copy(3 * MINUTE, MINUTE)] {
        for view in [&asks, &approved] {
            assert!(matches!(
                &apply(&new, &person(OWN), view)[..],
                [Effect::Show(_), Effect::ApprovedByUs(_)]
            ));
        }
    }
}

#[test]
fn an_own_copy_older_than_its_contact_is_outdated() {
    let known_since = |before: Duration| {
        let created = CONFIG.earlier(before);
        with_config(
            OTHER,
            Standing {
                created,
                ..standing(true, true, 0)
            },
        )
    };
    let old = own_copy(10 * MINUTE, 10 * MINUTE);
    let decided = |before| apply(&old, &person(OWN), &known_since(before));
    assert_eq!(decided(7 * MINUTE), [Effect::Drop("outdated")]);
    assert!(matches!(&decided(9 * MINUTE)[..], [Effect::Show(_)]));
}

#[test]
fn note_to_self_is_approved_by_every_note() {
    let view = View {
        newest_contacts: Some(CONFIG),
        ..View::default()
    };
    let note = before_config(OWN, text("milk", Extras::default()), 3 * MINUTE, 3 * MINUTE);
    assert!(matches!(
        &apply(&note, &person(OWN), &view)[..],
        [Effect::Show(_), Effect::ApprovedByUs(_)]
    ));
}
