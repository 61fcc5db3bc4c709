// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IContractGuard, Ruling} from "../../src/interfaces/IContractGuard.sol";

/// @title The little of a vault that guards ask for, and a way to have calls guarded and made.
contract StubVault {
    mapping(address => bool) public isEnabled;

    function enable(address asset, bool enabled) external {
        isEnabled[asset] = enabled;
    }

    /// @notice Has a call judged and makes it. It fails as the guard or the call does.
    function guarded(IContractGuard guard, address to, bytes calldata data) external returns (uint16 kind) {
        Ruling memory ruling = guard.judge(address(this), to, data);
        require(ruling.kind != 0, "dh23");
        _make(to, data);
        return ruling.kind;
    }

    /// @notice Makes a call that nobody judged: what a test sets up with, and the steps of an unwinding.
    function make(address to, bytes calldata data) external {
        _make(to, data);
    }

    function _make(address to, bytes memory data) private {
        (bool done, bytes memory answer) = to.call(data);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}
