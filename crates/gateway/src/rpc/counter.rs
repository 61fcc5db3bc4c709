//! Which methods there are. What is not here is refused.

/// What becomes of a method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The gate answers it by itself.
    Own,
    /// It is passed on to the node, and its answer is screened.
    Read,
    /// It becomes an action.
    Judged,
}

/// Every method, with what becomes of it.
pub const METHODS: &[(&str, Kind)] = &[
    ("eth_accounts", Kind::Own),
    ("eth_blockNumber", Kind::Read),
    ("eth_call", Kind::Read),
    ("eth_chainId", Kind::Own),
    ("eth_createAccessList", Kind::Read),
    ("eth_estimateGas", Kind::Read),
    ("eth_feeHistory", Kind::Read),
    ("eth_gasPrice", Kind::Read),
    ("eth_getBalance", Kind::Read),
    ("eth_getBlockByHash", Kind::Read),
    ("eth_getBlockByNumber", Kind::Read),
    ("eth_getBlockTransactionCountByHash", Kind::Read),
    ("eth_getBlockTransactionCountByNumber", Kind::Read),
    ("eth_getCode", Kind::Read),
    ("eth_getLogs", Kind::Read),
    ("eth_getProof", Kind::Read),
    ("eth_getStorageAt", Kind::Read),
    ("eth_getTransactionByHash", Kind::Read),
    ("eth_getTransactionCount", Kind::Read),
    ("eth_getTransactionReceipt", Kind::Read),
    ("eth_maxPriorityFeePerGas", Kind::Read),
    ("eth_requestAccounts", Kind::Own),
    ("eth_sendRawTransaction", Kind::Judged),
    ("eth_sendTransaction", Kind::Judged),
    ("eth_signTypedData_v4", Kind::Judged),
    ("eth_syncing", Kind::Read),
    ("net_version", Kind::Own),
    ("web3_clientVersion", Kind::Own),
];

/// What becomes of a method; nothing for one that is refused.
pub(super) fn kind(method: &str) -> Option<Kind> {
    let found = METHODS.iter().find(|(name, _)| *name == method);
    found.map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::METHODS;

    #[test]
    fn the_methods_are_in_order() {
        assert!(METHODS.is_sorted_by_key(|(name, _)| *name));
    }
}
