// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a vault asks its manager contract.
interface IVaultManager {
    /// @notice Whether this account may deposit.
    function mayDeposit(address account) external view returns (bool);

    /// @notice Seconds that shares are locked for after a deposit.
    function cooldown() external view returns (uint32);

    /// @notice Fees on deposits and withdrawals, in parts of 10,000.
    function gateFees() external view returns (uint256 entry, uint256 exit);

    /// @notice Reckons the fees since the last time. Only the vault may ask.
    /// @param supply Shares that exist.
    /// @param value What the vault holds, in USD with 18 decimals; zero when it cannot be told, which
    /// leaves the performance fee for another time.
    /// @return shares How many to mint for the manager.
    function accrue(uint256 supply, uint256 value) external returns (uint256 shares);
}
