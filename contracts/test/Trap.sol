// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A contract that answers every call, and remembers that it was made.
contract Trap {
    uint256 public calls;

    fallback() external {
        ++calls;
    }
}

/// @title A person with code: it calls what it is told to, any number of times in one transaction.
contract Puppet {
    function play(address[] calldata to, bytes[] calldata data) external returns (bytes memory last) {
        for (uint256 i; i < to.length; ++i) {
            bool ok;
            (ok, last) = to[i].call(data[i]);
            if (!ok) {
                bytes memory reason = last;
                assembly ("memory-safe") {
                    revert(add(reason, 32), mload(reason))
                }
            }
        }
    }
}
