// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IContractGuard, Ruling} from "../interfaces/IContractGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IERC20} from "../protocols/IERC20.sol";
import {Canonical} from "./Canonical.sol";
import {Guard} from "./Guard.sol";
import {Kinds} from "./Kinds.sol";
import {Refused, Rules, WHOLE} from "./Refused.sol";

/// @title Judges calls to a token: an allowance for a listed spender, and nothing else.
/// @notice Tokens leave a vault by a withdrawal or through a listed protocol. So `transfer`,
/// `transferFrom`, `increaseAllowance`, `permit` and every other call is refused.
contract Erc20Guard is Guard {
    constructor(IGuardRegistry registry) Guard(registry) {}

    /// @inheritdoc IContractGuard
    function judge(address vault, address to, bytes calldata data) external view returns (Ruling memory ruling) {
        if (_selector(data) != IERC20.approve.selector) return ruling;
        Canonical.enough(data, 2);
        (uint256 first, uint256 amount) = abi.decode(data[4:], (uint256, uint256));
        address spender = address(uint160(first));
        Canonical.same(data, abi.encodeCall(IERC20.approve, (spender, amount)));
        // Taking an allowance away is always right, from whomever and of whatever token.
        if (amount != 0) {
            if (!_registry.isSpender(spender)) revert Refused(Rules.SPENDER, 0, _bytes(spender));
            _enabled(WHOLE, to, vault);
        }
        ruling.kind = Kinds.APPROVE;
        ruling.granted = to;
        ruling.spender = spender;
    }
}
