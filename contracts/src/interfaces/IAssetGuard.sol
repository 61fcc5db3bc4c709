// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice One call that the vault makes to take a position apart.
struct Step {
    address to;
    bytes data;
}

/// @title Holds, prices and takes apart assets of one type.
interface IAssetGuard {
    /// @notice How much of the asset the vault has, in the asset's own units.
    function balance(address vault, address asset) external view returns (uint256);

    /// @notice What that is worth in USD with 18 decimals, net of debt. Reverts when a price is stale or
    /// out of bounds.
    function value(address vault, address asset) external view returns (uint256);

    /// @notice Whether the vault may take the asset off its list: nothing of it may be left.
    function removable(address vault, address asset) external view returns (bool);

    /// @notice How to hand over `part` of `whole` of the position.
    /// @return paid The token to be sent to whoever withdraws after the steps; zero when the steps
    /// themselves hand everything over.
    /// @return amount How much of it.
    /// @return steps The calls to be made first, in order.
    function unwind(address vault, address asset, uint256 part, uint256 whole, address receiver)
        external
        view
        returns (address paid, uint256 amount, Step[] memory steps);
}
