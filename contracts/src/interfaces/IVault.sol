// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What guards and people outside may ask a vault.
interface IVault {
    event Executed(address indexed caller, address indexed to, uint16 kind, bytes4 selector);

    /// @notice Makes one guarded call. The name of the seed; the same as `execTransaction`.
    function executeTransaction(address to, bytes calldata data) external returns (bytes memory);

    /// @notice The same under the name that existing tools know (selector 0x7ae7cfb5).
    function execTransaction(address to, bytes calldata data) external returns (bytes memory);

    /// @notice Makes several guarded calls; post-conditions hold after all of them.
    function execTransactions(address[] calldata to, bytes[] calldata data) external;

    function manager() external view returns (address);
    function trader() external view returns (address);
    function registry() external view returns (address);
    function isEnabled(address asset) external view returns (bool);
    function assets() external view returns (address[] memory);
    /// @notice USD with 18 decimals.
    function totalValue() external view returns (uint256);
}
