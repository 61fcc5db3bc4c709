// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IHookedGuard, Ruling} from "../src/interfaces/IContractGuard.sol";

/// @title Lets every call pass, and looks at it afterwards for so long that little gas does not suffice.
contract SlowGuard is IHookedGuard {
    uint256 private constant ROUNDS = 20_000;

    uint256 public settled;

    function judge(address, address, bytes calldata) external pure returns (Ruling memory ruling) {
        ruling.kind = 2;
    }

    function settle(address vault, address, bytes calldata, bytes calldata) external {
        bytes32 seen = bytes32(uint256(uint160(vault)));
        for (uint256 i; i < ROUNDS; ++i) seen = keccak256(abi.encode(seen));
        require(seen != 0);
        ++settled;
    }
}
