// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What guards know of a token (ERC-20).
interface IERC20 {
    function approve(address spender, uint256 amount) external returns (bool);
    function transfer(address to, uint256 amount) external returns (bool);
    function balanceOf(address account) external view returns (uint256);
    function decimals() external view returns (uint8);
}
