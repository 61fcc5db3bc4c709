//! Who hears a server while it answers somebody.

use super::{asks::Asks, guest::Guest, listener::Listener, server::Server, shop::Shop};

impl Shop {
    /// Who hears what a server says while it answers a request of this guest.
    pub(super) fn listener(&self, guest: &Guest, server: &Server) -> Listener {
        let asks = Asks::new(&server.settings.may_ask, &guest.capabilities);
        Listener::new(
            (&self.firewall, &guest.principal.tenant),
            (&guest.aside, guest.bond.as_ref()),
            asks,
        )
    }
}
