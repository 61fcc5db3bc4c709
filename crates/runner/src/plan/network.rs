//! What a command may call.

use serde::{Deserialize, Serialize};

/// What a command may call.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Network {
    /// Nothing: no socket of any network can be made.
    #[default]
    None,
    /// TCP to these ports, and nothing may listen. The kernel's walls know ports and no addresses:
    /// whatever answers there on any host can be called, this machine's own services too.
    Ports {
        /// The ports, e.g. 443; 53 for asking names.
        ports: Vec<u16>,
        /// Whether datagrams may be sent, to any port: names are asked by them, unless the
        /// resolver takes `use-vc`.
        datagrams: bool,
    },
}
