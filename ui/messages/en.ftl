# Entre Nous in English. One text per id; sentences are never glued from parts.

app-name = Entre Nous
app-sign = Two overlapping circles, each with a tick
action-back = Back
action-cancel = Cancel
action-close = Close
action-copied = Copied
action-copy-failed = Could not copy. Select the text and press Ctrl+C.
action-retry = Try again
action-save = Save
action-delete = Delete on this device
action-next = Next
loading = Loading

# First start
welcome-title = Messages that stay between us.
welcome-lead = No phone number, no e-mail, no address book handed over. Your account is a key that only you hold.
welcome-create = Create account
welcome-restore = I have an account
welcome-nothing-sent = Nothing is sent before you choose.
welcome-privacy = What leaves this device
language-label = Language
language-system = Same as the system
language-en = English
language-fr = Français
create-title = What should people call you?
create-lead = This name is shown to the people you write to. It does not have to be your real one, and you can change it at any time.
name-label = Display name
name-counter = { $bytes } of 100 bytes
create-submit = Create account
restore-title = Your recovery phrase
restore-lead = Type or paste the 13 words. Capitals, line breaks and shortened words are fine.
phrase-label = Recovery phrase
phrase-words = { $count } of 13 words
phrase-unknown = “{ $word }” is not a word of the list.
phrase-suggestions = Did you mean
phrase-right = The phrase is right.
restore-submit = Restore account
restoring-title = Fetching your account
restoring-lead = Your name, contacts and messages are being fetched from the network.
restoring-profile = Fetching your name
restoring-rest = Fetching your contacts, groups and messages
restoring-waiting = Looking for the network
restoring-slow = The network has not answered yet. You can go on; the rest arrives in the background.
restoring-go-on = Go on
name-title = Choose a display name
name-lead = No profile was found on the network. This name is shown to the people you write to.
name-submit = Go on
protect-title = Protect this device
protect-lead = With a password, nobody can open your messages on this computer without it.
protect-keyring = Without one, the key to your messages lies in the keyring of your system.
protect-file = Without one, the key to your messages lies in a file that only your account on this computer can read.
protect-restoring = Your account is still being fetched; it goes on in the background.
protect-submit = Set password
protect-skip = Not now
password-label = Password
password-new = New password
password-current = Current password
password-repeat = Repeat the password
password-differs = The two passwords are not the same.
password-hint = At least 6 characters. If you forget it, only the recovery phrase helps.
password-show = Show password
strength-weak = Weak: easy to guess
strength-fair = Fair: better with more words
strength-strong = Strong
discard-title = Discard this account?
discard-text = The account you just made will be gone from this device, and nobody can bring it back. Nobody has seen it yet.
discard-confirm = Discard account
discard-keep = Keep it
privacy-title = What leaves this device
privacy-messages = Your messages leave encrypted. Only the person you write to can read them; the nodes that keep them for up to 14 days cannot.
privacy-path = Everything goes through three nodes. None of them knows both who you are and whom you write to.
privacy-name = Your display name goes to the people you write to, encrypted like a message.
privacy-address = The first node sees your internet address, but not what you do.
privacy-nothing = There are no statistics, no crash reports and no address book upload.

# Locked, damaged
locked-title = Entre Nous is locked
locked-lead = Enter the password of this device.
locked-submit = Unlock
damaged-title = Your messages cannot be read
damaged-text = The file “{ $file }” is damaged. Nothing was overwritten.
damaged-backup = The last good state is from { $date }. The damaged file is kept beside it.
damaged-none = There is no earlier good state on this device. Your account can be restored with the recovery phrase on a fresh profile.
damaged-restore = Go back to the last good state
broken-title = Entre Nous cannot start
broken-again = Try again

# Rail
rail-label = Main
rail-profile = Your profile
rail-conversations = Conversations
rail-theme-dark = Switch to dark
rail-theme-light = Switch to light
rail-settings = Settings
path-connected = Path: connected
path-building = Path: connecting
path-offline = Path: offline
path-failed = { $status }. { $count ->
    [one] { $count } message was not sent
   *[other] { $count } messages were not sent
}

# Connecting
connecting = Connecting…
connecting-hops = Connecting: { $ready } of 3 nodes answer
offline-line = Offline. What you write goes out by itself when you are back.

# List
list-label = Conversations
list-new = New message
list-filter = Search names, IDs and messages
list-clear-filter = Clear search
list-width = Width of the list
list-no-result = Nothing found for “{ $filter }”.
list-empty = No conversation yet.
list-unread = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}
list-draft = Draft: { $text }
list-draft-files = { $count ->
    [one] Draft: { $count } file
   *[other] Draft: { $count } files
}
list-file-said = { $kind }: { $text }
list-not-sent = Not sent
list-filter-short = Search
list-pinned = Pinned
list-broken = This conversation cannot be shown
list-message-deleted = This message was deleted
list-request-waiting = Your request is waiting
list-no-message = No message yet
note-to-self = Note to Self
menu-pin = Pin
menu-unpin = Unpin
menu-mark-read = Mark as read
menu-details = Details
menu-delete-conversation = Delete conversation
delete-conversation-title = Delete this conversation?
delete-conversation-text = Everything written with { $name } will be gone from all your devices, and what still waits to be sent is not sent. It stays with the other person, and neither a contact nor a nickname is lost.
delete-conversation-confirm = Delete conversation

# First run
first-title = Your account is ready
first-lead = Give your account ID to people who should write to you.
first-own-id = Your account ID
first-copy = Copy account ID
first-demo = Write to the demo contact
first-choose = Choose a conversation, or start one.
qr-account = QR code of your account ID
qr-show = Show QR code
qr-hide = Hide QR code
qr-phrase = QR code of your recovery phrase
reminder-text = Save your recovery phrase: it is the only way back to your account.
reminder-show = Show phrase
reminder-hide = Hide this reminder

# New message
new-title = New message
new-field = Account ID or name (ONS)
new-placeholder = Paste or type it here
new-paste = Paste
new-paste-failed = The clipboard cannot be read here. Press Ctrl+V in the field.
new-one = One account ID recognised
new-many = { $count } account IDs recognised: choose one
new-name = “{ $name }” will be looked up on the network.
new-self = This is your own ID. Next opens your Note to Self.
new-known = You already have a conversation with this person.
new-request = Your first message is a request. The person decides whether to answer; your display name goes with it.
new-looking = Looking up the name

# Conversation
conversation-details = Details of { $name }
conversation-person = End-to-end encrypted
conversation-self = On all your devices
conversation-request = The first message is a request: the person decides whether to answer.
conversation-empty = Nobody else can read what is written here.
conversation-empty-self = A place for your own notes, on all your devices. Nobody else can read it.
conversation-start = This is the beginning of the conversation.
timeline-label = Messages with { $name }
timeline-new = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
timeline-jump = Jump to the newest
timeline-jump-new = { $count ->
    [one] { $count } new message below
   *[other] { $count } new messages below
}
timeline-error = These messages could not be read.
message-deleted = This message was deleted
message-unsupported = { $count ->
    [one] A message that needs a newer version of Entre Nous
   *[other] { $count } messages that need a newer version of Entre Nous
}
message-broken = This message cannot be shown
message-more = Read more
message-less = Show less
message-whole = Read the whole text
message-own-label = You, { $time }: { $text }. { $state }
message-other-label = { $name }, { $time }: { $text }
message-received = New message from { $name }: { $text }
message-actions = Actions for this message
menu-copy-text = Copy text
menu-info = Message info
state-queued = Waiting to send
state-queued-until = Waiting to send. Next try { $when }
state-sending = Sending
state-sent = Sent
state-not-synced = Sent, not yet on your other devices
state-read = Read
state-read-at = Read at { $time }
failed-refused = Not sent: refused by the network
failed-too-large = Not sent: too long
failed-clock = Not sent: the clock of this computer is wrong by { $deviation }
failed-clock-unknown = Not sent: the clock of this computer is wrong
failed-expired = Not sent: could not go out within 14 days
failed-may-have-been-sent = Perhaps sent already: it was waiting when the backup was made
failed-blocked = Not sent: you blocked this person
failed-other = Not sent: unexpected problem
failed-timed-out = Not sent: the network did not answer
failed-file-too-large = Not sent: a file is larger than the network takes
failed-file-gone = Not sent: a file is no longer there
failed-stopped = Not sent: you stopped it
failed-not-accepted = Not sent: until your request is accepted you can send text only
composer-label = Message to { $name }
composer-placeholder = Write to { $name }
composer-send = Send
composer-left = { $count ->
    [one] { $count } character left
   *[other] { $count } characters left
}
composer-over = { $count ->
    [one] { $count } character too many
   *[other] { $count } characters too many
}
composer-too-long = { $count ->
    [one] { $count } character too many: a message has at most { $limit }.
   *[other] { $count } characters too many: a message has at most { $limit }.
}
composer-failed = The text is still here. { $reason }
person-title = Details
person-id = Account ID
delete-message-title = { $count ->
    [one] Delete this message?
   *[other] Delete { $count } messages?
}
delete-message-text = { $count ->
    [one] It will be gone from this device only.
   *[other] They will be gone from this device only.
}
info-title = Message info
info-state = State
info-sent = Written
info-received = Received
info-stored = Stored by the network
info-read = Read
info-expires = Leaves the network
info-attempts = Tries
info-hash = Server hash
info-author = From
info-text = Text
info-invitation = Link of the invitation
info-incident = Log code
link-title = Open this address?
link-host = It leads to:
link-text = It opens outside Entre Nous. The site will see your internet address.
link-open = Open
link-copy = Copy address
profile-title = Your profile
profile-change = Change name

# Path page
network-title = Path
network-lead = Your messages go through three nodes. None of them knows both ends.
network-you = This computer
network-node = Node { $number }
network-end = The network
network-none = No path stands at the moment. It is built again by itself.
network-new-path = New path
network-new-path-done = A new path is being built.
network-facts = Connection
network-known = Nodes known
network-clock = Clock
network-clock-exact = Right
network-clock-right = Right, within { $deviation }
network-clock-ahead = Ahead by { $deviation }
network-clock-behind = Behind by { $deviation }
network-clock-unknown = Not known yet
network-sync = Last sync
network-never = Not yet
network-parked = Kept for later
network-dropped = Unreadable or forged messages, dropped
network-test = Test connection
network-testing = Testing
network-test-ok = Connected: there and back in { $duration }.
network-test-failed = No answer. { $reason }
network-queue = Waiting to go out
network-queue-empty = Nothing is waiting.
network-queue-copy = Copy for your own devices
network-queue-since = Since { $time }
network-queue-next = Next try { $when }
network-queue-running = Being sent now
network-queue-offline = No connection so far. It goes out by itself.
network-send-now = Send now
network-failed = Not sent
network-failed-open = Show in conversation
network-retry-all = Try all again
network-retried = { $count ->
    [one] { $count } message is tried again.
   *[other] { $count } messages are tried again.
}
network-loopback = this computer

# Settings
settings-title = Settings
settings-sections = Parts of the settings
settings-profile = Profile
settings-appearance = Appearance
settings-language = Language
settings-conversations = Conversations
settings-password = Password
settings-phrase = Recovery phrase
settings-network = Network
settings-help = Help
settings-saved = Saved
theme-label = Theme
theme-system = Same as the system
theme-light = Light
theme-dark = Dark
text-size-label = Text size
text-size-hint = The whole window grows with it. Ctrl + and Ctrl − do the same.
enter-label = Enter key
enter-sends = Enter sends, Shift+Enter breaks the line
enter-breaks = Enter breaks the line, Ctrl+Enter sends
spell-label = Check spelling while writing
voice-next-label = Play the next voice message
voice-next-hint = When one was heard to its end, the one that follows it plays by itself.
password-is-set = A password protects this device.
password-set = Set password
password-change = Change password
password-remove = Remove password
lock-now = Lock now
lock-no-password = No password is set: set one in Settings under Password to lock the app.
password-was-set = The password is set.
password-was-removed = The password is removed.
phrase-lead = These 13 words are your account. Whoever has them can read and write in your name. Write them on paper; do not photograph them.
phrase-show = Show the phrase
phrase-show-qr = Show as QR code
phrase-copy = Copy the words
phrase-words-label = The 13 words of your recovery phrase
help-version = Version { $version }
help-on-network = Network: { $network }
help-shortcuts = Keyboard shortcuts

# Shortcuts
shortcuts-title = Keyboard shortcuts
shortcuts-window = Window
shortcuts-conversations = Conversations
shortcuts-message = On a message
key-ctrl = Ctrl
key-shift = Shift
key-escape = Esc
key-enter = Enter
key-delete = Del
shortcut-new-conversation = New conversation
shortcut-new-message = New message
shortcut-note-to-self = Note to Self
shortcut-nth = Conversation 1 to 9
shortcut-previous = Previous conversation
shortcut-next = Next conversation
shortcut-next-unread = Next unread
shortcut-close = Close conversation
shortcut-search = Search the list
shortcut-help = This help
shortcut-lock = Lock
shortcut-settings = Settings
shortcut-details = Details of the conversation
shortcut-larger = Larger text
shortcut-smaller = Smaller text
shortcut-usual = Usual text size
shortcut-escape = Close, then go to the text field
shortcut-menu = Menu of the message
shortcut-copy = Copy text
shortcut-delete = Delete on this device

# Contacts: the menu of a row, details, what is asked
menu-mark-unread = Mark as unread
menu-mute-1h = Mute for 1 hour
menu-mute-8h = Mute for 8 hours
menu-mute-1w = Mute for 1 week
menu-mute-always = Mute until I turn it on
menu-unmute = Turn notifications on
menu-notifications = Notifications
menu-nickname = Nickname
menu-block = Block
menu-unblock = Unblock
menu-clear = Clear messages
menu-delete-contact = Delete contact
list-blocked = Blocked
list-muted = Muted
list-mentions = Mentions only
list-marked-unread = Marked as unread
note-hide = Hide from the list
note-show = Show in the list
details-portrait = Enlarge the picture of { $name }
portrait-alt = Picture of { $name }
details-own-name = Calls themselves { $name }
details-actions = What you can set
details-danger = Blocking and deleting
details-groups = Groups in common
qr-contact = QR code of the account ID of { $name }
nickname-title = Nickname
nickname-label = Nickname
nickname-lead = Only you see it, on all your devices.
nickname-lead-named = Only you see it, on all your devices. They call themselves { $name }.
nickname-remove = Remove nickname
notifications-title = Notifications for { $name }
notifications-label = Notify me of
notifications-all = All messages
notifications-none = Nothing
mute-label = Silent for a while
mute-off = Not muted.
mute-until = Muted until { $when }
mute-always = Muted until you turn it on
mute-until-label = Mute until
mute-until-hint = Day and time, for example { $example }
mute-until-not-understood = This is not a day and a time. Write it like { $example }
mute-until-past = This time has passed. Give one that is still to come.
mute-until-set = Mute
block-title = Block { $name }?
block-text = On all your devices, messages and calls of { $name } no longer reach you, and what still waits to be sent is not sent. What was written stays. { $name } is not told. You can unblock at any time; what { $name } writes until then is lost.
blocked-here = You blocked this person.
blocked-bar = You blocked { $name }. Nothing comes from them, and nothing goes out to them.
blocked-title = Blocked contacts
blocked-lead = Messages and calls of these people do not reach you, on any of your devices.
blocked-empty = Nobody is blocked.
blocked-unblock = Unblock { $name }
clear-title = Clear all messages?
clear-text = Everything written with { $name } will be gone from all your devices, and what still waits to be sent is not sent. It stays with the other person. The conversation keeps its place in the list.
clear-text-note = All your notes will be gone from all your devices, and nobody can bring them back. The conversation keeps its place in the list.
delete-note-text = All your notes will be gone from all your devices, and nobody can bring them back.
delete-contact-title = Delete { $name }?
delete-contact-text = { $name } and everything you wrote to each other will be gone from all your devices. It stays with the other person. If { $name } writes again, you get a message request.
add-title = New conversation
contacts-title = Contacts
contacts-filter = Search contacts
contacts-empty = No contact yet. Whoever accepts your first message stands here.
contacts-more = Show more
settings-privacy = Privacy

# Errors: what happened, what was kept, what to do
error-offline = No connection. What you asked for can be done again when you are back online.
error-timed-out = The network did not answer in time. Nothing is lost; try again in a moment.
error-refused-by-network = The network refused this.
error-clock-wrong = The clock of this computer is wrong. Set it right, then try again.
error-expired = This could not go out within 14 days.
error-may-have-been-sent = This was waiting to go out when the backup was made; it may have been sent since. Try again only if it did not arrive.
error-too-large = This is longer than the network takes.
error-empty-text = There is nothing to send yet.
error-name-empty = Please enter a name.
error-name-too-long = This name is too long: it may have 100 bytes.
error-note-too-long = This note is too long: it may have 1,000 bytes.
error-not-an-account-id = This is not an account ID and not a name. An account ID has 66 characters and begins with 05.
error-account-id-mistyped = This is nearly an account ID. Compare it with the original: one character is wrong, missing or too many.
error-account-id-mistyped-at = This is nearly an account ID, but character { $position } (“{ $character }”) cannot be in one.
error-account-id-mistyped-length = This is nearly an account ID, but it has { $length } characters instead of 66.
error-group-id = This is the ID of a group. One joins a group by invitation.
error-blinded-id = This is the ID of someone in a community. It works only there.
error-name-unknown = Nobody has registered this name.
error-phrase-too-short = Some words are missing: a recovery phrase has 13.
error-phrase-too-long = These are too many words: a recovery phrase has 13.
error-phrase-unknown-word = One of the words is not in the list.
error-phrase-unknown-word-at = Word { $position }, “{ $word }”, is not in the list.
error-phrase-wrong = These words do not belong together. One of them may be wrong or in the wrong place.
error-wrong-password = This is not the password.
error-too-many-tries = Too many wrong tries. Wait a moment, then try again.
error-too-many-tries-wait = Too many wrong tries. Try again in { $wait }.
error-password-length = A password has 6 to 256 characters.
error-locked = Entre Nous is locked. Enter the password first.
error-profile-in-use = This profile is already open in another window or program. Close it there first.
error-profile-damaged = The file with your messages is damaged. Nothing was overwritten.
error-profile-newer = This profile was written by a newer version of Entre Nous. Install that version; nothing was changed.
error-no-account = There is no account here yet.
error-account-exists = There is already an account in this profile.
error-account-being-deleted = This account is being deleted. Nothing else can be done with it.
error-disk-full = The disk is full. Nothing is lost; make some room and try again.
error-disk-read-only = The disk cannot be written. Nothing is lost; check it and try again.
error-message-not-found = This message is no longer there.
error-conversation-not-found = This conversation is no longer there.
error-request-not-found = This request is no longer there.
error-blocked = You blocked this person.
error-network-file-invalid = The description of the network cannot be read.
error-unexpected = An unexpected problem. Nothing was lost; try again.
error-unexpected-incident = An unexpected problem. Nothing was lost; try again. Code for the log: { $incident }

# Message requests
request-accepted-own = You accepted the request
request-accepted-other = { $name } accepted your request
requests-row = Message requests ({ $count })
requests-title = Message requests
requests-back = Back to the conversations
requests-lead = These people wrote to you for the first time. They learn nothing of you before you accept.
requests-empty = No message requests. Whoever writes to you for the first time waits here until you accept.
requests-clear = Clear all
requests-clear-title = Delete all message requests?
requests-clear-text = Their messages will be gone from all your devices. Nobody is told. Whoever writes again asks again.
requests-clear-confirm = Delete all requests
requests-more = Show more
requests-new = You have a new message request
request-title = Message request
request-given-name = Gives the name “{ $name }”
request-no-name = Gives no name
request-name-failed = The name they give could not be read. { $reason }
request-more = More
request-explain = Nothing is sent before you accept: this person sees neither your name and picture nor that you have read this. With Accept, both of you see each other’s names.
request-answer = If you answer, you accept the request.
request-accept = Accept
request-decline = Delete
request-decline-title = Delete this request?
request-decline-text = The messages will be gone from all your devices. The person is not told, and can ask again.
request-decline-confirm = Delete request
request-block = Block
request-block-title = Block this person?
request-block-text = The messages will be gone from all your devices, and nothing this person writes reaches you any more. They are not told.
request-waiting = Your request is waiting.
request-waiting-why = Until it is accepted you can send text only, and you see the account ID instead of the name.

# Read receipts, typing
privacy-receipts-label = Read receipts
privacy-receipts-hint = Your contacts see that you read their messages, and you see that they read yours. Both sides see this only if both have it on. Never in groups.
privacy-typing-label = Typing indicators
privacy-typing-hint = Your contacts see when you type, and you see when they do. Both sides see this only if both have it on.
privacy-communities-label = Community message requests
privacy-communities-hint = People in your communities may send you a message request. This setting applies to all your devices.
privacy-previews-label = Link previews
privacy-previews-hint = A link that you write is sent with the title and picture of its page. To get them, this computer asks the site directly: it sees your internet address, without the three nodes in between. Links of others are never asked for.
typing-list = typing…
typing-name = { $name } is typing

# Groups and communities, kept
groups-title = Communities and old groups
groups-count = { $count ->
    [one] { $count } community or old group
   *[other] { $count } communities and old groups
}
groups-none-found = None of them has this name.
group-unnamed = Without a name
group-cannot-open = This version of Entre Nous cannot open communities yet, nor groups of the old kind. What your other devices know of it is kept as it is, and nothing of it is changed.
group-kind-group = Group
group-kind-community = Community
group-kind-legacy = Group of the old kind
group-standing-joined = You are in it
group-standing-invited = You are invited
group-standing-removed = You were removed
group-standing-destroyed = It no longer exists
group-joined = Since
group-notifications = Notifications
group-notifications-default = As the app is set
group-notifications-all = All messages
group-notifications-mentions = Mentions only
group-notifications-none = None
group-muted-until = Muted until
group-id = Group ID
group-address = Address
group-copy = Copy

# Restoring in the background
restore-line = Your account is still being fetched. What is missing arrives by itself.
name-lead-continues = The network has not answered yet. Choose a name for now: if your account has one, that one comes back by itself.

# Leaving, and the lock
settings-data = Devices and data
lock-after = Lock by itself
lock-never = Never
lock-minutes = { $minutes ->
    [one] After { $minutes } minute without use
   *[other] After { $minutes } minutes without use
}
lock-after-sleep = Sleep counts: after a longer pause the app is locked when the computer wakes.
forgotten-open = Forgotten the password?
forgotten-title = Erase this device and start again?
forgotten-text = Nobody can open these messages without the password. With your recovery phrase you can erase this device and restore your account: your name, contacts and groups come back, and the messages of the last 14 days.
forgotten-lost = Older messages, drafts and everything that is on this device only are gone for good. Without the recovery phrase the account is lost.
forgotten-agree = I have my recovery phrase
forgotten-confirm = Erase this device
data-logout-title = Log out
data-logout-text = Erases everything of this account from this device. The account goes on: with the recovery phrase it comes back, here or elsewhere.
data-logout = Log out of this device
data-delete-title = Delete account
data-delete-text = Erases this device, and if you wish everything that the network keeps of your account.
data-delete = Delete account
leave-logout-title = Log out of this device?
leave-logout-text = Everything of this account is erased from this device: messages, contacts, drafts, backups. What has not gone out yet is not sent. With the recovery phrase your account comes back, with the messages of the last 14 days.
leave-logout-confirm = Log out
leave-delete-title = Delete this account?
leave-where = Delete from
leave-device = This device only
leave-network = This device and the network
leave-device-text = Messages, contacts, drafts and backups are erased here. What the network keeps stays there until it expires, and the recovery phrase brings it back.
leave-network-text = The nodes also delete your name, your contacts and settings, and every message that waits for you. What others received stays with them. A device of this account that still runs would store its part again: log out there first.
leave-delete-confirm = Delete account
leave-phrase-saved = I have saved my recovery phrase
leave-phrase-gone = I have saved my recovery phrase, or never need this account again
leave-phrase-show = Show the phrase
deletion-title = Deleting your account
deletion-lead = The nodes that keep your messages and settings are asked to delete them. This takes up to a minute.
deletion-looking = Looking for the network
deletion-count = { $confirmed } of { $nodes } nodes have confirmed
deletion-erasing = Erasing this device
deletion-partly-title = Not every node has confirmed
deletion-partly-none = No node has confirmed so far. Nothing is erased on this device yet.
deletion-partly-some = { $confirmed } of { $nodes } nodes have deleted everything. The others did not answer.
deletion-partly-means = What they still hold is encrypted, and they forget it by themselves: messages within 14 days, settings within 30.
deletion-again = Ask again
deletion-here = Delete from this device now
deletion-keep = Keep the account
deletion-done-title = Your account is deleted
deletion-done-device = Everything of it is gone from this device.
deletion-done-all = { $nodes ->
    [one] The node that kept your data has confirmed that it is deleted.
   *[other] All { $nodes } nodes that kept your data have confirmed that it is deleted.
}
deletion-done-some = { $confirmed } of { $nodes } nodes have confirmed. What the others hold is encrypted and expires by itself: messages within 14 days, settings within 30.
deletion-done-items = Deleted on the network: { $count ->
    [one] { $count } message or setting
   *[other] { $count } messages and settings
}
deletion-logged-out = You are logged out
deletion-close = Go to the first page

# Directory, QR, names
error-own-account-id = This is your own account ID.
error-name-malformed = No name looks like this. A name has letters, digits, hyphens and underscores.
error-names-unsupported = This network has no names. Ask for the account ID.
error-names-disagree = Three nodes did not say the same about this name, so none of them is believed. Try again.
error-name-lookup-failed = The name could not be looked up: a node did not answer as it should. Try again.
error-directory-entry-not-found = This entry is no longer in the directory.
error-directory-import-not-found = This list is no longer there. Choose it again.
error-too-many-to-print = These are too many entries for a page. Choose at most 1,000.
error-file-too-large = This file is too large.
error-file-is-folder = This is a folder. Drop a single file.
error-file-unreadable = This file cannot be read: it is gone, or you may not open it.
error-several-files = These are several files. Drop them one at a time.
error-qr-picture-too-large = This picture is too large.
error-picture-unreadable = This is not a picture, or of a kind that cannot be read. PNG, JPEG, GIF and WebP can.
error-qr-not-found = There is no QR code in this picture, or it is too blurred to read.
error-qr-not-an-account-id = The QR code in this picture holds no account ID.
error-clipboard-without-picture = There is no picture on the clipboard.
# Pictures of profiles

picture-title = Your picture
picture-add = Add a picture
picture-change = Change picture
picture-choose = Choose a file
picture-other = Choose another
picture-use = Use this picture
picture-drop-label = Choose a picture
picture-drop-hint = Drop a picture here, paste one, or choose a file.
picture-note = JPEG, PNG, WebP or GIF. Where and with what it was taken is removed. Your contacts see it with your next messages.
picture-chosen = The picture you chose
picture-animated = This picture moves, so it is sent whole.
picture-crop-label = Part of the picture that is used; { $width } by { $height } pixels
picture-crop-hint = Drag to move, scroll to zoom. Or use the arrow keys, + and −, and R to rotate.
picture-zoom = Zoom
picture-rotate = Rotate
picture-saved = Your picture was saved.
picture-waiting = Waiting to upload: your contacts see the picture after that.
picture-waiting-error = Waiting to upload. { $reason }
picture-remove = Remove picture
picture-remove-title = Remove your picture?
picture-remove-text = It disappears from all your devices, and for your contacts with your next messages.

error-picture-unknown = This file is not a picture that can be used. Choose a JPEG, PNG, WebP or GIF.
error-picture-damaged = This picture is damaged or cut off and cannot be read. Choose another one.
error-picture-too-large = This file is too large. A picture may have 50 MB, a moving one 10 MB.
error-picture-too-many-pixels = This picture has too many pixels: more than 64 million. Make it smaller, then choose it again.
error-picture-gone = This picture is no longer held ready. Choose it again.
error-no-microphone = No microphone was found. Connect one, then try again.
error-microphone-refused = The microphone cannot be used: another program has it, or the system does not allow it.
error-microphone-lost = The microphone stopped. What was recorded before that is kept.
error-no-speaker = No loudspeaker or headphones were found. Connect some, then try again.
error-speaker-refused = The loudspeaker cannot be used: another program has it, or the system does not allow it.
error-speaker-lost = The loudspeaker stopped. The sound goes on from there when you press Play.
error-sound-unreadable = This sound is damaged, or of a kind that cannot be played here. Save it to open it elsewhere.
error-sound-not-here = This sound is not on this device yet. Download it first.
error-voice-too-short = That was too short for a voice message: it takes at least a second.
error-voice-gone = There is no recording any more. Record it again.

# Invite a friend, QR codes of pictures
invite-title = Invite a friend
invite-lead = Whoever has your account ID can write to you. Show the QR code, or send the text.
invite-text-label = Text to share
invite-text = I use Entre Nous, a private messenger. Write to me there, or with any other app of the Session network. This is my account ID: { $id }
invite-copy = Copy the text
invite-save = Save the QR code
invite-file = Account ID
directory-warning = An account ID deserves the same care as a phone number.
file-saved = Saved as “{ $name }” in { $folder }
new-scan = Scan a picture of a QR code

# The directory
directory-title = Directory
directory-search = Search names, notes and account IDs
directory-import = Import
directory-export = Export
directory-count = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
directory-chosen = { $count ->
    [one] { $count } entry chosen
   *[other] { $count } entries chosen
}
directory-choose = Choose { $name }
directory-empty-title = Your directory is empty
directory-empty-text = Import a list of account IDs that people publish. It stays on this device: it is never sent and never synchronised.
directory-name = Name
directory-note = Note, for you alone
directory-qr = QR code of this account ID
directory-nickname = Use the name as nickname
directory-nickname-set = { $name } is the nickname now.
directory-write = New message
name-from-directory = Name from your directory
request-directory-name = In your directory: { $name }
directory-add = Add
directory-add-title = Add to the directory
directory-add-id = Account ID
directory-add-hint = Only on this device. A name and a note can be added later.
directory-add-several = There are several account IDs in this text. Add one at a time, or import a list.
directory-add-no-name = An entry needs an account ID. A name (ONS) can be looked up under New message.
directory-add-known = This account ID is already in the directory: { $name }.
directory-open = Open the entry
directory-delete = Delete the entry
directory-delete-title = Delete { $name } from the directory?
directory-delete-text = The name and the note go. Conversations and contacts stay.
directory-delete-confirm = Delete the entry
directory-import-title = Import a list
directory-import-lead = Text, CSV or vCard, with names and account IDs in any order. Nothing is stored before you have seen what was found, and nothing leaves this device.
directory-import-field = List
directory-import-placeholder = Paste the list, or drop a file here
directory-choose-file = Choose a file
directory-look = Read the list
directory-other-list = Another list
directory-reading = Reading: { $done } of { $total }
directory-writing = Storing: { $done } of { $total }
directory-stop = Stop
directory-found = Found: { $entries ->
    [one] { $entries } account ID
   *[other] { $entries } account IDs
}. New: { $added }. Changed: { $changed }. Already there: { $kept }.
directory-duplicates = Named more than once: { $count }.
directory-replace = Replace names and notes that are already there
directory-preview = Beginning of the list
directory-take = { $count ->
    [one] Take { $count } entry
   *[other] Take { $count } entries
}
directory-done = Done. New: { $added }. Changed: { $changed }. Already there: { $kept }.
directory-stopped = Stopped. Stored before: { $count }.
directory-bad = { $count ->
    [one] { $count } line cannot be used
   *[other] { $count } lines cannot be used
}
directory-bad-line = Line { $line }
directory-bad-more = And { $count } more.
directory-export-title = Export the directory
directory-export-all = All entries are exported, with names and notes.
directory-export-chosen = { $count ->
    [one] { $count } chosen entry is exported, with its name and note.
   *[other] { $count } chosen entries are exported, with names and notes.
}
directory-export-csv = Save as CSV
directory-export-page = Save a page to print

# Groups
group-event-created = You created the group
group-event-invited = { $name } invited you to the group
group-event-invited-unknown = You were invited to the group
group-event-joined = You joined the group
group-event-joined-other = { $count ->
    [one] { $people } joined the group
   *[other] { $people } joined the group
}
group-event-added-own = You added { $people }{ $history ->
    [yes] {""}, with recent messages
   *[no] {""}
}
group-event-added-other = { $name } added { $people }{ $history ->
    [yes] {""}, with recent messages
   *[no] {""}
}
group-event-added-you = { $name } added you to the group{ $history ->
    [yes] {""}, with recent messages
   *[no] {""}
}
group-event-added-you-with = { $name } added you to the group with { $people }
group-event-added-unknown = Added: { $people }
group-event-added-you-unknown = You are in the group now
group-event-removed-own = You removed { $people }
group-event-removed-other = { $name } removed { $people }
group-event-removed-you = { $name } removed you from the group
group-event-removed-you-with = { $name } removed you and { $people } from the group
group-event-removed-unknown = Removed: { $people }
group-event-removed-you-unknown = You were removed from the group
group-event-promoted-own = { $count ->
    [one] You made { $people } an admin
   *[other] You made { $people } admins
}
group-event-promoted-other = { $count ->
    [one] { $name } made { $people } an admin
   *[other] { $name } made { $people } admins
}
group-event-promoted-you = { $name } made you an admin
group-event-promoted-you-with = { $name } made you and { $people } admins
group-event-promoted-now = { $count ->
    [one] { $people } is an admin now
   *[other] { $people } are admins now
}
group-event-promoted-you-now = You are an admin now
group-event-left-own = You left the group
group-event-left-other = { $name } left the group
group-event-named-own = You named the group “{ $group }”
group-event-named-other = { $name } named the group “{ $group }”
group-event-named-unknown = The group is called “{ $group }” now
group-event-named-none = The name of the group was changed
group-event-picture-own = You changed the picture of the group
group-event-picture-other = { $name } changed the picture of the group
group-event-picture-unknown = The picture of the group was changed
group-event-timer-own = You set messages to disappear { $time } after sending
group-event-timer-other = { $name } set messages to disappear { $time } after sending
group-event-timer-unknown = Messages now disappear { $time } after sending
group-event-timer-off-own = You turned disappearing messages off
group-event-timer-off-other = { $name } turned disappearing messages off
group-event-timer-off-unknown = Disappearing messages were turned off
group-people-more = { $count ->
    [one] { $people } and { $count } other
   *[other] { $people } and { $count } others
}
group-people-you = you
group-you = You
group-folded-added = { $count ->
    [one] { $count } person was added
   *[other] { $count } people were added
}
group-folded-removed = { $count ->
    [one] { $count } person was removed
   *[other] { $count } people were removed
}
group-folded-promoted = { $count ->
    [one] { $count } person became an admin
   *[other] { $count } people became admins
}
group-folded-left = { $count ->
    [one] { $count } person left the group
   *[other] { $count } people left the group
}
group-folded-show = Show
group-folded-hide = Hide
list-mentioned = { $count ->
    [one] { $count } unread message mentions you
   *[other] { $count } unread messages mention you
}
list-authored = { $name }: { $text }
list-own = You: { $text }
group-members = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
group-standing-expired = Its keys are missing here
group-manage = Manage group
group-add-members = Add members
group-leave = Leave group
group-bar-removed = You were removed from this group. What was written can still be read.
group-bar-destroyed = This group was deleted for everybody. What was written can still be read.
group-bar-expired = Nothing can be written here while the keys of this group are missing. What was written can still be read.
group-silent = { $days ->
    [one] This group has not been updated for { $days } day.
   *[other] This group has not been updated for { $days } days.
}
group-silent-unknown = This group has not been updated for a while.
group-asking-nodes = The keys of this group are missing. Other nodes are being asked for them.
group-asking-admins = The keys of this group are missing. The admins’ apps were asked to send them again; one of them has to be online.
group-needs-invitation = Nobody could send the keys of this group. Only a new invitation helps: an admin sends it, and you keep your place.
group-reconnect = Reconnect
group-reconnecting = Reconnecting. What is missing arrives by itself.
group-ask-invitation = Ask for a new invitation
group-asked-invitation = The admins were asked for a new invitation.
group-words-please-add = Please add { $person } to this group.
group-words-let-me-in = I cannot read the group “{ $group }” any more. Please let me in again.
member-proposed = Waiting for an admin
member-invitation-sending = Sending the invitation
member-invitation-sent = Invitation sent
member-invitation-failed = Invitation not sent
member-promotion-sending = Sending the promotion
member-promotion-sent = Promotion sent
member-promotion-failed = Promotion not sent
member-admin = Admin
member-removing = Being removed
member-resend = Send again
member-resend-to = Send again to { $name }
member-resent = It is sent again.
member-actions = Actions for { $name }
member-open = Open conversation
member-repair = They don’t see the group
member-repair-title = Invite { $name } again?
member-repair-text = { $name } gets a new invitation with fresh access. Nothing else changes in the group.
member-repair-confirm = Send invitation
member-repaired = { $name } gets a new invitation with fresh access.
member-add-again = Remove and add again
member-add-again-title = Remove { $name } and add again?
member-add-again-text = { $name } is removed from the group, then added again with a new invitation. For when a new invitation alone does not help.
member-added-again = { $name } is removed and added again.
member-promote = Make admin
member-promote-title = Make { $name } an admin?
member-promote-text = Admins add and remove people and change the group. This cannot be undone: whoever is an admin stays one, and cannot be removed.
member-remove = Remove from the group
member-remove-title = Remove { $name } from the group?
member-remove-text = { $name } can no longer read or write here. What has already arrived there stays there.
member-remove-messages = Also delete their messages
member-remove-confirm = Remove
group-timer = Disappearing messages
group-timer-off = Off
group-timer-after = { $time } after sending
group-timer-lead = For everybody in the group, from the next message on.
group-edit = Edit
group-edit-title = Edit the group
group-name-label = Name of the group
group-description-label = Description, if you like
group-description-counter = { $bytes } of 2,000 bytes
group-picture-title = Picture of the group
group-picture-note = JPEG, PNG, WebP or GIF. Where and with what it was taken is removed. Everybody in the group sees it.
group-picture-saved = The picture of the group was saved.
group-picture-remove-title = Remove the picture of the group?
group-picture-remove-text = Nobody in the group sees it any more.
group-picture-chosen = Picture chosen
group-admin-section = For admins
group-may-add = Anyone may add members
group-may-add-hint = What a member adds is carried out by the app of an admin, as soon as one is online.
group-all-admins = Every member is an admin
group-all-admins-hint = Whoever accepts the invitation becomes an admin, for good.
group-destroy = Delete group for everybody
group-destroy-title = Delete { $name } for everybody?
group-destroy-text = Nobody can write here any more, and nobody can bring the group back. What others received stays with them.
group-leave-title = Leave { $name }?
group-leave-text = You no longer receive what is written, and what was written will be gone from your devices. The others see that you left. Only a new invitation brings you back.
group-leave-confirm = Leave
group-leave-last-title = You are the last admin
group-leave-last-text = Without an admin nobody can add or remove people. Make somebody else an admin before you leave, or delete the group for everybody.
group-leave-choose = Choose an admin
group-new = New group
group-create = Create group
group-new-members = Members
people-search = Search, or paste an account ID
people-all = Select all
people-count = { $count } of at most { $most } chosen
people-empty = No contact and no directory entry yet. Paste an account ID in the field above.
people-taken = Already in the group
group-add-title = Add members
group-add-share = Share recent messages (14 days)
group-add-submit = { $count ->
    [0] Add
    [one] Add { $count } person
   *[other] Add { $count } people
}
group-add-done = { $count ->
    [one] { $count } person is invited.
   *[other] { $count } people are invited.
}
group-add-proposed = Waiting for an admin: an admin’s app adds them as soon as one is online.
group-add-note = You are not an admin: your wish goes to the admins, and the app of one of them carries it out by itself.
group-add-not-allowed = Only admins may add members to this group. Ask one of them.
request-group-title = Invitation to a group
request-group-name = Group “{ $name }”
request-group-no-name = A group whose name is not known yet
request-group-inviter = { $name } invites you
request-group-inviter-unknown = Somebody invites you
request-group-explain = Nobody in the group learns anything of you before you accept. With Accept, its members see your name and picture.
request-group-inviter-id = Account ID of who invites you
request-group-block = Block { $name }
request-group-decline-title = Delete this invitation?
request-group-decline-text = It will be gone from all your devices. Nobody is told, and you can be invited again.
request-group-decline-confirm = Delete invitation
request-group-block-title = Block { $name }?
request-group-block-text = The invitation will be gone from all your devices, and nothing that { $name }, who invited you, writes reaches you any more. They are not told.
timeline-label-group = Messages in { $name }
timeline-mention = { $count ->
    [one] Jump to the message that mentions you
   *[other] Jump to the next of { $count } messages that mention you
}
menu-delete-everyone = Delete for everyone
delete-everyone-text = { $count ->
    [one] It will be gone from the devices of everybody in the group. Whoever has read it has read it.
   *[other] They will be gone from the devices of everybody in the group. Whoever has read them has read them.
}
delete-everyone-text-other = What { $name } wrote will be gone from the devices of everybody in the group. They see that it was deleted.
delete-group-text = Everything written in { $name } will be gone from all your devices. It stays with the others.
clear-text-group = Everything written in { $name } will be gone from this device only. The group goes on.
mention-list = Members to mention
failed-group-closed = Not sent: you are no longer in this group
failed-group-key = Not sent: the keys of this group are missing
notifications-mentions = Mentions only
privacy-names-label = Show names of people who are not contacts
privacy-names-hint = In groups, members who are not your contacts appear under the name they give themselves. Nothing vouches for it. Otherwise you see their shortened account ID.
network-groups = Groups
network-group-poll = Last asked
network-group-keys = Keys
network-group-generation = Newest key
network-group-parked = Messages waiting for a key
network-group-days = Kept by the network for
network-group-days-left = { $days ->
    [one] { $days } more day
   *[other] { $days } more days
}
network-group-due = Changes wait to be stored
network-group-leaving = Leaving: the others do not know yet
network-group-none = None
network-group-unknown = Not known
shortcut-new-group = New group
error-description-too-long = This description is too long: it may have 2,000 bytes.
error-group-needs-member = A group needs at least one other person. Choose somebody.
error-group-too-large = A group may have 100 members, with you. Choose fewer people.
error-not-group-admin = Only admins of this group may do that.
error-last-group-admin = You are the last admin. Make somebody else an admin, or delete the group for everybody.
error-group-closed = You are no longer in this group, or it was deleted.
error-group-without-key = The keys of this group are missing on this device. Reconnect first.
error-members-may-not-add = Only admins may add members to this group. Ask one of them.

# Acting on messages
conversation-menu = Actions for this conversation
composer-emoji = Insert an emoji
list-mark-all-read = Mark everything as read
menu-reply = Reply
menu-react = React
menu-take-back = Edit before it goes
menu-take-back-failed = Edit and send again
take-back-left = Part of this message may have left already, so it cannot be changed. You can try again, or delete it.
menu-copy-author = Copy account ID of the author
menu-forward = Forward
menu-select = Select
menu-select-messages = Select messages
menu-who-reacted = Who reacted
menu-delete = Delete
quote-bar = Reply to { $name }
quote-remove = Do not reply to this message
quote-jump = Show the original message
quote-label = Reply to { $name }: { $text }
quote-deleted = The original message was deleted
quote-missing = The original message is not on this device
quote-without-text = Message without text
reactions-title = Reactions
reactions-more = { $count ->
    [one] { $count } more reaction
   *[other] { $count } more reactions
}
reactions-none = Nobody has reacted any more.
reaction-by = { $emoji } from { $people }
reaction-count = { $count ->
    [one] { $emoji }, { $count } person
   *[other] { $emoji }, { $count } people
}
reaction-others = { $count ->
    [one] and { $count } other
   *[other] and { $count } others
}
reaction-recent = Recently used
reaction-more = More emoji
emoji-search = Search emoji
emoji-none = No emoji is called so.
emoji-list = Emoji to insert
emoji-failed = The emoji could not be loaded.
emoji-groups = Groups of emoji
emoji-recent = Recently used
emoji-group-smileys = Smileys
emoji-group-people = People
emoji-group-nature = Animals and nature
emoji-group-food = Food and drink
emoji-group-travel = Travel and places
emoji-group-activities = Activities
emoji-group-objects = Objects
emoji-group-symbols = Symbols
emoji-group-flags = Flags
emoji-tone = Skin tone
emoji-tone-none = No skin tone
emoji-tone-light = Light skin tone
emoji-tone-medium-light = Medium-light skin tone
emoji-tone-medium = Medium skin tone
emoji-tone-medium-dark = Medium-dark skin tone
emoji-tone-dark = Dark skin tone
select-actions = Actions for the selected messages
select-count = { $count ->
    [0] Nothing selected
    [one] { $count } message selected
   *[other] { $count } messages selected
}
select-end = Stop selecting
forward-title = { $count ->
    [one] Forward this message
   *[other] Forward { $count } messages
}
forward-to = Forward to
forward-search = Search conversations
forward-text-only = Text only until they accept
forward-chosen = { $count ->
    [one] { $count } conversation chosen
   *[other] { $count } conversations chosen
}
forward-submit = { $count ->
    [0] Forward
    [one] Forward to { $count } conversation
   *[other] Forward to { $count } conversations
}
forward-done = { $count ->
    [one] Forwarded to { $count } conversation.
   *[other] Forwarded to { $count } conversations.
}
forward-refused = Not forwarded to { $name }: { $reason }
forward-refused-partly = { $count ->
    [one] Only { $count } message was forwarded to { $name }: { $reason }
   *[other] Only { $count } messages were forwarded to { $name }: { $reason }
}
delete-where = Delete from
delete-all-devices = Delete on all my devices
delete-all-devices-text = { $count ->
    [one] It will be gone from all your devices, and nobody can bring it back.
   *[other] They will be gone from all your devices, and nobody can bring them back.
}
delete-everyone-text-person = { $count ->
    [one] It will be gone from your devices and from those of the other person, who sees that it was deleted. Whoever has read it has read it. A device that never comes online again keeps it.
   *[other] They will be gone from your devices and from those of the other person, who sees that they were deleted. Whoever has read them has read them. A device that never comes online again keeps them.
}
message-deleted-here = Deleted on this device
list-message-deleted-here = Deleted on this device
media-saved-own = You saved a file
media-saved-other = { $name } saved a file that you sent
media-saved-many-own = You saved files ({ $count } times)
media-saved-many-other = { $name } saved files that you sent ({ $count } times)
list-media-saved = A file was saved
attachment-picture = Picture
attachment-video = Video
attachment-audio = Audio
attachment-voice = Voice message
attachment-file = File
attachment-count = { $count ->
    [one] { $count } file
   *[other] { $count } files
}
file-download = Click to download
file-download-named = Download { $name }
file-after-accept = Accept the request to download it
file-waiting = Waiting
file-waiting-disk = Waiting: the disk is full or cannot be written
file-waiting-again = { $reason }. It will be tried again.
file-sending = Sending
file-sending-percent = Sending: { $percent }
file-downloading = Downloading
file-downloading-percent = Downloading: { $percent }
file-stop = Stop { $name }
file-expired = No longer on the server
file-failed-network = Not downloaded: the network did not answer
file-failed-large = Not downloaded: larger than the network takes
file-failed-damaged = Not downloaded: what came is not the file that was sent
file-failed-link = Not downloaded: its link leads to no file server that Entre Nous knows
file-failed-refused = Not downloaded: the file server refuses it
file-failed-disk = Not downloaded: the disk is full or cannot be written
file-failed-other = Not downloaded: unexpected problem
file-view = Show large: { $name }
file-play-animation = Play { $name }
file-pause-animation = Pause { $name }
file-save = Save { $name }
file-open = Open { $name } in another program
file-facts = { $type }, { $size }
files-save = { $count ->
    [one] Save the file
   *[other] Save { $count } files
}
files-saved = { $count ->
    [one] Saved { $count } file in { $folder }
   *[other] Saved { $count } files in { $folder }
}
files-programs-left = { $count ->
    [one] { $count } program was not saved. Save programs one by one.
   *[other] { $count } programs were not saved. Save programs one by one.
}
files-retry = Try again: { $name }
composer-attach = Attach files
composer-caption = Add a caption
attach-strip = Files to send
attach-adding = { $count ->
    [one] Adding { $count } file
   *[other] Adding { $count } files
}
attach-remove = Do not send { $name }
attach-whole = Send { $name } as a file, with its metadata
attach-whole-short = As a file
attach-whole-note = Sent as a file: where and with what the picture was taken stays in it.
attach-refused = { $name } was not added. { $reason }
attach-forget = Close the notes about files
attach-drop = Drop here to send
attach-drop-note = Where and with what pictures were taken is removed.
attach-drop-whole = Drop here to send as files
attach-drop-whole-note = Pictures keep where and with what they were taken.
file-too-large-limit = This file is too large. A file may have { $limit }.
program-title-download = Download this program?
program-title-save = Save this program?
program-title-open = Open this program?
program-text = “{ $name }” can run on a computer and do there whatever you can do. A program may do harm, even one that comes from somebody you know. Go on only if you expected it.
program-download = Download the program
program-save = Save the program
program-open = Open the program
open-title = Open in another program?
open-text = Another program of this computer shows “{ $name }”. It may connect to the internet, so that whoever sent the file can learn that you opened it. It gets a copy, which is removed when the message goes and when Entre Nous closes.
open-confirm = Open a copy
trust-title = Always download here?
trust-text = Then files that { $name } sends are downloaded by themselves, 200 MB a day at most. You can change this in the details of the conversation.
trust-text-group = Then files that are sent in { $name } are downloaded by themselves, 200 MB a day at most. You can change this in the window of the group.
trust-always = Always here
trust-once = Only this file
downloads-here = Download files by themselves
downloads-here-hint = On this device, 200 MB a day at most.
downloads-here-never = The settings say that nothing is downloaded by itself.
downloads-label = Download by itself
downloads-trusted = Where I allowed it
downloads-never = Never
lightbox-title = Pictures and videos
lightbox-place = { $at } of { $total }
lightbox-by = { $name }, { $when }
lightbox-older = Earlier
lightbox-newer = Later
lightbox-zoom-in = Larger
lightbox-zoom-out = Smaller
lightbox-whole = Whole picture
lightbox-copy = Copy the picture
lightbox-copy-failed = The picture could not be copied. Save it instead.
picture-alt = Picture from { $name }
picture-alt-own = Picture from you
film-alt = Video from { $name }
film-alt-own = Video from you
film-unplayable = This video cannot be played here. Save it to open it elsewhere.
audio-play = Play { $name }
audio-pause = Pause { $name }
audio-place = Place in { $name }
audio-position = { $at } of { $total }
audio-speed = Speed: { $speed }
voice-record = Record a voice message: hold, or click
voice-opening = Opening the microphone
voice-recording = Recording
voice-paused = Recording paused
voice-recorded = Recorded. You can listen to it, send it or discard it.
voice-release = Release to send, move aside to discard
voice-release-discard = Release to discard
voice-level = Loudness
voice-record-pause = Pause the recording
voice-record-resume = Go on recording
voice-stop = Stop, to listen before sending
voice-discard = Discard the recording
voice-send = Send the voice message
voice-full = A voice message is at most five minutes long. Send it, or listen to it first.
voice-play = Play the voice message
voice-pause = Pause the voice message
voice-place = Place in the voice message
voice-fetch = Download and play the voice message
voice-failed = The recording is still here. { $reason }
voice-length = Voice message, { $length }
playing-from = Playing from { $name }
playing-show = Show the message
playing-pause = Pause
playing-resume = Go on playing
playing-end = Stop playing
gallery-title = Media, files and links
gallery-kinds = What is shown
gallery-media = Media
gallery-files = Files
gallery-links = Links
gallery-empty-media = No picture and no video yet.
gallery-empty-files = No file yet.
gallery-empty-links = No link yet.
gallery-show = Show in the conversation
invitation-to = Invitation to the community { $name }
list-invitation = Invitation to a community
invitation-note = Communities cannot be joined in this version yet.
invitation-copy = Copy the link of the invitation
preview-of = Preview of { $host }
preview-fetch = Download the picture of the preview of { $host }
preview-remove = Do not send this preview
timer-after-read = { $time } after reading
timer-now = Disappearing messages: { $timer }
timer-kind = When messages disappear
timer-kind-read = After reading
timer-kind-send = After sending
timer-note-off = Messages stay until somebody deletes them.
timer-note-read = The time begins when a message is read.
timer-note-send = The time begins when a message is sent.
timer-time = After how long
timer-lead = For your messages, from the next one on. { $name } is told, and can follow your setting.
timer-lead-self = For your notes on all your devices, from the next one on.
timer-follow = Follow this setting
timer-changed-off-own = You turned disappearing messages off
timer-changed-off-other = { $name } turned disappearing messages off
timer-changed-read-own = You set your messages to disappear { $time } after they are read
timer-changed-read-other = { $name } set their messages to disappear { $time } after they are read
timer-changed-send-own = You set your messages to disappear { $time } after they are sent
timer-changed-send-other = { $name } set their messages to disappear { $time } after they are sent
list-timer-changed = Disappearing messages were set
disappears-at = Disappears { $when }
jump-date = Jump to a date
jump-date-label = Day
jump-date-hint = For example { $example }
jump-date-not-understood = This is not a day. Write it like { $example }
jump-date-nothing = Nothing was written on that day or later.
jump-date-go = Show
info-disappears = Disappearing
info-ends = Disappears on
info-file-type = Type
info-file-size = Size
info-file-resolution = Resolution
info-file-length = Length
info-file-problem = Problem
info-file-place = Where it is
info-file-caption = Caption
info-file-queued = Waits to be sent
info-file-uploaded = Sent
info-file-remote = On the server
info-file-local = On this device
info-file-failed = Failed
shortcut-emoji = Insert an emoji
shortcut-reply = Reply
shortcut-react = React
shortcut-save = Save the files of a message
error-too-many-reactions = These are too many reactions within a minute. Wait a moment, then try again.
error-not-deletable = This message cannot be deleted there. You can delete it on this device.
error-not-accepted = This person has not accepted your request yet. Until then you can send text only.
error-nothing-to-search = Type at least two letters of a word.
error-too-many-files = At most 32 files go at once. Send the rest afterwards.
error-file-gone = This file is no longer there. Choose it again.
error-file-not-here = This file is not on this device yet. Download it first.
error-file-damaged = What came is not the file that was sent. Try again, or ask for it once more.
error-file-link-unusable = The link of this file leads to no file server that Entre Nous knows: nothing is downloaded from there.
error-transfer-stopped = You stopped this file. Nothing is lost; try again when you like.
search-filters = Narrow the search
search-conversations = Conversations
search-contacts = Contacts
search-messages = Messages
search-all-conversations = Show all { $count } conversations
search-in = In { $name }
search-in-any = All conversations
search-from = From { $name }
search-from-any = Anyone
search-when-any = Any time
search-when-today = Today
search-when-week = Last 7 days
search-when-month = Last 30 days
search-when-year = Last 12 months
search-when-days = Between two days
search-first-day = First day
search-last-day = Last day
search-has-file = With a file
search-has-link = With a link
search-has-picture = With a picture
search-clear-filters = Search everything
search-no-message = No message found.
search-incomplete = Older messages are still being prepared for the search. They will be found in a moment.
find-open = Search in this conversation
find-label = Search in this conversation
find-count = { $at } of { $total }
find-at = Result { $at }
find-none = Nothing found
find-older = Earlier result
find-newer = Later result
find-close = Close the search
shortcut-find = Search in the conversation

# Space on this device
storage-title = Space on this device
storage-total = { $size } in all
storage-pictures = Pictures
storage-videos = Videos
storage-audio = Sound
storage-voice = Voice messages
storage-files = Other files
storage-messages = Messages and contacts
storage-index = Index for searching
storage-free = Free for new messages
storage-thumbnails = Small pictures of files
storage-portraits = Pictures of people and groups
storage-waiting = Files that wait to be sent
storage-backups = { $count ->
    [one] { $count } backup
   *[other] { $count } backups
}
storage-delete = Delete files…
storage-conversations = By conversation
storage-count = { $count ->
    [one] { $count } file, { $size }
   *[other] { $count } files, { $size }
}
storage-held = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
storage-delete-of = Delete files from { $name }
storage-clear-of = Clear messages of { $name }
storage-clear-here = Clear messages…
delete-files-title = Delete files
delete-files-title-of = Delete files from { $name }
delete-files-text = They go from this device only, and the messages stay. A file can be downloaded again as long as the server keeps it; after about 14 days it is gone for good.
delete-files-age = How old
delete-files-any-age = Any age
delete-files-month = Over a month
delete-files-half-year = Over six months
delete-files-year = Over a year
delete-files-size = How large
delete-files-any-size = Any size
delete-files-over = Over { $size }
delete-files-count = { $count ->
    [0] No file is like that.
    [one] { $count } file, { $size }
   *[other] { $count } files, { $size }
}
delete-files-confirm = { $count ->
    [0] Delete
    [one] Delete { $count } file
   *[other] Delete { $count } files
}
delete-files-done = { $count ->
    [one] { $count } file deleted, { $size }
   *[other] { $count } files deleted, { $size }
}
clear-old-title = Clear messages of { $name }
clear-old-text = They go from this device only, with their files, and nobody can bring them back here. What still waits to be sent stays, and so does everything on other devices.
clear-old-age = Older than
clear-old-week = One week
clear-old-month = One month
clear-old-half-year = Six months
clear-old-year = One year
clear-old-count = { $count ->
    [0] No message is that old.
    [one] { $count } message
   *[other] { $count } messages
}
clear-old-confirm = { $count ->
    [0] Clear
    [one] Clear { $count } message
   *[other] Clear { $count } messages
}
clear-old-done = { $count ->
    [one] { $count } message cleared
   *[other] { $count } messages cleared
}

# Exporting a conversation
menu-export = Export this conversation
export-title = Export { $name }
export-warning = What is exported is not encrypted. Whoever finds it can read it.
export-format = As
export-html = Pages to read, with the files
export-json = Data for other programs, with the files
export-start = Export
export-stop = Stop
export-running = { $done } of { $total } messages
export-progress = How far the export is
export-goes-on = You can close this. The export goes on.
export-counts = Messages: { $messages }. Files: { $files }.
export-missing = { $count ->
    [one] { $count } file is not on this device, and is only named.
   *[other] { $count } files are not on this device, and are only named.
}
export-left-out = Disappearing messages that were left out: { $count }
export-stopped = Stopped. Nothing of it was kept.
export-elsewhere = Another conversation is being exported. This one can follow when it is done.
export-lead = Exported on { $date }
export-accepted = The request was accepted
export-file-missing = { $name } (not on the device that exported this)
export-earlier = Earlier messages
export-later = Later messages
export-created = The group was created
export-promoted = Admins now: { $people }
export-left = Left the group

# Sharing a contact
menu-share-contact = Share this contact
share-title = Share { $name }
share-with = Share with
share-submit = { $count ->
    [0] Share
    [one] Share with { $count } conversation
   *[other] Share with { $count } conversations
}
share-done = { $count ->
    [one] Shared with { $count } conversation.
   *[other] Shared with { $count } conversations.
}
card-label = Contact: { $name }
card-self = This is you
card-write = Write
card-write-to = Write to { $name }
card-copy = Copy the account ID
