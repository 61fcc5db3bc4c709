//! The targets by name.

use crate::{
    action, calldata, chain, command, hook, note, passkey, permit, policy, rpc, screen,
    tenant_policy, transaction, typed_data,
};

/// One target: any bytes in, whether they were accepted out.
pub type Target = fn(&[u8]) -> bool;

/// Every target by its name, which is also that of its folder in `corpus_seed/`.
pub const TARGETS: [(&str, Target); 14] = [
    ("action", action),
    ("policy", policy),
    ("tenant_policy", tenant_policy),
    ("chain", chain),
    ("permit", permit),
    ("note", note),
    ("passkey", passkey),
    ("screen", screen),
    ("hook", hook),
    ("command", command),
    ("rpc", rpc),
    ("transaction", transaction),
    ("calldata", calldata),
    ("typed_data", typed_data),
];
