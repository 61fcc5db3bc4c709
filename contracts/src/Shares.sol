// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lock} from "./Lock.sol";

/// @title The shares of a vault, an ERC-20 token with 18 decimals.
/// @notice Shares that were just bought stay where they are until their time is up.
abstract contract Shares is Lock {
    string public name;
    string public symbol;
    uint8 public constant decimals = 18;

    uint256 public totalSupply;
    mapping(address holder => uint256) public balanceOf;
    mapping(address holder => mapping(address spender => uint256)) public allowance;
    /// When a holder's shares may move again, in seconds since 1970.
    mapping(address holder => uint256) public lockedUntil;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    /// Shares cannot go to nobody, nor to the vault itself.
    error NoReceiver();

    function approve(address spender, uint256 amount) external returns (bool) {
        _enter(0);
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        _leave();
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _enter(0);
        _send(msg.sender, to, amount);
        _leave();
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _enter(0);
        uint256 allowed = allowance[from][msg.sender];
        if (allowed != type(uint256).max) {
            require(allowed >= amount, "dh12");
            allowance[from][msg.sender] = allowed - amount;
        }
        _send(from, to, amount);
        _leave();
        return true;
    }

    function _send(address from, address to, uint256 amount) internal {
        require(block.timestamp >= lockedUntil[from], "dh3");
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) internal {
        if (to == address(0) || to == address(this)) revert NoReceiver();
        uint256 held = balanceOf[from];
        require(held >= amount, "dh12");
        unchecked {
            balanceOf[from] = held - amount;
            balanceOf[to] += amount;
        }
        emit Transfer(from, to, amount);
    }

    function _mint(address to, uint256 amount) internal {
        totalSupply += amount;
        unchecked {
            balanceOf[to] += amount;
        }
        emit Transfer(address(0), to, amount);
    }

    function _burn(address from, uint256 amount) internal {
        uint256 held = balanceOf[from];
        require(held >= amount, "dh12");
        unchecked {
            balanceOf[from] = held - amount;
            totalSupply -= amount;
        }
        emit Transfer(from, address(0), amount);
    }
}
