// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The kinds of transactions that guards permit. Zero refuses.
library Kinds {
    uint16 internal constant APPROVE = 1;

    uint16 internal constant V2_SWAP_EXACT_IN = 10;
    uint16 internal constant V2_SWAP_EXACT_OUT = 11;
    uint16 internal constant V2_ADD_LIQUIDITY = 12;
    uint16 internal constant V2_REMOVE_LIQUIDITY = 13;

    uint16 internal constant V3_SWAP_EXACT_IN_SINGLE = 20;
    uint16 internal constant V3_SWAP_EXACT_IN = 21;
    uint16 internal constant V3_SWAP_EXACT_OUT_SINGLE = 22;
    uint16 internal constant V3_SWAP_EXACT_OUT = 23;
    uint16 internal constant V3_MULTICALL = 24;

    uint16 internal constant ERC4626_DEPOSIT = 30;
    uint16 internal constant ERC4626_MINT = 31;
    uint16 internal constant ERC4626_WITHDRAW = 32;
    uint16 internal constant ERC4626_REDEEM = 33;

    uint16 internal constant AAVE_SUPPLY = 40;
    uint16 internal constant AAVE_WITHDRAW = 41;
    uint16 internal constant AAVE_BORROW = 42;
    uint16 internal constant AAVE_REPAY = 43;
    uint16 internal constant AAVE_COLLATERAL = 44;
}
