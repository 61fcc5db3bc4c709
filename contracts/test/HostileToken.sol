// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MockToken} from "./protocols/MockToken.sol";

/// @title A token that does what tokens do in the wild, one vice at a time.
contract HostileToken is MockToken(18) {
    /// In parts of 10,000, of every transfer.
    uint256 public fee;
    bool public isPaused;
    bool public saysNo;
    mapping(address account => bool) public isBlocked;

    address private _target;
    bytes private _bait;
    bytes public answer;
    bool public answered;
    uint256 public sprung;

    function set(uint256 fee_, bool paused, bool no) external {
        fee = fee_;
        isPaused = paused;
        saysNo = no;
    }

    function blockAccount(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    /// @notice Calls somebody in the middle of every transfer and approval from now on.
    function lieInWait(address target, bytes calldata bait) external {
        _target = target;
        _bait = bait;
    }

    function approve(address spender, uint256 amount) public override returns (bool) {
        require(!isPaused, "paused");
        _spring();
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return !saysNo;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        _move(msg.sender, to, amount);
        return !saysNo;
    }

    function _move(address from, address to, uint256 amount) internal override {
        require(!isPaused, "paused");
        require(!isBlocked[to] && !isBlocked[from], "blocked");
        _spring();
        uint256 lost = amount * fee / 10_000;
        _balances[from] -= amount;
        _balances[to] += amount - lost;
        emit Transfer(from, to, amount - lost);
    }

    function _spring() private {
        if (_target == address(0)) return;
        ++sprung;
        (answered, answer) = _target.call(_bait);
    }
}
