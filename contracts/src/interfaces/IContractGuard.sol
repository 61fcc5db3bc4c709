// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a contract guard says about one call.
struct Ruling {
    /// The kind of transaction, from the table in `docs/vault.md`; zero refuses.
    uint16 kind;
    /// The token whose allowance the call sets; zero for none.
    address granted;
    /// Who may then spend it.
    address spender;
    /// The asset that the call may bring in; zero for none.
    address received;
}

/// @title Judges the calls that a vault makes to one kind of contract.
/// @notice The order of questions is the vault's: role, registry, canonical form, guard. A guard never
/// learns who sent the call: manager and trader are the same to it.
interface IContractGuard {
    /// @notice Judges one call. Refuses with a typed error that says which argument breaks which rule,
    /// or with kind zero when it does not know the selector at all.
    /// @param vault The vault that would make the call.
    /// @param to The contract that would be called.
    /// @param data The calldata, selector first. Anything but its canonical encoding is refused.
    function judge(address vault, address to, bytes calldata data) external view returns (Ruling memory);
}

/// @title A contract guard that looks once more, after the call.
/// @notice Only called when the registry has it flagged so; nothing is probed at run time.
interface IHookedGuard is IContractGuard {
    /// @notice Reverts when what the call did is not what it was allowed for.
    /// @param result What the call returned.
    function settle(address vault, address to, bytes calldata data, bytes calldata result) external;
}
