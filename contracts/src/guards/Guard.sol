// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IContractGuard} from "../interfaces/IContractGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Refused, Rules} from "./Refused.sol";

/// @title The rules that contract guards share.
/// @notice A guard has no storage and no owner. What it needs to know it asks the registry it was made
/// for, and the vault whose call it judges.
abstract contract Guard is IContractGuard {
    /// The longest time ahead that a deadline may lie.
    uint256 internal constant HORIZON = 1 hours;
    /// The longest path, in tokens.
    uint256 internal constant LONGEST = 4;

    IGuardRegistry internal immutable _registry;

    constructor(IGuardRegistry registry) {
        _registry = registry;
    }

    /// @dev Less than a selector is none: no rule names it, so kind zero refuses it.
    function _selector(bytes calldata data) internal pure returns (bytes4) {
        return data.length < 4 ? bytes4(0) : bytes4(data);
    }

    function _recipient(uint16 argument, address seen, address vault) internal pure {
        if (seen != vault) revert Refused(Rules.RECIPIENT, argument, _bytes(seen));
    }

    function _owner(uint16 argument, address seen, address vault) internal pure {
        if (seen != vault) revert Refused(Rules.OWNER, argument, _bytes(seen));
    }

    /// @dev What is given away: enabled. One that the registry has since dropped may still be left.
    function _enabled(uint16 argument, address token, address vault) internal view {
        if (!IVault(vault).isEnabled(token)) revert Refused(Rules.ENABLED, argument, _bytes(token));
    }

    function _listed(uint16 argument, address token) internal view {
        if (!_registry.mayHold(token)) revert Refused(Rules.LISTED, argument, _bytes(token));
    }

    /// @dev What comes in: enabled, and still on the list.
    function _incoming(uint16 argument, address token, address vault) internal view {
        _enabled(argument, token, vault);
        _listed(argument, token);
    }

    /// @dev From an enabled token over listed ones to one that may come in, none of them twice.
    function _path(uint16 argument, address[] memory path, address vault) internal view {
        if (path.length < 2 || path.length > LONGEST) {
            revert Refused(Rules.PATH, argument, bytes32(path.length));
        }
        uint256 last = path.length - 1;
        for (uint256 i = 1; i < path.length; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                if (path[i] == path[j]) revert Refused(Rules.REPEATED, argument, _bytes(path[i]));
            }
            if (i != last) _listed(argument, path[i]);
        }
        _enabled(argument, path[0], vault);
        _incoming(argument, path[last], vault);
    }

    function _filled(bytes32 rule, uint16 argument, uint256 amount) internal pure {
        if (amount == 0) revert Refused(rule, argument, 0);
    }

    function _deadline(uint16 argument, uint256 deadline) internal view {
        if (deadline < block.timestamp) revert Refused(Rules.PAST, argument, bytes32(deadline));
        if (deadline - block.timestamp > HORIZON) revert Refused(Rules.FAR, argument, bytes32(deadline));
    }

    function _bytes(address seen) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(seen)));
    }
}
