//! Whether the system has a network at all.
//!
//! Offline means: no interface but loopback is up with an address that leads anywhere. A
//! network whose seeds are all on this machine is never offline.
//!
//! Source: `architecture.md` §7.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use if_addrs::IfOperStatus;

/// An interface with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interface {
    /// One of its addresses.
    pub ip: IpAddr,
    /// Whether it is up.
    pub is_up: bool,
}

/// Where the list of interfaces comes from: the system, or a test. `None`: cannot be read.
pub type InterfaceSource = Arc<dyn Fn() -> Option<Vec<Interface>> + Send + Sync>;

/// The system's interfaces.
#[must_use]
pub fn system_interfaces() -> InterfaceSource {
    Arc::new(|| {
        let list = if_addrs::get_if_addrs().ok()?;
        Some(
            list.iter()
                .map(|one| Interface {
                    ip: one.ip(),
                    is_up: !is_down(&one.oper_status),
                })
                .collect(),
        )
    })
}

/// Tunnels do not tell their state: only what says that it is down is down.
const fn is_down(status: &IfOperStatus) -> bool {
    matches!(
        status,
        IfOperStatus::Down | IfOperStatus::LowerLayerDown | IfOperStatus::NotPresent
    )
}

/// Answers whether there is a network.
#[derive(Clone)]
pub struct OnlineCheck {
    always: bool,
    source: InterfaceSource,
}

impl fmt::Debug for OnlineCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnlineCheck")
            .field("always", &self.always)
            .finish_non_exhaustive()
    }
}

impl OnlineCheck {
    /// `always`: the network is on this machine.
    #[must_use]
    pub const fn new(always: bool, source: InterfaceSource) -> Self {
        Self { always, source }
    }

    /// Whether there is a network now. If the list cannot be read there is one: better a
    /// request that fails than none at all.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.always || (self.source)().is_none_or(|list| list.iter().any(leads_somewhere))
    }
}

fn leads_somewhere(interface: &Interface) -> bool {
    let link_local = match interface.ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    interface.is_up && !interface.ip.is_loopback() && !interface.ip.is_unspecified() && !link_local
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(always: bool, list: &'static [(&str, bool)]) -> bool {
        let source: InterfaceSource = Arc::new(|| {
            let all = list.iter().filter_map(|(ip, is_up)| {
                Some(Interface {
                    ip: ip.parse().ok()?,
                    is_up: *is_up,
                })
            });
            Some(all.collect())
        });
        OnlineCheck::new(always, source).is_online()
    }

    #[test]
    fn loopback_alone_is_offline() {
        assert!(!check(false, &[("127.0.0.1", true), ("::1", true)]));
    }

    #[test]
    fn an_interface_that_is_up_is_online() {
        assert!(check(false, &[("127.0.0.1", true), ("192.168.1.4", true)]));
        assert!(check(false, &[("2001:db8::1", true)]));
    }

    #[test]
    fn an_interface_that_is_down_is_offline() {
        assert!(!check(false, &[("192.168.1.4", false)]));
    }

    #[test]
    fn an_address_that_leads_nowhere_is_offline() {
        assert!(!check(false, &[("169.254.3.4", true), ("fe80::1", true)]));
    }

    #[test]
    fn a_network_on_this_machine_is_never_offline() {
        assert!(check(true, &[("127.0.0.1", true)]));
    }

    #[test]
    fn an_unreadable_list_is_online() {
        assert!(OnlineCheck::new(false, Arc::new(|| None)).is_online());
    }
}
