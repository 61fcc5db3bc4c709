// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Which contracts and assets vaults may touch, and who judges them.
interface IGuardRegistry {
    /// @notice The guard of a destination; `guard` is zero for one that is not listed or is frozen.
    /// @return guard Its contract guard.
    /// @return hooked Whether the guard looks again after the call.
    /// @return epoch Changes with every change of the registry.
    function guardOf(address destination) external view returns (address guard, bool hooked, uint64 epoch);

    /// @notice The guard of an asset; `guard` is zero for one that is not listed or is frozen.
    /// @return guard Its asset guard.
    /// @return feed Its price feed.
    /// @return assetType Its type; assets of a higher type are taken apart first.
    function assetOf(address asset) external view returns (address guard, address feed, uint16 assetType);

    /// @notice Whether an address may be given an allowance by a vault: a listed destination that is
    /// flagged as a spender.
    function isSpender(address spender) external view returns (bool);

    /// @notice Whether an allowance for this spender may outlive the call that gave it.
    function isStanding(address spender) external view returns (bool);

    /// @notice The same as `guardOf` without the epoch: what a vault asks that does not watch it.
    function admit(address destination) external view returns (address guard, bool hooked);

    /// @notice The same as `admit` in one word: the guard, above it whether that looks again, and above
    /// that whether all vaults are paused; zero for one that is not listed or is frozen.
    function admitted(address destination) external view returns (uint256);

    /// @notice The guard, feed and type of an asset that is or ever was listed: the way out stays open
    /// when the way in is closed.
    function exitOf(address asset) external view returns (address guard, address feed, uint16 assetType);

    /// @notice Whether vaults may get more of an asset: it is listed, and neither it nor its type is frozen.
    function mayHold(address asset) external view returns (bool);

    /// @notice The feed of an asset that is or ever was listed.
    function feedOf(address asset) external view returns (address feed);

    /// @notice What one whole unit of an asset costs by its feed, in USD with 18 decimals; the largest
    /// number when that cannot be read.
    function readPrice(address asset) external view returns (uint256 price);

    /// @notice Whether an address is or ever was listed, as a destination or as an asset.
    function knows(address subject) external view returns (bool);

    /// @notice Whether all vaults are paused: no deposits and no trades. Withdrawals go on.
    function paused() external view returns (bool);

    function epoch() external view returns (uint64);
}
