// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Outside} from "./Outside.sol";

/// @title Keeps what could not be paid out, until its owner fetches it.
/// @notice A vault pays here what its receiver cannot take, so that one receiver holds up nobody else.
contract Escrow {
    /// The registry of the vaults that pay here.
    address public immutable registry;

    /// What is owed of a token, all owners together.
    mapping(address token => uint256) public owed;
    mapping(address owner => mapping(address token => uint256)) public balanceOf;

    bool private transient _locked;

    event Credited(address indexed owner, address indexed token, uint256 amount);
    event Taken(address indexed owner, address indexed token, address to, uint256 amount);

    error Locked();
    error NothingOwed();

    constructor(address registry_) {
        registry = registry_;
    }

    /// @notice Writes what has come of a token since the last time to an account.
    function credit(address token, address account) external returns (uint256 amount) {
        if (_locked) revert Locked();
        uint256 held = Outside.balance(token, address(this));
        if (held == Outside.UNREADABLE || held <= owed[token]) revert NothingOwed();
        amount = held - owed[token];
        owed[token] = held;
        balanceOf[account][token] += amount;
        emit Credited(account, token, amount);
    }

    /// @notice Fetches all that the caller is owed of a token.
    function take(address token, address to) external {
        if (_locked) revert Locked();
        _locked = true;
        uint256 amount = balanceOf[msg.sender][token];
        if (amount == 0) revert NothingOwed();
        balanceOf[msg.sender][token] = 0;
        owed[token] -= amount;
        emit Taken(msg.sender, token, to, amount);
        Outside.transfer(token, to, amount);
        _locked = false;
    }
}
