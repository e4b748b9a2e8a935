//! Members of a scripted swarm with troubles of their own.

use std::time::Duration;

use nous_network::{NodeKey, SwarmError};
use nous_protocol::time::Timestamp;

use super::ScriptedSwarm;

impl ScriptedSwarm {
    /// This member's clock is so far ahead, or behind.
    pub fn set_ahead(&self, member: u8, ahead_ms: i64) {
        self.lock().ahead.insert(NodeKey([member; 32]), ahead_ms);
    }

    /// This member answers no question, and tells no time.
    pub fn silence(&self, member: u8) {
        self.lock().silent.insert(NodeKey([member; 32]));
    }

    /// This member answers again.
    pub fn let_speak(&self, member: u8) {
        self.lock().silent.remove(&NodeKey([member; 32]));
    }

    /// What a node's clock says.
    pub(super) fn time_of(&self, node: NodeKey) -> Timestamp {
        let ahead_ms = self.lock().ahead.get(&node).copied().unwrap_or_default();
        Timestamp::from_ms(self.clock.now().as_ms().saturating_add(ahead_ms))
    }

    /// A node answers, and tells the time with it; or does neither.
    pub(super) fn hear(&self, node: NodeKey) -> Result<(), SwarmError> {
        if self.lock().silent.contains(&node) {
            return Err(SwarmError::Timeout);
        }
        self.teach(node);
        Ok(())
    }

    /// A node tells the time.
    pub(super) fn teach(&self, node: NodeKey) {
        let is_told = {
            let state = self.lock();
            state.teaches_time && !state.silent.contains(&node)
        };
        if is_told {
            let time = self.time_of(node);
            self.network_clock.observe(node, time, Duration::ZERO);
        }
    }
}
