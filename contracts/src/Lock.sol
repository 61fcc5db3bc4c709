// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title One lock over everything that changes a vault.
/// @notice The lock is transient: it ends with the transaction at the latest. It also knows when the
/// vault has handed control to somebody else; until that call is back the vault's value is nobody's to
/// read.
abstract contract Lock {
    uint256 internal constant DEPOSIT = 1;
    uint256 internal constant WITHDRAWAL = 2;
    uint256 internal constant EXECUTION = 3;

    uint256 private constant HELD = 1;
    uint256 private constant OUTSIDE = 2;

    uint256 private transient _phase;
    uint256 private transient _deed;

    /// The vault is in the middle of something.
    error Locked();
    /// The vault has handed control away, and what it holds is not settled.
    error Unsettled();
    /// One transaction is either deposits, withdrawals or executions.
    error Mixed();

    /// @notice Whether the vault is in the middle of something.
    function locked() public view returns (bool) {
        return _phase != 0;
    }

    /// @param deed What is done; zero for what goes with anything.
    function _enter(uint256 deed) internal {
        if (_phase != 0) revert Locked();
        _phase = HELD;
        if (deed == 0) return;
        uint256 before = _deed;
        if (before == 0) _deed = deed;
        else if (before != deed) revert Mixed();
    }

    function _leave() internal {
        _phase = 0;
    }

    function _handOver() internal {
        _phase = OUTSIDE;
    }

    function _takeBack() internal {
        _phase = HELD;
    }

    function _settled() internal view {
        if (_phase == OUTSIDE) revert Unsettled();
    }
}
