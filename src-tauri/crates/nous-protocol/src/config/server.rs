//! What configs keep by the server of a community: its public key, and dicts inside.
//!
//! Source: `config.md` §11, §12 and §13.

use super::data::Dict;
use super::fields::Fields;
use super::state::Editor;

/// The key of the server's public key.
pub(super) const SERVER_KEY: &[u8] = b"#";

/// The dict of what stands on the server.
pub(super) const INSIDE: &[u8] = b"R";

/// Something on a server.
pub(super) struct OnServer<'a> {
    /// The server's address, as it stands.
    pub(super) base_url: &'a [u8],
    /// Its public key, if it is given.
    pub(super) server_key: Option<[u8; 32]>,
    /// What it is called there.
    pub(super) key: &'a [u8],
    /// What is kept of it.
    pub(super) entry: &'a Dict,
}

/// Everything on all servers of a section, by server.
pub(super) fn on_servers<'a>(data: &'a Dict, section: &[u8]) -> impl Iterator<Item = OnServer<'a>> {
    data.dicts(section).flat_map(|(base_url, server)| {
        let server_key = server.fixed(SERVER_KEY);
        server.dicts(INSIDE).map(move |(key, entry)| OnServer {
            base_url,
            server_key,
            key,
            entry,
        })
    })
}

/// Removes something from a server, and the server with its last; whether it was there.
pub(super) fn remove_from_server(
    editor: &mut Editor<'_>,
    section: &[u8],
    base_url: &[u8],
    key: &[u8],
) -> bool {
    let was_there = editor.remove(&[section, base_url, INSIDE, key]);
    if was_there && editor.data().dict_at(&[section, base_url, INSIDE]).is_none() {
        editor.remove(&[section, base_url]);
    }
    was_there
}
