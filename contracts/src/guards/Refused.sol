// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Why a guard refuses a call.
/// @param rule The name of the broken rule, from `Rules`.
/// @param argument Which argument broke it, from zero; of a call with one struct, which field. Of the
/// rules about canonical form, which word after the selector. `WHOLE` when it is about the whole call.
/// @param seen What was there.
error Refused(bytes32 rule, uint16 argument, bytes32 seen);

/// @dev In place of an argument: the call as a whole, or the contract it goes to.
uint16 constant WHOLE = type(uint16).max;

/// @title The names of the rules.
library Rules {
    /// A word is not what the canonical encoding of the same arguments has there.
    bytes32 internal constant CANONICAL = "canonical";
    /// The calldata ends before its arguments do.
    bytes32 internal constant SHORT = "canonical.short";
    /// A dynamic argument does not begin where the canonical encoding puts it.
    bytes32 internal constant OFFSET = "canonical.offset";
    /// What is bought, paid out or swept has to go to the vault.
    bytes32 internal constant RECIPIENT = "recipient";
    /// Whose position is changed has to be the vault.
    bytes32 internal constant OWNER = "owner";
    /// Only a listed spender may be given an allowance.
    bytes32 internal constant SPENDER = "spender";
    /// The vault has to have the asset enabled.
    bytes32 internal constant ENABLED = "token.enabled";
    /// The registry has to list the asset.
    bytes32 internal constant LISTED = "token.listed";
    /// No token twice in a path or a pair.
    bytes32 internal constant REPEATED = "token.repeated";
    /// A path has two to four tokens, and nothing else.
    bytes32 internal constant PATH = "path.length";
    /// No amount is zero; neither is what is wanted at least.
    bytes32 internal constant ZERO = "amount.zero";
    bytes32 internal constant MINIMUM = "minimum.zero";
    bytes32 internal constant MAXIMUM = "maximum.zero";
    /// A deadline lies ahead, but not far.
    bytes32 internal constant PAST = "deadline.past";
    bytes32 internal constant FAR = "deadline.far";
    /// A price limit would leave an order half done.
    bytes32 internal constant LIMIT = "price.limit";
    /// Variable interest only.
    bytes32 internal constant MODE = "interest.mode";
    /// No referral code.
    bytes32 internal constant REFERRAL = "referral";
    /// A multicall has one swap, and at most one sweep after it.
    bytes32 internal constant CALLS = "multicall.calls";
    bytes32 internal constant INNER = "multicall.inner";
}
