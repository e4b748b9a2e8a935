//! Every log line of the whole run is read: none may hold a text, a name, an ID, a key or
//! an address of it.

use std::sync::OnceLock;

use nous_testkit::ForbiddenWords;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Shorter words stand by chance in other ones.
const SHORTEST: usize = 8;

fn words() -> &'static ForbiddenWords {
    static WORDS: OnceLock<ForbiddenWords> = OnceLock::new();
    WORDS.get_or_init(|| {
        let words = ForbiddenWords::new();
        // Every server of the run is at this address.
        words.forbid("127.0.0.1");
        // What the app's own log file takes, at every level; the network in a box is no part
        // of the app.
        let ours = filter_fn(|metadata| {
            let target = metadata.target();
            (target.starts_with("nous_") && !target.starts_with("nous_localnet")) || target == "step"
        });
        tracing_subscriber::registry()
            .with(words.clone().with_filter(ours))
            .init();
        words
    })
}

/// Reads all lines from now on. Calling it again changes nothing.
pub(crate) fn listen() {
    let _ = words();
}

/// No line may hold this from now on.
pub(crate) fn is_secret(text: &str) {
    if text.len() >= SHORTEST {
        words().forbid(text);
    }
}

/// The lines that held a secret.
pub(crate) fn leaks() -> Vec<String> {
    words().found()
}

/// What the apps of the whole run wrote last.
pub(crate) fn last() -> String {
    words().last().join("\n")
}
